"""A second look at limits of time: what came near to one beside others is run again alone.

Others slow a program down even where only its own CPU time counts: they share its caches, its
memory and, as threads of one core, its arithmetic.
"""

import asyncio
from dataclasses import replace

from sandbox.supply import Supply
from sandbox.types import Execution, Limits, Status

NEAR = 1.2
"""Times its limit: who needs less, may have needed less alone."""
_BUSY_SHARE = 0.2
"""Of its CPU time, from which on a program that ran out of wall clock had not merely slept."""
_PATIENCE_S = 600.0


class Company:
    """Whether others ran beside one run, and what its limits are therefore. Make it when it begins.

    In company it may use a little more, to find out whether it is near to its limit or far beyond.
    """

    def __init__(self, pool: Supply, limits: Limits) -> None:
        self._pool = pool
        self._asked = limits
        self._handed_out = pool.handed_out
        self._has_others = pool.busy > 1
        self.limits = _widened(limits) if self._has_others else limits

    def doubts(self, execution: Execution) -> bool:
        """Whether it should be run again alone."""
        if not self._has_others and self._pool.handed_out == self._handed_out:
            return False
        share = execution.cpu_s / self._asked.cpu_s
        if share > 1:
            return share <= NEAR
        return execution.status is Status.TIME_LIMIT_EXCEEDED and share >= _BUSY_SHARE

    def settle(self, execution: Execution) -> Execution:
        """What happened, by the limits that were asked for."""
        if not self._has_others or execution.cpu_s <= self._asked.cpu_s:
            return execution
        message = f"used more than {self._asked.cpu_s:g} s of CPU time"
        return replace(execution, status=Status.TIME_LIMIT_EXCEEDED, message=message)


def patience(deadline: float | None) -> float:
    """Until when to wait to be alone: some day is not enough, even for those without a deadline."""
    end = asyncio.get_running_loop().time() + _PATIENCE_S
    return end if deadline is None else min(deadline, end)


def _widened(limits: Limits) -> Limits:
    return replace(limits, cpu_s=NEAR * limits.cpu_s, wall_s=limits.wall_backstop_s)
