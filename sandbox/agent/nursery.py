"""Makes the first processes of fresh namespaces, for runs that get namespaces of their own.

Such a first process furnishes them, adopts orphans and does nothing else; killing it destroys
everything in them.
"""

import contextlib
import os
import resource
import signal

from . import bare, system
from .sweeping import BOX

FRESH = system.CLONE_NEWUSER | system.CLONE_NEWPID | system.CLONE_NEWNS | system.CLONE_NEWIPC
JOINED = system.CLONE_NEWUSER | system.CLONE_NEWNS | system.CLONE_NEWIPC
"""What a process enters by itself; a PID namespace takes in only children."""

INNER_ID = 1000
"""uid and gid of a program inside its own user namespace."""
_MOST_FILES = 65_536
"""In a fresh file system, whose size does not bound how many empty files there are."""

_MOST_MOTHERS = 32
_NOTICEABLE_S = 0.001
_AT_FDCWD = -100
_FLAGS = system.MS_NOSUID | system.MS_NODEV


class Nursery:
    """Bears and buries first processes, which are children of the calling process."""

    def __init__(self) -> None:
        self._mothers: dict[int, bare.Mother] = {}
        """By the room in files that the namespaces have."""
        self.alive: set[int] = set()
        """First processes in use."""

    def bear(self, space_bytes: int) -> int:
        """The first process of fresh namespaces with room for that many bytes in files.

        Raises OSError where the kernel refuses.
        """
        if space_bytes not in self._mothers:
            if len(self._mothers) >= _MOST_MOTHERS:
                self._mothers.clear()
            self._mothers[space_bytes] = bare.Mother([*_map_ids(), *_furnish(space_bytes)])
        pid = self._mothers[space_bytes].bear(FRESH)
        self.alive.add(pid)
        return pid

    def bury(self, pid: int) -> tuple[float, int]:
        """Destroy the namespaces of that first process with all that is in them.

        Returns CPU seconds and peak bytes of the orphans it had adopted, 0 if they used little.
        """
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _, _, usage = os.wait4(pid, 0)
        self.alive.remove(pid)
        cpu_s = usage.ru_utime + usage.ru_stime
        if cpu_s <= _NOTICEABLE_S:  # that is its own
            return 0.0, 0
        # It shares our memory: the peak is ours, unless that of an orphan was larger.
        ours_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return cpu_s, usage.ru_maxrss * 1024 if usage.ru_maxrss > ours_kib else 0


def _map_ids() -> list[bare.Call]:
    """Name the one outer id that a new user namespace has, from inside it."""
    calls: list[bare.Call] = []
    for name, text in (
        ("setgroups", b"deny"),
        ("uid_map", b"%d %d 1" % (INNER_ID, os.getuid())),
        ("gid_map", b"%d %d 1" % (INNER_ID, os.getgid())),
    ):
        fd = bare.FREE_DESCRIPTOR
        calls += [
            ("openat", _AT_FDCWD, f"/proc/self/{name}", os.O_WRONLY),
            ("write", fd, text, len(text)),
            ("close", fd),
        ]
    return calls


def _furnish(space_bytes: int) -> list[bare.Call]:
    """Give new mount and PID namespaces file systems that nobody else can see."""
    room = f"size={space_bytes},nr_inodes={_MOST_FILES},mode=0755"
    calls: list[bare.Call] = [("mount", "tmpfs", BOX, "tmpfs", _FLAGS, room)]
    for name, target in (("tmp", "/tmp"), ("shm", "/dev/shm")):  # noqa: S108 - mount points
        calls += [
            ("mkdirat", _AT_FDCWD, f"{BOX}/.{name}", 0o777),
            ("fchmodat", _AT_FDCWD, f"{BOX}/.{name}", 0o1777),
            ("mount", f"{BOX}/.{name}", target, 0, system.MS_BIND, 0),
        ]
    return [*calls, ("mount", "proc", "/proc", "proc", _FLAGS | system.MS_NOEXEC, 0)]
