"""Members who share something evenly, and which of them has had least of it.

Each finds its place in the time of a logarithm, however many there are.
"""

import heapq
import itertools
from collections.abc import Collection, Hashable
from typing import Generic, TypeVar

from sandbox.types import Tier


class Member:
    """One of several who share: a client, or a request of one."""

    def __init__(self, name: Hashable, weight: float = 1.0) -> None:
        self.name = name
        self.weight = weight
        self.waiting = dict.fromkeys(Tier, 0)
        """Turns by tier, without those that wait apart from others."""
        self.apart = 0
        """Those."""
        self.spent = 0.0
        """Seconds of turns that are over, for each unit of weight."""
        self.held = 0
        """Runners that are held now."""
        self._since = 0.0
        """Sum of the times since which those are held."""
        self.number = 0
        """The lower, the earlier it came."""
        self.places: dict[Tier, tuple[float, int]] = {}
        """In the heaps of its circle: what it has spent, and its number."""

    @property
    def is_active(self) -> bool:
        return bool(self.held or self.apart or any(self.waiting.values()))

    def standing(self, now: float) -> tuple[float, float]:
        """The lower, the sooner."""
        running = self.held * now - self._since
        return self.spent + running / self.weight, self.held / self.weight

    def begin(self, now: float) -> None:
        self.held += 1
        self._since += now

    def end(self, began: float) -> None:
        self.held -= 1
        self._since = self._since - began if self.held else 0.0


M = TypeVar("M", bound=Member)

_MOST_OLD = 64
"""Places in a heap that nobody has any more, beside as many as there are members."""


class Circle(Generic[M]):
    """Those who share and have something to do."""

    def __init__(self) -> None:
        self.members: dict[Hashable, M] = {}
        self._clock = 0.0
        """What each unit of weight would have had, had all been served evenly."""
        self._weight = 0.0
        self._numbers = itertools.count()
        self._holding: dict[M, None] = {}
        """Who holds runners: no more than there are of those, and where they stand changes."""
        self._waiting: dict[Tier, list[tuple[float, int, M]]] = {tier: [] for tier in Tier}
        """Heaps of who holds none, as they stand. Old places are dropped when they are met."""

    def join(self, member: M) -> None:
        """Now it waits, perhaps for more than before."""
        if member.name not in self.members:
            self.members[member.name] = member
            self._weight += member.weight
            member.number = next(self._numbers)
            member.spent = max(member.spent, self._clock)
        self._enter(member)

    def leave_if_idle(self, member: M) -> None:
        if not member.is_active and self.members.pop(member.name, None) is not None:
            # Without anybody there are no rounding errors to keep either.
            self._weight = self._weight - member.weight if self.members else 0.0

    def begin(self, member: M, now: float) -> None:
        """It holds a runner."""
        member.begin(now)
        self._holding[member] = None

    def end(self, member: M, began: float, seconds: float) -> None:
        """It holds a runner no longer, and is charged for so long."""
        member.spent += seconds / member.weight
        self._clock += seconds / self._weight
        member.end(began)
        if not member.held:
            del self._holding[member]
            self._enter(member)

    def next(self, tiers: Collection[Tier], now: float) -> M | None:
        """Who has had least of those who wait for one of the tiers."""
        waiting = [
            member for member in self._holding if any(member.waiting[tier] for tier in tiers)
        ]
        waiting += [member for tier in tiers if (member := self._first(tier)) is not None]
        if not waiting:
            return None
        chosen = min(waiting, key=lambda member: (member.standing(now), member.number))
        self._clock = max(self._clock, chosen.spent)
        return chosen

    def _enter(self, member: M) -> None:
        """Give it its place among those who hold nothing, for each tier that it waits for."""
        place = (member.spent, member.number)
        for tier, count in member.waiting.items():
            if count and not member.held and member.places.get(tier) != place:
                member.places[tier] = place
                heap = self._waiting[tier]
                if len(heap) > 2 * len(self.members) + _MOST_OLD:
                    heap[:] = [each for each in heap if _is_place(tier, *each)]
                    heapq.heapify(heap)
                heapq.heappush(heap, (*place, member))

    def _first(self, tier: Tier) -> M | None:
        """Of those who hold nothing and wait for that tier."""
        heap = self._waiting[tier]
        while heap and not _is_place(tier, *heap[0]):
            heapq.heappop(heap)
        return heap[0][2] if heap else None


def _is_place(tier: Tier, spent: float, number: int, member: Member) -> bool:
    """Whether that is where it stands; it has no place there otherwise."""
    if member.places.get(tier) != (spent, number):
        return False
    if member.waiting[tier] and not member.held:
        return True
    del member.places[tier]
    return False
