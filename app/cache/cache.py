"""The cache of judgements: finds what was judged before, and joins what is in work."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Protocol

from app.cache import judgement as judgements
from app.cache.disk import Disk
from app.cache.judgement import Judgement, Made
from app.cache.memory import Memory
from sandbox import Claim, Overloaded, Priority

_NOBODY = Claim()
_PRIORITIES = list(Priority)


class Origin(StrEnum):
    """Where a judgement came from."""

    JUDGED = "judged"
    """From nowhere: it had to be made."""
    MEMORY = "memory"
    DISK = "disk"
    JOINED = "joined"
    """From the same request, which was in work."""


class Judgements(Protocol):
    """What judging asks a cache for, this process's own or one that several share."""

    async def obtain(
        self, key: bytes, judge: Callable[[], Awaitable[Made]], *, claim: Claim = ...
    ) -> tuple[Made, Origin]:
        """See `Cache.obtain`."""


class Cache:
    """Judgements by the keys of their requests."""

    def __init__(self, memory: Memory, disk: Disk | None = None) -> None:
        self.given: Counter[Origin] = Counter()
        """Judgements given out so far."""
        self.memory = memory
        self._disk = disk
        self._under_way: dict[tuple[bytes, str, Priority], asyncio.Future[Made | None]] = {}
        """By their keys, and by whose turn each waits for."""

    async def obtain(
        self, key: bytes, judge: Callable[[], Awaitable[Made]], *, claim: Claim = _NOBODY
    ) -> tuple[Made, Origin]:
        """The judgement of `key`: kept, or that of the same request in work, or what `judge` makes.

        If those who have it in work give up, another who waits for it begins anew. Raises what
        `judge` raises.
        """
        while True:
            if (data := self.memory.get(key)) and (kept := judgements.load(data)):
                return self._give(Made(judgement=kept), Origin.MEMORY)
            theirs = self._in_work(key, claim)
            if theirs is None:
                return await self._make(key, judge, claim)
            since = _now()
            await asyncio.wait([theirs])
            if theirs.cancelled():
                continue  # they gave up, which says nothing about the request
            if made := theirs.result():
                return self._give(made, Origin.JOINED, waited_s=_now() - since)
            return self._first(await judge())

    def _in_work(self, key: bytes, claim: Claim) -> asyncio.Future[Made | None] | None:
        """The same request, unless its turn for a runner may come later than one's own would."""
        no_lower = _PRIORITIES[_PRIORITIES.index(claim.priority) :]
        found = (self._under_way.get((key, claim.client, each)) for each in reversed(no_lower))
        return next((theirs for theirs in found if theirs is not None), None)

    async def _make(
        self, key: bytes, judge: Callable[[], Awaitable[Made]], claim: Claim
    ) -> tuple[Made, Origin]:
        work = key, claim.client, claim.priority
        ours = self._under_way[work] = asyncio.get_running_loop().create_future()
        try:
            if kept := await self._on_disk(key):
                ours.set_result(Made(judgement=kept))
                return self._give(Made(judgement=kept), Origin.DISK)
            made = await judge()
            ours.set_result(made if made.shared else None)
        except (asyncio.CancelledError, Overloaded):
            ours.cancel()  # our own deadline, or our client's leaving: others have theirs
            raise
        finally:
            del self._under_way[work]
            if not ours.done():  # an error is told to nobody else
                ours.set_result(None)
        if made.lasting:
            self._keep(key, judgements.dump(made.judgement))
        return self._first(made)

    async def _on_disk(self, key: bytes) -> Judgement | None:
        data = await self._disk.get(key) if self._disk else None
        kept = judgements.load(data) if data else None
        if data and kept:
            self.memory.put(key, data)
        return kept

    def _keep(self, key: bytes, data: bytes) -> None:
        self.memory.put(key, data)
        if self._disk:
            self._disk.put(key, data)

    def _give(self, made: Made, origin: Origin, *, waited_s: float = 0.0) -> tuple[Made, Origin]:
        self.given[origin] += 1
        return made.given_again(waited_s=waited_s), origin

    def _first(self, made: Made) -> tuple[Made, Origin]:
        self.given[Origin.JUDGED] += 1
        return made, Origin.JUDGED


def _now() -> float:
    return asyncio.get_running_loop().time()
