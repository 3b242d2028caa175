"""What a run's process tree uses while it runs, read from /proc and from its processes' clocks."""

import contextlib
import os
import time
from collections.abc import Callable, Collection, Container, Sequence
from dataclasses import dataclass

from . import denial, system

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

# Fields of /proc/PID/stat after the command's closing parenthesis (proc(5), less 3).
_STATE, _PARENT, _USER, _SYSTEM, _CHILD_USER, _CHILD_SYSTEM = 0, 1, 11, 12, 13, 14
_STARTED, _RESIDENT = 19, 21

_OTHER_SHARERS = 2
"""Of what a program inherits: the interpreter that it was forked from, and the one before that."""

_ATTEMPTS = 6
"""To find a tree of processes that stands still while it is asked."""
_SAME = 0.02
"""By how much two looks at it may differ."""


@dataclass(frozen=True, slots=True)
class Use:
    """A moment's reading."""

    cpu_s: float
    """Since the run began. Of children that ended it is in ticks of 10 ms, and what it was when
    they were last seen if nobody waited for them."""
    memory_bytes: int
    """At most: pages that its processes share with each other count for each of them."""
    least_bytes: int
    """Had each of them kept all that it inherited."""
    processes: int
    orphans: tuple[int, ...]
    """Those that have ended, and are children of the agent now."""


@dataclass(frozen=True, slots=True)
class _Process:
    parent: int
    is_orphan: bool
    """Whether it has ended, and is the agent's to wait for."""
    started: int
    cpu_s: float
    reaped_s: float
    resident_bytes: int


class Meter:
    """Reads one run: every process that is neither trusted nor another program's."""

    def __init__(
        self, trusted: Callable[[], Container[int]], inherited_bytes: int, uid: int | None
    ) -> None:
        self._trusted = trusted
        self._inherited_bytes = inherited_bytes
        """Resident pages that a warm interpreter's child shares with it from the start."""
        self._uid = uid
        """Who may look into the run's processes, where we may not."""
        self.others: Sequence[int] = ()
        """Processes of programs under way beside this one; what they started is theirs."""
        self.others_uids: Collection[int | None] = ()
        """Of those that have one of their own: it tells whose an orphan is."""
        self._alive_s: dict[tuple[int, int], float] = {}
        """Own CPU time, by process id and start."""
        self._gone_s = 0.0
        self._proportional_bytes = 0
        self._ask_again_at = 0.0

    def read(self) -> Use:
        processes = _processes()
        members = self._members(processes)
        resident = [processes[pid].resident_bytes for pid in members]
        return Use(
            self._cpu_s([(pid, processes[pid]) for pid in members]),
            max(sum(resident) - self._inherited_bytes, 0),
            sum(max(each - self._inherited_bytes, 0) for each in resident),
            len(members),
            tuple(pid for pid in members if processes[pid].is_orphan),
        )

    def _cpu_s(self, members: list[tuple[int, _Process]]) -> float:
        """The larger of two sums that each miss something: what is alive now with all that it has
        waited for, and what was seen of each process by itself."""
        alive_s = {(pid, process.started): process.cpu_s for pid, process in members}
        self._gone_s += sum(s for key, s in self._alive_s.items() if key not in alive_s)
        self._alive_s = alive_s
        own_s = sum(alive_s.values())
        return own_s + max(sum(process.reaped_s for _, process in members), self._gone_s)

    def shared_once(self, use: Use, peak_bytes: int, limit_bytes: int) -> int:
        """Its memory, with pages that its processes share counted once where the kernel tells that.

        Asking costs the kernel a walk through all that memory, so it is done only where the answer
        can be a new peak or decide about the limit, and for no more than a fifth of the time.
        """
        enough_bytes = limit_bytes if use.processes == 1 else peak_bytes
        if use.memory_bytes <= enough_bytes:
            return use.memory_bytes
        if time.monotonic() >= self._ask_again_at:
            before_s = time.thread_time()
            known_bytes = self._settled()
            self._proportional_bytes = use.least_bytes if known_bytes is None else known_bytes
            self._ask_again_at = time.monotonic() + 4 * (time.thread_time() - before_s)
        return min(use.memory_bytes, self._proportional_bytes)

    def _settled(self) -> int | None:
        """As `_proportional` tells it once it tells the same twice.

        One process is asked after another, so that pages count for more than once while processes
        that share them come and go. Of a tree that never stands still it is the least told.
        """
        told: list[int] = []
        for _ in range(_ATTEMPTS):
            if (known_bytes := self._proportional()) is None:
                return None
            told.append(known_bytes)
            if len(told) > 1 and abs(told[-1] - told[-2]) <= _SAME * told[-1]:
                break
        return min(told)

    def _proportional(self) -> int | None:
        """None where the kernel does not tell."""
        processes = _processes()
        with system.seeing_as(self._uid):
            sizes = [_proportional_bytes(pid) for pid in self._members(processes)]
        known = [size for size in sizes if size is not None]
        if len(known) < len(sizes):
            return None
        count = len(sizes)
        inherited_bytes = self._inherited_bytes * count // (count + _OTHER_SHARERS)
        return max(sum(known) - inherited_bytes, 0)

    def wanted_s(self) -> float:
        """As `denial.wanted_s` tells it of its processes that are there."""
        with system.seeing_as(self._uid):
            return denial.wanted_s(self._members(_processes()))

    def written_bytes(self) -> int:
        """What has been written anywhere, by processes that are there still; 0 if that is not told.

        For output that goes where it cannot be counted.
        """
        with system.seeing_as(self._uid):
            return sum(_written_bytes(pid) for pid in self._members(_processes()))

    def _members(self, processes: dict[int, _Process]) -> list[int]:
        trusted = self._trusted()
        return [
            pid
            for pid in processes
            if pid not in trusted and not self._is_of_others(pid, processes)
        ]

    def _is_of_others(self, pid: int, processes: dict[int, _Process]) -> bool:
        if not self.others:
            return False
        line = _ancestry(pid, processes)
        if any(other in line for other in self.others):
            return True
        return bool(self.others_uids) and system.uid_of(pid) in self.others_uids


