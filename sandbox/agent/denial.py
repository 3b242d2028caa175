"""How long processes that wanted to run were kept from it, for a wall clock that counts that out.

A machine that does too much makes programs wait for a core; one that is virtual waits itself.
"""

import contextlib
import os
from collections.abc import Iterable

_NS_PER_S = 1e9


def waited_s(pids: Iterable[int]) -> float:
    """Seconds that all threads of these processes together have waited for a core.

    0 where the kernel does not tell, as under gVisor.
    """
    return sum(_waited_ns(pid) for pid in pids) / _NS_PER_S


def stolen_s() -> float:
    """Seconds, on each core, that the host of this virtual machine took since it was started."""
    with contextlib.suppress(OSError, IndexError, ValueError), open("/proc/stat", "rb") as file:
        ticks = int(file.readline().split()[8])
        return ticks / os.sysconf("SC_CLK_TCK") / (os.cpu_count() or 1)
    return 0.0


def _waited_ns(pid: int) -> int:
    total = 0
    with contextlib.suppress(OSError, IndexError, ValueError):  # it has ended meanwhile
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/schedstat", "rb") as file:
                total += int(file.read().split()[1])
    return total
