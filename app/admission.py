"""Back pressure: bounds how much work is accepted and not answered yet, in items and in bytes."""

import asyncio
import math
from collections.abc import Iterator
from contextlib import contextmanager

from app.drain import Drain
from app.errors import Problem
from app.room import Room

_LONGEST_RETRY_S = 60
_SMOOTHING = 0.1
"""Weight of the newest interval in the running mean of the time between two answers."""


class Admission:
    """The queue: a place for every item from its arrival to its answer, and room for bodies."""

    def __init__(self, *, items: Room, body_bytes: Room, drain: Drain) -> None:
        self._places = items
        self._bytes = body_bytes
        self._drain = drain
        self._interval_s = 0.0
        self._last_answer = 0.0

    @property
    def taken(self) -> int:
        """Items accepted and not answered yet."""
        return self._places.taken

    @property
    def held_bytes(self) -> int:
        """Bodies of requests that are not answered yet, as far as they have come in."""
        return self._bytes.taken

    @contextmanager
    def admit(self, client: str, count: int = 1) -> Iterator["Admitted"]:
        """Take `count` places for a client, and free what is left of them in the end.

        Raises Problem when there are not as many (429), or the service is stopping (503).
        """
        self._check_open()
        if lacking := self._places.lacks(client, count):
            seconds = self._seconds_until_free(lacking)
            raise Problem(
                "queue-full",
                f"{self._places.all_taken} items are waiting and {count} more would exceed "
                f"queue_size ({self._places.size}); try again in {seconds} s, or with a smaller "
                f"batch.",
                headers={"Retry-After": str(seconds)},
            )
        if self.taken == 0:
            self._last_answer = asyncio.get_running_loop().time()
        self._places.take(client, count)
        admitted = Admitted(self, client, count)
        try:
            yield admitted
        finally:
            self._places.take(client, -admitted.left)

    @contextmanager
    def hold(self, client: str) -> Iterator["Held"]:
        """Room for a client's body, to be taken as it comes in, and freed in the end."""
        held = Held(self, client)
        try:
            yield held
        finally:
            self._bytes.take(client, -held.bytes)

    def check_room(self, more: int, *, of: "Held") -> None:
        """Raise Problem when `more` bytes have no room (429), or the service is stopping (503)."""
        self._check_open()
        wanted = of.bytes + more
        if self._bytes.lacks(of.client, wanted, had=of.bytes):
            seconds = self._seconds_until_free(1)
            raise Problem(
                "queue-full",
                f"requests of {self._bytes.all_taken - of.bytes} bytes are not answered yet, and "
                f"{wanted} more would exceed queue_bytes ({self._bytes.size}); try again in "
                f"{seconds} s, or with a smaller batch.",
                # Nobody is going to read the rest of it.
                headers={"Retry-After": str(seconds), "Connection": "close"},
            )

    def _check_open(self) -> None:
        if self._drain.started:
            raise Problem(
                "stopping",
                "The service is stopping; ask another one, or try again when it is back.",
                headers={"Retry-After": "5"},
            )

    def _seconds_until_free(self, places: int) -> int:
        return max(1, min(_LONGEST_RETRY_S, math.ceil(places * self._interval_s)))

    def _answered(self, client: str) -> None:
        now = asyncio.get_running_loop().time()
        self._interval_s += _SMOOTHING * (now - self._last_answer - self._interval_s)
        self._last_answer = now
        self._places.take(client, -1)


class Admitted:
    """Places that one request holds."""

    def __init__(self, admission: Admission, client: str, count: int) -> None:
        self.left = count
        self._client = client
        self._admission = admission

    def answered(self) -> None:
        """Free the place of one item."""
        self.left -= 1
        self._admission._answered(self._client)


class Held:
    """Room that the body of one request takes."""

    def __init__(self, admission: Admission, client: str) -> None:
        self.bytes = 0
        self.client = client
        self._admission = admission

    def expect(self, more: int) -> None:
        """Raise Problem when there is no room for so many bytes that are announced."""
        self._admission.check_room(more, of=self)

    def take(self, more: int) -> None:
        """Take room for bytes that have come; raises Problem."""
        self._admission.check_room(more, of=self)
        self.bytes += more
        self._admission._bytes.take(self.client, more)
