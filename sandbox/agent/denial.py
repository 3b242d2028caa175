"""How long processes that wanted to run were kept from it, for a wall clock that counts that out.

A machine that does too much makes programs wait for a core; one that is virtual waits itself.
"""

import contextlib
import os
from collections.abc import Iterable

_NS_PER_S = 1e9


def wanted_s(pids: Iterable[int]) -> float:
    """Seconds that one thread of these processes has had a core or waited for one: the most of any.

    What a run has of that beyond the CPU time of all its threads, others kept it from: while the
    thread waited for a core that its own run had, that time was used by its run. More threads
    or processes thus make nobody's clock wider, and the less is counted for a run the more it
    does at once. 0 where the kernel does not tell, as under gVisor.
    """
    return max((_wanted_ns(pid) for pid in pids), default=0) / _NS_PER_S


def stolen_s() -> float:
    """Seconds, on each core, that the host of this virtual machine took since it was started."""
    with contextlib.suppress(OSError, IndexError, ValueError), open("/proc/stat", "rb") as file:
        ticks = int(file.readline().split()[8])
        return ticks / os.sysconf("SC_CLK_TCK") / (os.cpu_count() or 1)
    return 0.0


def _wanted_ns(pid: int) -> int:
    most = 0
    with contextlib.suppress(OSError, IndexError, ValueError):  # it has ended meanwhile
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/schedstat", "rb") as file:
                had, waited, _ = map(int, file.read().split())
                most = max(most, had + waited)
    return most
