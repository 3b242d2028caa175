"""Those who wait for a runner, and whose turn it is.

Runners are shared evenly by the time that they are held: first among clients, then among the
requests of one client, by their priorities. It is weighted fair queueing where times are known only
afterwards: what is held is counted as it passes, and whoever comes new begins where those who wait
would be if all had been served evenly. So nobody waits for another's whole batch, idle time cannot
be saved up, and a stream of newcomers starves nobody.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sandbox.circle import Circle, Member
from sandbox.types import Claim, Priority, Tier

T = TypeVar("T")

_WEIGHTS = {Priority.LOW: 1.0, Priority.NORMAL: 8.0, Priority.HIGH: 64.0}
_LEAST_S = 0.001
"""What a turn counts for at least, so that those who take none of the time take turns too."""


class _Line(Member, Generic[T]):
    """Turns of one request; or of all a client's single ones, which come in any number."""

    def __init__(self, name: Hashable, priority: Priority) -> None:
        super().__init__(name, _WEIGHTS[priority])
        self.turns: OrderedDict[Turn[T], None] = OrderedDict()


class _Client(Member, Generic[T]):
    """Whoever came with one API key."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.lines: Circle[_Line[T]] = Circle()
        self._singles: dict[Hashable, _Line[T]] = {}
        """Kept when they are empty too: going away and coming back pays no debts."""

    def line(self, tier: Tier, claim: Claim) -> _Line[T]:
        """Where turns of that kind wait, apart by tier: one may move on while the other waits."""
        name = (tier, claim.priority, claim.request)
        line = self.lines.members.get(name) or self._singles.get(name)
        if line is None:
            line = _Line(name, claim.priority)
            if claim.request is None:
                self._singles[name] = line
        return line


@dataclass(frozen=True, slots=True, eq=False)
class Turn(Generic[T]):
    """One who waits, and then holds a runner."""

    tier: Tier
    has_deadline: bool
    is_first: bool
    is_alone: bool
    since: float
    runner: asyncio.Future[T]
    client: _Client[T]
    line: _Line[T]

    @property
    def is_apart(self) -> bool:
        """Whether it does not wait among the others of its line."""
        return self.is_first or self.is_alone


class Turns(Generic[T]):
    """Hands out turns; each one that `next` gave comes back by `end`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._clients: dict[str, _Client[T]] = {}
        self._circle: Circle[_Client[T]] = Circle()
        self._waiting: OrderedDict[Turn[T], None] = OrderedDict()
        """All of them, as they came."""
        self._firsts: OrderedDict[Turn[T], None] = OrderedDict()
        """Those who go before all others."""
        self._alone: OrderedDict[Turn[T], None] = OrderedDict()
        """Those who hold a runner only while nobody else does."""
        self._held: dict[Turn[T], float] = {}
        """Since when."""

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def oldest(self) -> float | None:
        """Since when the one has waited who has waited longest."""
        return next((turn.since for turn in self._waiting), None)

    @property
    def who_want_to_be_alone(self) -> int:
        """How many of them; `next` passes them over."""
        return len(self._alone)

    def take(
        self, tier: Tier, claim: Claim, *, has_deadline: bool, first: bool, alone: bool = False
    ) -> Turn[T]:
        """Begin to wait; `first` goes before all others, and `alone` waits for `next_alone`."""
        client = self._client(claim)
        line = client.line(tier, claim)
        runner: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        turn = Turn(tier, has_deadline, first, alone, self._clock(), runner, client, line)
        self._waiting[turn] = None
        if alone:
            self._alone[turn] = None
        elif first:
            self._firsts[turn] = None
            self._firsts.move_to_end(turn, last=False)
        else:
            line.turns[turn] = None
        self._count(turn, 1)
        self._circle.join(client)
        client.lines.join(line)
        return turn

    def leave(self, turn: Turn[T]) -> None:
        """Wait no longer, or not at all if that is so already."""
        if turn in self._waiting:
            self._remove(turn)
            self._tidy(turn)

    def next(self, tiers: Collection[Tier]) -> Turn[T] | None:
        """Who is next for one of those tiers, and holds a runner from now on."""
        now = self._clock()
        return self._begin(lambda: self._first(tiers) or self._fairest(tiers, now), now)

    def next_alone(self, tiers: Collection[Tier]) -> Turn[T] | None:
        """Who is next of those who want to be alone, and is so from now on."""
        return self._begin(
            lambda: next((turn for turn in self._alone if turn.tier in tiers), None), self._clock()
        )

    def end(self, turn: Turn[T]) -> None:
        """The runner is held no longer."""
        began = self._held.pop(turn)
        seconds = max(self._clock() - began, _LEAST_S)
        self._circle.end(turn.client, began, seconds)
        turn.client.lines.end(turn.line, began, seconds)
        self._tidy(turn)

    def leave_all(self, *, patient_only: bool = False) -> list[Turn[T]]:
        """Remove and return everybody who waits, or those who have no deadline."""
        gone = [turn for turn in self._waiting if not (patient_only and turn.has_deadline)]
        for turn in gone:
            self.leave(turn)
        return gone

    def _begin(self, find: Callable[[], "Turn[T] | None"], now: float) -> "Turn[T] | None":
        """Let whoever is found hold a runner; who has given up is passed over."""
        while (turn := find()) is not None:
            if not turn.runner.done():
                self._held[turn] = now
                self._circle.begin(turn.client, now)
                turn.client.lines.begin(turn.line, now)
                self._remove(turn)
                return turn
            self.leave(turn)
        return None

    def _client(self, claim: Claim) -> _Client[T]:
        if claim.client not in self._clients:
            self._clients[claim.client] = _Client(claim.client)
        return self._clients[claim.client]

    def _first(self, tiers: Collection[Tier]) -> Turn[T] | None:
        return next((turn for turn in self._firsts if turn.tier in tiers), None)

    def _fairest(self, tiers: Collection[Tier], now: float) -> Turn[T] | None:
        client = self._circle.next(tiers, now)
        line = client and client.lines.next(tiers, now)
        return next(iter(line.turns)) if line else None

    def _remove(self, turn: Turn[T]) -> None:
        del self._waiting[turn]
        apart = self._alone if turn.is_alone else self._firsts
        del (apart if turn.is_apart else turn.line.turns)[turn]
        self._count(turn, -1)

    def _count(self, turn: Turn[T], change: int) -> None:
        for member in (turn.client, turn.line):
            if turn.is_apart:
                member.apart += change
            else:
                member.waiting[turn.tier] += change

    def _tidy(self, turn: Turn[T]) -> None:
        turn.client.lines.leave_if_idle(turn.line)
        self._circle.leave_if_idle(turn.client)
