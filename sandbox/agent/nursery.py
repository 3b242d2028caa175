"""Makes the first processes of fresh namespaces, for runs that get namespaces of their own.

Such a first process furnishes them, adopts orphans and does nothing else; killing it destroys
everything in them. The nursery is a small process of its own because forks cost by size, and
because it never sees what is run. It keeps one first process ready.
"""

import contextlib
import os
import signal
import socket
from typing import Any, NamedTuple, NoReturn

from . import orders, system
from .sweeping import BOX

FRESH = system.CLONE_NEWUSER | system.CLONE_NEWPID | system.CLONE_NEWNS | system.CLONE_NEWIPC
JOINED = system.CLONE_NEWUSER | system.CLONE_NEWNS | system.CLONE_NEWIPC
"""What a process enters by itself; a PID namespace takes in only children."""

INNER_ID = 1000
"""uid and gid of a program inside its own user namespace."""
_MOST_FILES = 65_536
"""In a fresh file system, whose size does not bound how many empty files there are."""

_NOTICEABLE_S = 0.001
_OUTER_IDS = os.getuid(), os.getgid()


class _Ready(NamedTuple):
    """A first process that waits for a run."""

    pid: int
    space_bytes: int


class Nursery:
    """The agent's end of the nursery."""

    def __init__(self) -> None:
        """Fork the nursery off the calling process, which must be single-threaded."""
        self.alive: set[int] = set()
        """First processes in use."""
        self._ready: _Ready | None = None
        self._space_bytes = 0
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        if self.pid == 0:
            self._channel.close()
            _serve(theirs)
        theirs.close()

    def bear(self, space_bytes: int) -> int:
        """The first process of fresh namespaces with room for that many bytes in files.

        Raises OSError where the kernel refuses.
        """
        ready = self._ready
        self._ready = None
        if ready is None or ready.space_bytes != space_bytes:
            self._ask(bury=ready and ready.pid, bear=space_bytes)
            ready, self._ready = self._ready, None
        assert ready is not None  # noqa: S101 - it was born, or OSError raised
        self.alive.add(ready.pid)
        self._space_bytes = space_bytes
        return ready.pid

    def bury(self, pid: int) -> tuple[float, int]:
        """Destroy the namespaces of that first process with all that is in them.

        Returns CPU seconds and peak bytes of the orphans it had adopted.
        """
        # One exchange a run: the next first process comes with the last one's end.
        reply = self._ask(bury=pid, bear=None if self._ready else self._space_bytes)
        self.alive.remove(pid)
        return reply["cpu_s"], reply["peak_bytes"]

    def trusted(self) -> set[int]:
        """The nursery itself and every first process."""
        ready = set() if self._ready is None else {self._ready.pid}
        return {self.pid} | self.alive | ready

    def _ask(self, *, bury: int | None, bear: int | None) -> dict[str, Any]:
        orders.send(self._channel, {"bury": bury, "bear": bear})
        reply, _ = orders.receive(self._channel)
        if reply["refused"] is not None:
            raise OSError(f"no fresh namespaces: {reply['refused']}")
        if bear is not None:
            self._ready = _Ready(reply["born"], bear)
        return reply


def _serve(channel: socket.socket) -> NoReturn:
    system.prctl(system.PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    try:
        while True:
            order, _ = orders.receive(channel)
            reply: dict[str, Any] = {"born": None, "refused": None}
            if order["bury"] is not None:
                reply |= _bury(order["bury"])
            if order["bear"] is not None:
                reply |= _bear(channel, order["bear"])
            orders.send(channel, reply)
    except (EOFError, OSError):
        os._exit(0)


def _bear(channel: socket.socket, space_bytes: int) -> dict[str, Any]:
    ready, tell = os.pipe()
    try:
        pid = system.fork_into(FRESH)
        if pid == 0:
            channel.close()
            os.close(ready)
            _live(tell, space_bytes)
    except OSError as error:
        return {"refused": str(error)}
    finally:
        os.close(tell)
        with open(ready, "rb", buffering=0, closefd=True) as told:
            word = told.read(1000)
    if word != b"ready":
        os.waitpid(pid, 0)
        return {"refused": word.decode(errors="replace")}
    return {"born": pid}


def _bury(pid: int) -> dict[str, Any]:
    own_s = _own_cpu_s(pid)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    _, _, usage = os.wait4(pid, 0)
    cpu_s = usage.ru_utime + usage.ru_stime - own_s
    # Its own peak is about ours, from which it was forked.
    peak_bytes = usage.ru_maxrss * 1024 if cpu_s > _NOTICEABLE_S else 0
    return {"cpu_s": max(cpu_s, 0.0), "peak_bytes": peak_bytes}


def _own_cpu_s(pid: int) -> float:
    """CPU time of the process itself, without that of the children it has reaped."""
    with open(f"/proc/{pid}/schedstat", "rb") as file:
        return int(file.read().split()[0]) / 1e9


def _live(tell: int, space_bytes: int) -> NoReturn:
    """The life of a first process: furnish, then reap until killed."""
    try:
        system.prctl(system.PR_SET_PDEATHSIG, signal.SIGKILL)
        _map_ids()
        _furnish(space_bytes)
        system.prctl(system.PR_SET_DUMPABLE, 0)
        os.write(tell, b"ready")
    except OSError as error:
        os.write(tell, str(error).encode())
        os._exit(1)
    os.close(tell)
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            signal.sigwait({signal.SIGCHLD})


def _map_ids() -> None:
    """Name the one outer id that this new user namespace has, from inside it."""
    uid, gid = _OUTER_IDS
    for path, text in (
        ("/proc/self/setgroups", b"deny"),
        ("/proc/self/uid_map", b"%d %d 1" % (INNER_ID, uid)),
        ("/proc/self/gid_map", b"%d %d 1" % (INNER_ID, gid)),
    ):
        fd = os.open(path, os.O_WRONLY)
        os.write(fd, text)
        os.close(fd)


def _furnish(space_bytes: int) -> None:
    """Give new mount and PID namespaces file systems that nobody else can see."""
    flags = system.MS_NOSUID | system.MS_NODEV
    options = f"size={space_bytes},nr_inodes={_MOST_FILES},mode=0755"
    system.mount("tmpfs", BOX, "tmpfs", flags, options)
    for name, target in (("tmp", "/tmp"), ("shm", "/dev/shm")):  # noqa: S108 - mount points
        os.mkdir(f"{BOX}/.{name}")
        os.chmod(f"{BOX}/.{name}", 0o1777)  # noqa: S103 - as such places are
        system.mount(f"{BOX}/.{name}", target, "", system.MS_BIND)
    system.mount("proc", "/proc", "proc", flags | system.MS_NOEXEC)
