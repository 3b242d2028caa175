"""A session's place on a runner, or on one after another as they are lost or lent to others."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from sandbox.alone import Company, patience
from sandbox.errors import Overloaded, RunnerLost
from sandbox.messages import Turn
from sandbox.runner import Loss, Runner, RunnerFailure
from sandbox.stages import Stage, Timed
from sandbox.supply import Supply
from sandbox.types import Claim, Execution, Status, Tier

T = TypeVar("T")

LONGEST_TURN_S = 1.0
"""For so long a session may go on with run after run while others wait."""
_ATTEMPTS = 3
_PROOFS = 2
"""Runners that must run out of memory before it is held against what ran in them."""
_QUOTED_CHARACTERS = 300

OUT_OF_MEMORY = Execution(
    status=Status.MEMORY_LIMIT_EXCEEDED,
    signal=9,
    message="took so much memory that its whole runner ended, twice",
)
BYSTANDER = Execution(status=Status.SIGNALLED, signal=9, message="its runner ended")


class Seat:
    """A place on a runner, and on another one when that was lost. Leave it in any case."""

    def __init__(self, pool: Supply, deadline: float | None, tier: Tier, claim: Claim) -> None:
        self.pool = pool
        self.tier = tier
        self.claim = claim
        self.deadline = deadline
        self.queue_s = 0.0
        self.preparing = asyncio.Lock()
        """Held by whoever takes the seat, until the runner has what is needed of it."""
        self.visits = 0
        """Runners taken so far, or the same one several times: nothing is left on it then."""
        self._runner: Runner | None = None
        self._since = 0.0
        """When it was taken."""
        self.is_bound = False
        """Whether something on the runner would be dear to make again on another."""
        self._under_way: set[asyncio.Future[list[Execution]]] = set()

    @property
    def can_be_left(self) -> bool:
        """Whether another runner will do as well later.

        In the tier `fresh` one that is given back is lost, and another one costs more.
        """
        return self.tier is Tier.WARM and not self.is_bound

    @property
    def is_taken(self) -> bool:
        """Whether there is a runner that others cannot have now."""
        return self._runner is not None

    async def take(self, *, first: bool, alone: bool = False) -> Runner:
        """The runner; if one has to be waited for, `first` goes before all others.

        With `alone` it is the only one that is handed out, until it is given back.
        """
        if self._runner is None or self._runner.failure is not None:
            since = asyncio.get_running_loop().time()
            with Timed(Stage.QUEUE):
                runner = await self.pool.acquire(
                    patience(self.deadline) if alone else self.deadline,
                    first=first,
                    alone=alone,
                    again=self.visits > 0,
                    tier=self.tier,
                    claim=self.claim,
                )
            self.queue_s += asyncio.get_running_loop().time() - since
            self.sit_down(runner)
            return runner
        return self._runner

    def sit_down(self, runner: Runner) -> None:
        """Begin a session there."""
        self._runner = runner
        self._since = asyncio.get_running_loop().time()
        self.visits += 1
        runner.begin()

    def send(self, runner: Runner, *turns: Turn) -> "Sent":
        """Run them there, after whatever was sent before; the first is the one that is judged."""
        first, *rest = turns
        company = Company(self.pool, first.limits)
        answer = runner.run(replace(first, limits=company.limits), *rest)
        self._under_way.add(answer)
        answer.add_done_callback(self._under_way.discard)
        return Sent(company, answer)

    async def make_room(self) -> None:
        """Between two runs, let others have the runner if some wait and it was held for long."""
        if not (self.is_taken and self.can_be_left):
            return
        held_s = asyncio.get_running_loop().time() - self._since
        if self.pool.queue_length and held_s > LONGEST_TURN_S:
            await self.rise()

    async def rise(self) -> None:
        """Give the runner back once it has done what it was sent."""
        if self._under_way:
            await before(self.deadline, asyncio.wait(self._under_way))
        self.leave()

    def leave(self) -> None:
        """Give the runner back, whatever it is doing."""
        if self._runner is not None:
            self._runner.close()
            self._runner = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A run on its way."""

    company: Company
    answer: asyncio.Future[list[Execution]]

    @property
    def has_ended(self) -> bool:
        """Whether it has, and well."""
        answer = self.answer
        return answer.done() and not answer.cancelled() and answer.exception() is None


async def persist(pool: Supply, attempt: Callable[[int], Awaitable[T]], out_of_memory: T) -> T:
    """Make another attempt, given how many were made before, whenever a runner is lost under one.

    Returns `out_of_memory` once enough runners have ended of that. Raises RunnerLost.
    """
    losses: list[RunnerFailure] = []
    attempts = 0
    while True:
        try:
            return await attempt(attempts)
        except RunnerFailure as failure:
            attempts += 1
            if failure.loss is not Loss.UNCLEAN:  # that was the session before
                losses.append(failure)
        if sum(failure.loss is Loss.OUT_OF_MEMORY for failure in losses) == _PROOFS:
            return out_of_memory
        if len(losses) == _ATTEMPTS:
            causes = ", ".join(failure.loss for failure in losses[:-1])
            last = str(losses[-1])[:_QUOTED_CHARACTERS]
            raise RunnerLost(f"{_ATTEMPTS} runners were lost one after another: {causes}, {last}")
        pool.stats.retries += 1


async def before(deadline: float | None, answer: Awaitable[T]) -> T:
    if deadline is None:
        return await answer
    try:
        async with asyncio.timeout_at(deadline):
            return await answer
    except TimeoutError:
        raise Overloaded("the deadline passed before the run had ended") from None
