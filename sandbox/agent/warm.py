"""Warm interpreters: processes that have imported what programs will want, and fork to start one.

The first is forked from the agent before any submission arrives; each further one from the first.
"""

import gc
import importlib
import os
import select
import signal
import socket
import sys
import time
import types
from collections.abc import Sequence
from typing import Any, NamedTuple, NoReturn

from . import orders, program, system
from .immortal import make_immortal

STANDARD = tuple(
    """
    abc array bisect calendar cmath collections collections.abc contextlib copy dataclasses datetime
    decimal enum fractions functools heapq io itertools json math numbers operator os queue
    random re statistics string struct sys threading time traceback types typing
    """.split()  # noqa: SIM905 - a page of quotes would be harder to read
)
"""What every warm interpreter has imported: the modules that programs ask for most."""

_DETAIL_CHARACTERS = 1000
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Ended(NamedTuple):
    """How a program ended, as its parent saw it."""

    pid: int
    exit_code: int | None
    signal: int | None
    cpu_s: float
    wall_s: float
    peak_bytes: int


class WarmInterpreter:
    """The agent's end of one warm interpreter."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        """Readable when a program has ended; then `ended` tells which."""
        self._ended: list[Ended] = []
        hello = self._reply()
        self.pid: int = hello["pid"]
        self.resident_bytes: int = hello["resident_bytes"]
        """Its memory, which its children share with it."""
        self._plain_bytes: int = hello["plain_bytes"]
        self.walls: list[str] = hello["walls"]
        """What stands around its children and is not to be had everywhere."""

    @property
    def inherited_bytes(self) -> int:
        """Resident memory that its children share with it, beyond a plain interpreter's."""
        return self.resident_bytes - self._plain_bytes

    def load(self, modules: Sequence[str], sources: Sequence[bytes]) -> None:
        """Import a harness from source text. Raises RuntimeError when it does not import."""
        order = orders.pack({"op": "load", "modules": list(modules)}, sources)
        orders.send(self.channel, {"op": "load"}, [order])
        os.close(order)
        reply = self._reply()
        if reply["op"] != "loaded":
            raise RuntimeError(f"a harness does not import: {reply['detail']}")
        self.resident_bytes = reply["resident_bytes"]

    def spawn(self, order: int, status: int, streams: Sequence[int], entrance: int | None) -> int:
        """Start a program; returns its process id. The descriptors stay the caller's."""
        fds = [order, status, *streams]
        if entrance is not None:
            fds.append(entrance)
        orders.send(self.channel, {"op": "spawn", "enter": entrance is not None}, fds)
        reply = self._reply()
        if reply["op"] != "spawned":
            raise OSError(f"a run could not be started: {reply['detail']}")
        pid: int = reply["pid"]
        return pid

    def ended(self) -> list[Ended]:
        """The programs that have ended since the last call; waits for one if there is none."""
        if not self._ended:
            self._take(orders.receive(self.channel)[0])
        return self.ended_meanwhile()

    def ended_meanwhile(self) -> list[Ended]:
        """Those of which that was told while we waited for something else."""
        ended, self._ended = self._ended, []
        return ended

    def _reply(self) -> dict[str, Any]:
        while True:
            message, _ = orders.receive(self.channel)
            if message["op"] != "ended":
                return message
            self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        self._ended.append(Ended(*message["how"]))

    def grow(self, preload: Sequence[str]) -> "WarmInterpreter":
        """Fork another warm interpreter that has imported `preload` too."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            orders.send(self.channel, {"op": "grow", "preload": list(preload)}, [theirs.fileno()])
        return WarmInterpreter(ours)


def first(*, shared: bool) -> WarmInterpreter:
    """Fork the first warm interpreter off the calling process, which must be single-threaded.

    `shared` tells that its children will have no namespaces of their own.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        ours.close()
        plain_bytes = _resident_bytes()
        _serve(theirs, STANDARD, plain_bytes, program.rehearse(shared=shared))
    theirs.close()
    return WarmInterpreter(ours)


def _serve(
    channel: socket.socket, preload: Sequence[str], plain_bytes: int, walls: list[str]
) -> NoReturn:
    """Take orders until the agent has gone.

    `plain_bytes` is the size before any import; `walls` are those of the rehearsal, which
    like all of it are inherited by interpreters that grow from this one.
    """
    system.prctl(system.PR_SET_PDEATHSIG, signal.SIGKILL)
    _import_present(preload)
    _settle()
    hello = {"op": "hello", "pid": os.getpid(), "walls": walls, "plain_bytes": plain_bytes}
    orders.send(channel, {**hello, "resident_bytes": _resident_bytes()})
    interpreter = _Interpreter(channel, plain_bytes, walls)
    try:
        while True:
            interpreter.serve_once()
    except (EOFError, OSError):
        os._exit(0)


