"""Room that clients share: whoever has little of it gets some, however full others keep it."""

from collections import Counter
from collections.abc import Mapping

OVERDRAFT = 2
"""Times the room: so much is taken at most, for those who have less than their share."""


class Room:
    """So many places or bytes, and who has how many of them."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.taken = 0
        self._taken_by: Counter[str] = Counter()
        """Of clients that have some."""

    @property
    def shares(self) -> Mapping[str, int]:
        """How much each client has that has some."""
        return self._taken_by

    @property
    def all_taken(self) -> int:
        """What all of them have together."""
        return sum(self.shares.values())

    def lacks(self, client: str, wanted: int, *, had: int = 0) -> int:
        """How much must be given back before a request of that size fits in; 0 if it does.

        `had` is what this very request has taken of it. One request always fits into room that is
        empty. In room that is full, a client that has nothing yet may have one request, and others
        their equal share, as long as there is no more than the overdraft.
        """
        shares = self.shares
        others, mine = sum(shares.values()) - had, shares.get(client, 0) - had
        lacking = others + wanted - self.size
        if others == 0 or lacking <= 0:
            return 0
        clients = len(shares.keys() | {client})
        is_fair = mine == 0 or mine + wanted <= self.size // clients
        if is_fair and others + wanted <= OVERDRAFT * self.size:
            return 0
        return lacking

    def take(self, client: str, count: int) -> None:
        """Take it, or give it back by a negative number."""
        self.taken += count
        self._taken_by[client] += count
        if not self._taken_by[client]:
            del self._taken_by[client]
