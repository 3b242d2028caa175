"""Whose runners are whose: a name for this process that others can tell to be dead.

Several services may share an engine; each removes what a dead one left, and nothing else.
"""

import os
from pathlib import Path

_PROC = Path("/proc")


def this_process() -> str:
    """A name that no other process, before or after, on any machine, has."""
    pid = os.getpid()
    return f"{_machine()}/{pid}/{_start_ticks(pid)}"


def has_died(owner: str) -> bool:
    """Whether the process of that name is known to be gone.

    False for one that cannot be seen from here: another machine's or another container's.
    """
    machine, _, process = owner.rpartition("/")[0].rpartition("/")
    started = owner.rpartition("/")[2]
    if machine != _machine() or not process.isdecimal():
        return False
    try:
        return str(_start_ticks(int(process))) != started
    except FileNotFoundError:
        return not _exists(int(process))


def _exists(pid: int) -> bool:
    # /proc may hide the processes of other users; signal 0 tells them from none.
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _machine() -> str:
    """This boot of this machine, and the PID namespace that process numbers belong to."""
    boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}/{os.stat(_PROC / 'self/ns/pid').st_ino}"


def _start_ticks(pid: int) -> int:
    """When a process began, in clock ticks since boot."""
    stat = (_PROC / str(pid) / "stat").read_text()
    # The command's name stands in parentheses and may hold anything, spaces and parentheses too.
    return int(stat.rpartition(")")[2].split()[19])
