"""Where a run takes place: fresh namespaces where the kernel grants them, else shared ground.

On fresh ground every run gets PID, mount, IPC and user namespaces and file systems of its own, and
clearing up is destroying them. On shared ground (a container whose seccomp profile refuses new
namespaces) a uid of its own tells a run's processes and files from all others, and they are swept.
"""

import contextlib
import itertools
import os
import random
import signal
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from . import sweeping, system
from .nursery import Nursery

KEEP_BYTES = 256 * 1024 * 1024
"""The most that may be kept of what a compiler made."""


_SPACE_STEP_BYTES = 4 * 1024 * 1024
"""Fresh file systems come in few sizes, so that the one that was made ahead mostly fits."""


class Ground(Protocol):
    """One run's place."""

    @property
    def uid(self) -> int | None:
        """The user it runs as; None where it has a user namespace of its own."""

    @property
    def roots(self) -> Sequence[int]:
        """Processes that adopt nobody's orphans but the run's."""

    @property
    def entrance(self) -> int | None:
        """Descriptor of the process whose namespaces the program enters; None on shared ground."""

    def kill(self) -> None:
        """Kill every process of the run."""

    def reap(self, pids: Iterable[int]) -> None:
        """Wait for children of the agent that have ended: orphans of the run."""

    def keep(self, directory: str, names: Sequence[str]) -> dict[str, bytes]:
        """Read the named files that the run made; the program itself has ended."""

    def clear(self, *, was_killed: bool = False) -> tuple[float, int]:
        """Kill and remove what is left; returns CPU seconds and peak bytes of orphans.

        `was_killed` tells that the program was ended by a signal that nobody can stop.
        """


class FreshGround:
    """Namespaces of its own."""

    uid = None

    def __init__(self, nursery: Nursery, file_bytes: int) -> None:
        self._nursery = nursery
        steps = file_bytes // _SPACE_STEP_BYTES + 2  # one to round up, one for its book-keeping
        self._first_pid = nursery.bear(steps * _SPACE_STEP_BYTES)
        self.roots = (self._first_pid,)
        self.entrance = os.pidfd_open(self._first_pid)
        self._killed = False

    def kill(self) -> None:
        self._killed = True
        signal.pidfd_send_signal(self.entrance, signal.SIGKILL)

    def reap(self, pids: Iterable[int]) -> None:
        pass  # the first process does

    def keep(self, directory: str, names: Sequence[str]) -> dict[str, bytes]:
        root = os.open(f"/proc/{self._first_pid}/root", os.O_PATH | os.O_DIRECTORY)
        try:
            return _read_all(
                names, lambda name: system.open_beneath(root, f"{directory}/{name}".lstrip("/"))
            )
        finally:
            os.close(root)

    def clear(self, *, was_killed: bool = False) -> tuple[float, int]:
        """Raises OSError when the run was ended by the end of its namespaces, and not by us.

        Nothing inside can kill the first process, so that it is no fault of the program.
        """
        if was_killed and not self._killed and system.is_exiting(self._first_pid):
            raise OSError("the first process of a run was killed")
        os.close(self.entrance)
        return self._nursery.bury(self._first_pid)


class SharedGround:
    """A uid of its own in a container that other runs have used."""

    entrance = None
    roots: Sequence[int] = ()

    def __init__(
        self, uid: int, places: sweeping.Places, strangers: Callable[[], list[int]]
    ) -> None:
        self.uid = uid
        self._places = places
        self._strangers = strangers
        self._orphans_cpu_s = 0.0
        self._orphans_peak_bytes = 0

    def kill(self) -> None:
        sweeping.kill_all_of(self.uid)

    def reap(self, pids: Iterable[int]) -> None:
        """They would count for the most that its user may have."""
        for pid in pids:
            self._wait_for(pid, os.WNOHANG)

    def keep(self, directory: str, names: Sequence[str]) -> dict[str, bytes]:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        os.setresuid(-1, self.uid, -1)
        try:
            return _read_all(names, lambda name: os.open(f"{directory}/{name}", flags))
        finally:
            os.setresuid(-1, 0, -1)

    def clear(self, *, was_killed: bool = False) -> tuple[float, int]:
        while mine := [pid for pid in self._strangers() if system.uid_of(pid) == self.uid]:
            self.kill()
            for pid in mine:
                # Whatever lost its parent is a child of the agent, first process of the container;
                # what has a parent still loses it now, and is met again.
                self._wait_for(pid, 0)
        self._places.remove_files_of(self.uid)
        return self._orphans_cpu_s, self._orphans_peak_bytes

    def _wait_for(self, pid: int, options: int) -> None:
        with contextlib.suppress(ChildProcessError):
            _, _, usage = os.wait4(pid, options)
            self._orphans_cpu_s += usage.ru_utime + usage.ru_stime
            self._orphans_peak_bytes = max(self._orphans_peak_bytes, usage.ru_maxrss * 1024)


def uids() -> Iterator[int]:
    """User ids, each given once, and each with the next one left free (see `kill_all_of`).

    Where they can be large they also differ between runners, so that what the kernel counts per
    user does not add up over containers. Raises OSError where there are none to give.
    """
    with open("/proc/self/uid_map") as file:
        mapped = max(int(line.split()[0]) + int(line.split()[2]) for line in file)
    if mapped < 60_000:
        raise OSError("runs can have neither namespaces nor user ids of their own here")
    first, end = (1_000_000, 2_000_000_000) if mapped > 2**31 else (20_000, 60_000)
    start = random.randrange(0, end - first, 2)  # noqa: S311 - to spread them, not to keep a secret
    return (first + (start + 2 * n) % (end - first) for n in itertools.count())


def processes() -> list[int]:
    """Every process that can be seen from here."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _read_all(names: Sequence[str], open_name: Callable[[str], int]) -> dict[str, bytes]:
    """The contents of those names that are plain files, as far as they fit."""
    kept: dict[str, bytes] = {}
    room = KEEP_BYTES
    for name in names:
        with contextlib.suppress(OSError), open(open_name(name), "rb") as file:
            found = os.fstat(file.fileno())
            # By now the name may stand for a link, a pipe or a device.
            if stat.S_ISREG(found.st_mode) and found.st_size <= room:
                kept[name] = file.read(room)
                room -= len(kept[name])
    return kept
