"""Becomes the program of one run: puts up its walls, then starts it. Never returns."""

import _signal  # type: ignore[import-not-found] # typeshed does not know it
import contextlib
import gc
import io
import os
import random
import resource
import signal
import sys
import types
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from . import ending, landlock, nursery, seccomp, sweeping, system

LINK, REPORT = 3, 4
"""Where a party finds its socket to the other, and its report pipe."""

ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "TMPDIR": "/tmp",  # noqa: S108 - private to the run, or swept after it
    "PYTHONHASHSEED": "0",
    # Numerical libraries start no threads: a fork would lose them, and CPU time is what counts.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
"""What every program finds in its environment, besides HOME and what its language needs."""

CANNOT_EXECUTE = 127
_DESCRIPTORS = 1024
_forgotten: list[types.ModuleType] = []


def take_descriptors() -> None:
    """Let nothing of ours lie where programs find their streams, which go there in every fork."""
    while (fd := os.open(os.devnull, os.O_RDWR)) <= REPORT:
        pass
    os.close(fd)


def rehearse(*, shared: bool) -> list[str]:
    """Do once, in a warm interpreter, what every program forked from it would have to do.

    That includes the walls which do not hinder the interpreter itself; returns those that stand
    and are not to be had everywhere, in words for people. `shared` tells that programs will have
    no namespaces of their own.

    Descriptors 0 to 4 become stand-ins of the same kinds as a program's own, so that the text
    streams made over them here fit those that take their place.
    """
    nowhere, pipe = os.open(os.devnull, os.O_RDWR), os.pipe()
    for fd, source in enumerate((nowhere, pipe[1], pipe[1], nowhere, nowhere)):
        os.dup2(source, fd, inheritable=False)
    for fd in (nowhere, *pipe):
        os.close(fd)
    _open_streams()
    random.seed(0)  # the same for every run, so that a verdict does not hang on luck
    os.environ.clear()
    os.environ.update(ENVIRONMENT, HOME=f"{sweeping.BOX}/0")
    # Programs are to find an interpreter that looks as if it had started them itself. The modules
    # are kept alive, because taking them apart in every child would cost more than they do.
    package = __name__.partition(".")[0]
    ours = [name for name in sys.modules if name.partition(".")[0] == package]
    _forgotten.extend(sys.modules.pop(name) for name in ours)
    for what, most in (
        (resource.RLIMIT_NOFILE, _DESCRIPTORS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        with contextlib.suppress(ValueError):  # gVisor has no message queues, and no limit for them
            _lower_limit(what, most, most)
    system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
    walls = []
    if shared:  # one who is fenced in may not enter namespaces that were made outside
        with contextlib.suppress(OSError):
            walls.append(f"Landlock ({landlock.put_up(sweeping.SCRATCH)})")
    with contextlib.suppress(OSError, KeyError):
        system.install_filter(seccomp.build(system.MACHINE))
        walls.append("seccomp")
    return walls


def start(
    order: dict[str, Any],
    blobs: list[bytes],
    streams: Sequence[int],
    status: int,
    entrance: int | None,
) -> NoReturn:
    """Turn this process into the run's program.

    `streams` become descriptors 0, 1, 2 and, for a party, 3 and 4; `entrance` is the process whose
    namespaces to enter. Until the walls stand, a failure is ours and is told on `status`, which
    then closes, as the program begins; afterwards everything that happens is its doing.
    """
    try:
        os.setsid()
        # Not through `signal`, whose enumerations touch, and so copy, a third of a megabyte.
        _signal.set_wakeup_fd(-1)
        _signal.signal(_signal.SIGCHLD, _signal.SIG_DFL)
        if entrance is not None:
            system.setns(entrance, nursery.JOINED)
        status = _arrange(streams, status)
        _enter(order, blobs)
        _raise_walls(order)
    except BaseException as error:
        refuse(status, error)
    if order["argv"] is not None:
        os.set_inheritable(status, False)  # it closes when this becomes the command
        _run_command([*order["argv"], *order["args"]], ENVIRONMENT | order["env"])
    is_harness = order["harness"] is not None
    content = blobs[len(order["files"]) if is_harness else order["files"].index(order["python"])]
    # What lies in files now, or is not the program's to see: from here on its memory is its own.
    blobs.clear()
    os.close(status)
    if is_harness:
        _run_harness(order, content)
    _run_python(order, content)


def refuse(status: int, error: BaseException) -> NoReturn:
    """End before the program begins: whatever it was, the agent must learn of it."""
    with contextlib.suppress(OSError):
        os.write(status, repr(error).encode(errors="replace"))
    os._exit(CANNOT_EXECUTE)


def _arrange(streams: Sequence[int], status: int) -> int:
    """Put the streams at 0, 1, 2 …, close all else; returns where `status` went.

    None of them lies that low yet: a warm interpreter has stand-ins there.
    """
    for fd, stream in enumerate(streams):
        os.dup2(stream, fd)
    moved = len(streams)
    if status != moved:
        os.dup2(status, moved, inheritable=False)
    system.close_from(moved + 1)
    return moved


def _enter(order: dict[str, Any], blobs: list[bytes]) -> None:
    """Take on the run's uid, and write its files as that uid into its working directory."""
    os.umask(0o022)
    if (uid := order["uid"]) is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    os.mkdir(order["dir"], 0o700)
    os.chdir(order["dir"])
    for name, content in zip(order["files"], blobs, strict=False):
        if (folder := os.path.dirname(name)) != "":
            os.makedirs(folder, exist_ok=True)
        _write_new(name, content, 0o700 if name in order["executable"] else 0o644)


def _write_new(path: str, content: bytes, mode: int) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    view = memoryview(content)
    while view:
        view = view[os.write(fd, view) :]
    os.close(fd)


def _raise_walls(order: dict[str, Any]) -> None:
    limits = order["limits"]
    # In a user namespace of its own, that one's first process is counted too.
    processes = limits["processes"] + (order["uid"] is None)
    for what, soft, hard in (
        (resource.RLIMIT_CPU, int(limits["cpu_s"]) + 2, int(limits["cpu_s"]) + 4),
        (resource.RLIMIT_FSIZE, limits["file_bytes"], limits["file_bytes"]),
        (resource.RLIMIT_NPROC, processes, processes),
    ):
        _lower_limit(what, soft, hard)
    # Changing uid made the process opaque to itself (/proc/self); an examiner stays opaque.
    system.prctl(system.PR_SET_DUMPABLE, 0 if order["opaque"] else 1)
    system.drop_capabilities()


def _lower_limit(what: int, soft: int, hard: int) -> None:
    """Set a limit, which may already be lower here and can then not be raised."""
    highest = resource.getrlimit(what)[1]
    if highest != resource.RLIM_INFINITY:
        soft, hard = min(soft, highest), min(hard, highest)
    resource.setrlimit(what, (soft, hard))


def _run_command(argv: list[str], env: Mapping[str, str]) -> NoReturn:
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and that is inherited
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvpe(argv[0], argv, env)  # noqa: S606 - there must be no shell
    except OSError as error:
        os.write(2, f"{argv[0]}: {error.strerror}\n".encode())
    os._exit(CANNOT_EXECUTE)


def _run_harness(order: dict[str, Any], payload: bytes) -> NoReturn:
    module, _, function = order["harness"]["entry"].partition(":")
    _settle_in(order)
    sys.argv = [module]
    report = REPORT if order["reports"] else None
    entry = getattr(sys.modules[module], function)
    ending.finish(lambda: entry(payload, LINK, report))


def _run_python(order: dict[str, Any], source: bytes) -> NoReturn:
    _settle_in(order)
    path = f"{order['dir']}/{order['python']}"
    sys.argv = [path, *order["args"]]
    main = types.ModuleType("__main__")
    main.__dict__.update(__file__=path, __builtins__=__builtins__, __cached__=None)
    sys.modules["__main__"] = main

    def body() -> None:
        # In its own scope, so that a traceback has one frame of ours to hide.
        exec(compile(source, path, "exec", dont_inherit=True), main.__dict__)  # noqa: S102

    ending.finish(body, main)


def _settle_in(order: dict[str, Any]) -> None:
    """The last steps from a warm interpreter to one that runs the program."""
    for name, value in order["env"].items():
        if os.environ.get(name) != value:  # reading spares copies of shared pages
            os.environ[name] = value
    sys.path[0] = order["dir"]
    gc.enable()


def _open_streams() -> None:
    """New text streams over descriptors 0 to 2, as the interpreter makes them at its start."""

    def text(fd: int, name: str, errors: str, *, line_buffering: bool = False) -> io.TextIOWrapper:
        mode = "w" if fd else "r"
        raw = io.FileIO(fd, mode, closefd=False)
        raw.name = f"<{name}>"
        buffered = io.BufferedWriter(raw) if fd else io.BufferedReader(raw)
        stream = io.TextIOWrapper(buffered, "utf-8", errors, line_buffering=line_buffering)
        stream.mode = mode  # type: ignore[misc] # as at start-up
        return stream

    sys.stdin = sys.__stdin__ = text(0, "stdin", "surrogateescape")  # type: ignore[misc] # as above
    sys.stdout = sys.__stdout__ = text(1, "stdout", "surrogateescape")  # type: ignore[misc] # as above
    sys.stderr = sys.__stderr__ = text(  # type: ignore[misc] # as above
        2, "stderr", "backslashreplace", line_buffering=True
    )
