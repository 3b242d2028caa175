"""How many runs this machine can do at once."""

import math
import os
from pathlib import Path

_V2_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_V1_QUOTA = Path("/sys/fs/cgroup/cpu/cpu.cfs_quota_us")
_V1_PERIOD = Path("/sys/fs/cgroup/cpu/cpu.cfs_period_us")


def default_slots() -> int:
    """The CPUs that this process may use, by affinity and by its cgroup's quota; at least one."""
    cpus = len(os.sched_getaffinity(0))
    return max(1, min(cpus, _quota() or cpus))


def _quota() -> int | None:
    """CPUs' worth of time that the cgroup (version 2 or 1) grants; None without a limit."""
    try:
        quota, period = _V2_QUOTA.read_text().split()
    except (OSError, ValueError):
        try:
            quota, period = _V1_QUOTA.read_text().strip(), _V1_PERIOD.read_text()
        except OSError:
            return None
    if quota in ("max", "-1"):
        return None
    return math.floor(int(quota) / int(period)) or 1
