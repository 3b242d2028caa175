"""Back pressure: bounds how much work is accepted and not answered yet."""

import asyncio
import math
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Gauge

from app.drain import Drain
from app.errors import Problem

_LONGEST_RETRY_S = 60
_SMOOTHING = 0.1
"""Weight of the newest interval in the running mean of the time between two answers."""


class Admission:
    """The queue's places, of which every item takes one from its arrival to its answer."""

    def __init__(self, places: int, *, drain: Drain, gauge: Gauge) -> None:
        self.taken = 0
        """Items accepted and not answered yet."""
        self._places = places
        self._drain = drain
        self._gauge = gauge
        self._interval_s = 0.0
        self._last_answer = 0.0

    @contextmanager
    def admit(self, count: int = 1) -> Iterator["Admitted"]:
        """Take `count` places, and free what is left of them in the end.

        Raises Problem when there are not as many (429), or the service is stopping (503).
        """
        if self._drain.started:
            raise Problem(
                "stopping",
                "The service is stopping; ask another one, or try again when it is back.",
                headers={"Retry-After": "5"},
            )
        lacking = self.taken + count - self._places
        if lacking > 0:
            seconds = self._seconds_until_free(lacking)
            raise Problem(
                "queue-full",
                f"{self.taken} items are waiting and {count} more would exceed queue_size "
                f"({self._places}); try again in {seconds} s, or with a smaller batch.",
                headers={"Retry-After": str(seconds)},
            )
        if self.taken == 0:
            self._last_answer = asyncio.get_running_loop().time()
        self._take(count)
        admitted = Admitted(self, count)
        try:
            yield admitted
        finally:
            self._take(-admitted.left)

    def _seconds_until_free(self, places: int) -> int:
        return max(1, min(_LONGEST_RETRY_S, math.ceil(places * self._interval_s)))

    def _take(self, count: int) -> None:
        self.taken += count
        self._gauge.set(self.taken)

    def _answered(self) -> None:
        now = asyncio.get_running_loop().time()
        self._interval_s += _SMOOTHING * (now - self._last_answer - self._interval_s)
        self._last_answer = now
        self._take(-1)


class Admitted:
    """Places that one request holds."""

    def __init__(self, admission: Admission, count: int) -> None:
        self.left = count
        self._admission = admission

    def answered(self) -> None:
        """Free the place of one item."""
        self.left -= 1
        self._admission._answered()
