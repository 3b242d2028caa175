"""One program's many runs on more runners than its own, as long as nobody else wants those."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from types import TracebackType
from typing import Protocol, Self

from sandbox.messages import Turn
from sandbox.seat import Sent
from sandbox.supply import Supply
from sandbox.types import Execution

_WORTH_S = 0.1
"""What is left to be run must take so long, or bringing the program elsewhere takes longer."""
_AHEAD = 3
"""Runs for each runner before the first that is awaited: all are in vain if that decides."""

Outcome = tuple[Sent | None, list[Execution]]


class Twin(Protocol):
    """A session with the same program on another runner."""

    async def attempt(self, turns: Sequence[Turn]) -> Outcome: ...

    def leave(self) -> None: ...


class Spread:
    """Deals out runs in order. Enter it; leaving ends what is run elsewhere."""

    def __init__(
        self,
        turns: Sequence[Turn],
        pool: Supply,
        make_twin: Callable[[], Awaitable[Twin | None]],
    ) -> None:
        self._turns = turns
        self._pool = pool
        self._make_twin = make_twin
        self._dealt = 0
        self._done = 0
        self._spent_s = 0.0
        self._elsewhere: dict[int, asyncio.Future[Outcome]] = {}
        self._working: dict[Twin, int] = {}
        """What each does now."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def take(self, count: int) -> range:
        """The next runs, for the session's own runner."""
        first = self._dealt
        self._dealt = min(first + count, len(self._turns))
        return range(first, self._dealt)

    async def result(self, position: int) -> Outcome | None:
        """Of a run that was dealt to another runner; None if it was not."""
        future = self._elsewhere.get(position)
        if future is None:
            return None
        outcome = await future
        del self._elsewhere[position]
        return outcome

    async def widen(self, seconds: float) -> None:
        """A run is over, which took so long: use what runners are idle, if that is worth it."""
        self._done += 1
        self._spent_s += seconds
        left_s = self._spent_s / self._done * (len(self._turns) - self._done)
        while left_s > _WORTH_S and self._may_deal():
            twin = await self._make_twin()
            if twin is None:
                return
            if not self._may_deal():  # others have taken the rest meanwhile
                twin.leave()
                return
            self._working[twin] = self._deal()
            task = asyncio.create_task(self._work(twin))
            self._tasks.add(task)
            task.add_done_callback(partial(self._note_end, twin))

    def _may_deal(self) -> bool:
        most = self._done + _AHEAD * (len(self._working) + 1)
        return self._dealt < min(most, len(self._turns))

    def _deal(self) -> int:
        (position,) = self.take(1)
        self._elsewhere[position] = asyncio.get_running_loop().create_future()
        return position

    async def _work(self, twin: Twin) -> None:
        try:
            while True:
                position = self._working[twin]
                outcome = await twin.attempt([self._turns[position]])
                self._elsewhere[position].set_result(outcome)
                if self._pool.queue_length or not self._may_deal():
                    return
                self._working[twin] = self._deal()
        finally:
            twin.leave()

    def _note_end(self, twin: Twin, task: asyncio.Task[None]) -> None:
        position = self._working.pop(twin)
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            future = self._elsewhere[position]
            future.set_exception(error)
            future.exception()  # perhaps nobody will ask for it