class _Interpreter:
    """The warm interpreter's own side: forks programs, and sees them end."""

    def __init__(self, channel: socket.socket, plain_bytes: int, walls: list[str]) -> None:
        self._channel = channel
        self._plain_bytes = plain_bytes
        self._walls = walls
        self._started: dict[int, float] = {}
        self._home = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        # A child that ends writes to a pipe, so that one wait is for orders and for children.
        self._awake, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._poll = select.poll()
        for fd in (channel.fileno(), self._awake):
            self._poll.register(fd, select.POLLIN)

    def serve_once(self) -> None:
        """Wait for an order or for the end of a program, and see to it."""
        for fd, _ in self._poll.poll():
            if fd == self._awake:
                os.read(self._awake, 1000)
                self._reap()
            else:
                self._obey(*orders.receive(self._channel))

    def _obey(self, header: dict[str, Any], fds: list[int]) -> None:
        if header["op"] == "load":
            orders.send(self._channel, _load(*orders.unpack(fds.pop())))
        elif header["op"] == "grow":
            self._grow(fds[0], header["preload"])
        else:
            orders.send(self._channel, self._spawn(fds, fds[-1] if header["enter"] else None))
        for fd in fds:
            os.close(fd)

    def _grow(self, channel: int, preload: Sequence[str]) -> None:
        if os.fork() == 0:
            signal.set_wakeup_fd(-1)
            self._channel.close()
            _serve(socket.socket(fileno=channel), preload, self._plain_bytes, self._walls)

    def _spawn(self, fds: list[int], entrance: int | None) -> dict[str, Any]:
        started = time.monotonic()
        try:
            if entrance is not None:
                system.setns(entrance, system.CLONE_NEWPID)
            try:
                pid = system.fork()
                if pid == 0:
                    streams = fds[2:] if entrance is None else fds[2:-1]
                    _become_program(fds[0], fds[1], streams, entrance)
            finally:
                if entrance is not None:
                    system.setns(self._home, system.CLONE_NEWPID)
        except OSError as error:
            return {"op": "refused", "detail": str(error)}
        self._started[pid] = started
        return {"op": "spawned", "pid": pid}

    def _reap(self) -> None:
        # Nothing raised, nothing asked in vain: while programs run, every page that is touched here
        # is copied too.
        while self._started:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            if pid in self._started:
                how = Ended(
                    pid,
                    os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
                    os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
                    usage.ru_utime + usage.ru_stime,
                    time.monotonic() - self._started.pop(pid),
                    usage.ru_maxrss * 1024,
                )
                orders.send(self._channel, {"op": "ended", "how": tuple(how)})


def _become_program(
    order: int, status: int, streams: Sequence[int], entrance: int | None
) -> NoReturn:
    """What is secret is read here, in the process that is made for it."""
    try:
        header, blobs = orders.unpack(order)
    except BaseException as error:
        program.refuse(status, error)
    try:
        program.start(header, blobs, streams, status, entrance)
    finally:  # this is a copy of the interpreter, whatever happens
        os._exit(program.CANNOT_EXECUTE)


def _load(header: dict[str, Any], sources: list[bytes]) -> dict[str, Any]:
    """Import modules given as text. They come from the service and are trusted."""
    try:
        for name, source in zip(header["modules"], sources, strict=True):
            module = types.ModuleType(name)
            module.__file__ = f"<{name}>"
            if any(other.startswith(name + ".") for other in header["modules"]):
                module.__path__ = []
            sys.modules[name] = module
            parent, _, child = name.rpartition(".")
            module.__package__ = name if hasattr(module, "__path__") else parent
            exec(compile(source, f"<{name}>", "exec"), module.__dict__)  # noqa: S102 - see above
            if parent in sys.modules:
                setattr(sys.modules[parent], child, module)
    except BaseException as error:  # a harness may fail in any way; the agent tells
        return {"op": "failed", "detail": repr(error)[:_DETAIL_CHARACTERS]}
    _settle()
    return {"op": "loaded", "resident_bytes": _resident_bytes()}


def _import_present(names: Sequence[str]) -> None:
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError:
            continue  # not installed here: a program that imports it will be told so


def _settle() -> None:
    """Put what is alive out of the collector's reach, so that children share its pages."""
    gc.disable()
    gc.collect()
    make_immortal()
    gc.freeze()


def _resident_bytes() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * _PAGE_BYTES
