"""What a run's process tree uses while it runs, read from /proc."""

import contextlib
import os
from collections.abc import Callable, Container
from dataclasses import dataclass

from . import system

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

# Fields of /proc/PID/stat after the command's closing parenthesis (proc(5), less 3).
_PARENT, _USER, _SYSTEM, _CHILD_USER, _CHILD_SYSTEM, _RESIDENT = 1, 11, 12, 13, 14, 21


@dataclass(frozen=True, slots=True)
class Use:
    """A moment's reading. CPU time comes in ticks of 10 ms; the final figure is exact."""

    cpu_s: float
    memory_bytes: int
    processes: int


@dataclass(frozen=True, slots=True)
class _Process:
    parent: int
    ticks: int
    reaped_ticks: int
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
        self.others: list[int] = []
        """Programs under way beside this one; what they started is theirs."""

    def read(self) -> Use:
        processes = _processes()
        members = self._members(processes)
        ticks = sum(processes[pid].ticks + processes[pid].reaped_ticks for pid in members)
        return Use(ticks / _TICKS_PER_S, self._memory(processes, members), len(members))

    def proportional_bytes(self) -> int | None:
        """Memory with each shared page counted once; None where the kernel will not say.

        Costly, so asked for only when the sum of resident sizes is over the limit.
        """
        processes = _processes()
        with system.seeing_as(self._uid):
            sizes = [_proportional_bytes(pid) for pid in self._members(processes)]
        known = [size for size in sizes if size is not None]
        return sum(known) if len(known) == len(sizes) else None

    def _members(self, processes: dict[int, _Process]) -> list[int]:
        trusted = self._trusted()
        members = []
        for pid in processes:
            line = _ancestry(pid, processes)
            if pid not in trusted and not any(other in line for other in self.others):
                members.append(pid)
        return members

    def _memory(self, processes: dict[int, _Process], members: list[int]) -> int:
        return sum(max(processes[pid].resident_bytes - self._inherited_bytes, 0) for pid in members)


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
        ticks=int(fields[_USER]) + int(fields[_SYSTEM]),
        reaped_ticks=int(fields[_CHILD_USER]) + int(fields[_CHILD_SYSTEM]),
        resident_bytes=int(fields[_RESIDENT]) * _PAGE_BYTES,
    )


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
