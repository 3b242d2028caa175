"""Times of quiet, in which nothing is begun but what must be run alone.

To empty a large machine for each such run would cost more than it tells. So they share a time of
quiet, one after another, and everything else has at least as much time before the next.
"""

import asyncio
from collections.abc import Callable

LONGEST_S = 30.0
"""Nobody begins to be alone after that, so that what must wait knows an end to it."""


class Quiet:
    """Whether it is quiet; `look_again` is called whenever that may change by itself."""

    def __init__(self, look_again: Callable[[], None]) -> None:
        self._look_again = look_again
        self._since: float | None = None
        self._not_before = 0.0

    def reigns(self, *, wanted: bool, is_used: bool, others_wait: bool) -> bool:
        """Whether it is quiet now, which it is if somebody waits to be alone, or already is."""
        if self._since is None and not wanted:
            return False
        loop = asyncio.get_running_loop()
        now = loop.time()
        if self._since is None:
            if now >= self._not_before or not others_wait:
                self._since = now
                loop.call_at(now + LONGEST_S, self._look_again)
        elif not is_used and (not wanted or now - self._since >= LONGEST_S):
            self._not_before = now + (now - self._since)
            self._since = None
            loop.call_at(self._not_before, self._look_again)
        return self._since is not None
