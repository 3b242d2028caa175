"""Ends work politely: on its deadline, or when the service stops."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Drain:
    """Keeps the time by which each piece of running work must have ended."""

    def __init__(self) -> None:
        self._running: set[asyncio.Timeout] = set()
        self._ends_at: float | None = None

    @property
    def started(self) -> bool:
        """Whether the service is stopping, and takes no new work."""
        return self._ends_at is not None

    def start(self, within_s: float) -> None:
        """Let running work go on for `within_s` seconds at most; a second call changes nothing."""
        if self._ends_at is None:
            self._ends_at = asyncio.get_running_loop().time() + within_s
            for timeout in self._running:
                if not timeout.expired():  # its work is ending, and has no other time any more
                    timeout.reschedule(self._bounded(timeout.when()))

    @contextmanager
    def bound(self, deadline: float | None) -> Iterator[asyncio.Timeout]:
        """A timeout to enter around work, at `deadline` or the end of the drain."""
        timeout = asyncio.timeout_at(self._bounded(deadline))
        self._running.add(timeout)
        try:
            yield timeout
        finally:
            self._running.discard(timeout)

    def _bounded(self, deadline: float | None) -> float | None:
        if deadline is None or self._ends_at is None:
            return self._ends_at if deadline is None else deadline
        return min(deadline, self._ends_at)