def _ancestry(pid: int, processes: dict[int, _Process]) -> list[int]:
    """The process, its parent, and so on as far as they can be seen."""
    line: list[int] = []
    while pid in processes and pid not in line:
        line.append(pid)
        pid = processes[pid].parent
    return line


def _processes() -> dict[int, _Process]:
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError, IndexError):  # it has ended meanwhile
                found[int(name)] = _read(name)
    return found


def _read(pid: str) -> _Process:
    with open(f"/proc/{pid}/stat", "rb") as file:
        # The command may hold anything, parentheses and spaces too: fields follow the last one.
        fields = file.read().rpartition(b") ")[2].split()
    return _Process(
        parent=int(fields[_PARENT]),
        is_orphan=fields[_STATE] == b"Z" and int(fields[_PARENT]) == os.getpid(),
        started=int(fields[_STARTED]),
        cpu_s=_cpu_s(int(pid), (int(fields[_USER]) + int(fields[_SYSTEM])) / _TICKS_PER_S),
        reaped_s=(int(fields[_CHILD_USER]) + int(fields[_CHILD_SYSTEM])) / _TICKS_PER_S,
        resident_bytes=int(fields[_RESIDENT]) * _PAGE_BYTES,
    )


def _cpu_s(pid: int, ticks_s: float) -> float:
    """CPU time of all threads of a process by its own clock, or by its ticks without one.

    Ticks are cut off twice, so eight processes could be 0.16 s over before it showed.
    """
    clock_of_process = 2  # CPUCLOCK_SCHED; clock_getcpuclockid(3) makes the same number
    try:
        return max(time.clock_gettime(~pid << 3 | clock_of_process), ticks_s)
    except OSError:  # it has ended, or the kernel is gVisor's
        return ticks_s


def _written_bytes(pid: int) -> int:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/io", "rb") as file:
        for line in file:
            if line.startswith(b"wchar:"):
                return int(line.split()[1])
    return 0


def _proportional_bytes(pid: int) -> int | None:
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            for line in file:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    except ProcessLookupError:
        return 0  # it has ended
    except OSError:
        # gVisor has no such file.
        return None if os.path.exists(f"/proc/{pid}") else 0
    return None
