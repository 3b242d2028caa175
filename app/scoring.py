"""Scores items: the one place where whatever goes wrong becomes a `Failed`, and never a reward."""

import asyncio
import math
import sys
from collections import Counter
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Iterable,
    Iterator,
    Mapping,
)
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import anyio
import anyio.lowlevel
from anyio.streams.memory import MemoryObjectSendStream

from app.cache.caching import Caching
from app.cache.judgement import Judgement, Made, Trace
from app.drain import Drain
from app.errors import FieldError, InvalidRequest
from app.intake import Intake, Task
from app.outcomes import Failed, Outcome, Scored, failure
from app.results import Arrival, result
from app.schemas import Result
from app.watching.items import Watch
from sandbox import Claim, Limits, Sandbox, Tier
from verifiers import Score, Verdict, Workers

_ITEMS_PER_SLOT = 4
_LEAST_CONCURRENCY = 32
"""For those that need no slot."""
_REFUSED_AT_ONCE = 64
"""So many are refused without a pause: about a millisecond's work."""

Indexed = tuple[int, Result]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tools:
    """What a verifier may use; satisfies verifiers.Tools."""

    all_sandbox: Sandbox
    tier: Tier
    claim: Claim
    workers: Workers
    limits: Limits
    deadline: float | None
    intake: Intake
    caching: Caching
    trace: Trace

    @property
    def sandbox(self) -> Sandbox:
        self.trace.tiers.add(self.tier)
        return self.all_sandbox.on(self.tier, claim=self.claim)

    async def verify(
        self, name: str, completion: str, reference: Any, options: Mapping[str, Any]
    ) -> Score:
        try:
            task = self.intake.part(name, completion, reference, options)
        except InvalidRequest as error:
            message = f"what it asks of the verifier {name!r} is malformed: {error}"
            raise InvalidRequest([FieldError("reference", message)]) from None
        return (await self.judge(task))[0].score

    async def judge(self, task: Task) -> tuple[Judgement, bool]:
        """Its judgement, and whether that was made for another."""
        tier = task.options.tier or self.tier
        make = partial(self._make, task, tier)
        made, cached = await self.caching.obtain(task, tier, make, claim=self.claim)
        self.trace.add(made)
        return made.judgement, cached

    async def _make(self, task: Task, tier: Tier) -> Made:
        tools = replace(self, tier=tier, trace=Trace(shared=task.cacheable))
        score = await task.verifier.verify(task.completion, task.reference, task.options, tools)
        _check(score)
        return tools.trace.made(score)


class Scorer:
    """Scores single items and streams of them; shared by HTTP and the command line."""

    def __init__(
        self,
        intake: Intake,
        *,
        sandbox: Sandbox,
        workers: Workers,
        limits: Limits,
        drain: Drain,
        watch: Watch,
        caching: Caching,
        concurrency: int | None = None,
        default_deadline_s: float | None = None,
    ) -> None:
        """`concurrency` is how many items of one stream are in work at once; None is some for
        each slot that there is when the stream begins, as runners may come and go.
        """
        self.scored: Counter[str] = Counter()
        """Items that were judged so far, by verifier: signs of life."""
        self._intake = intake
        self._sandbox = sandbox
        self._workers = workers
        self._limits = limits
        self._drain = drain
        self._watch = watch
        self._caching = caching
        self._concurrency = concurrency
        self._default_deadline_s = default_deadline_s

    @property
    def concurrency(self) -> int:
        """How many items of one stream are in work at once, if it begins now."""
        slots = self._sandbox.info().slots
        return self._concurrency or max(_LEAST_CONCURRENCY, _ITEMS_PER_SLOT * slots)

    async def score(self, item: Any, arrival: Arrival | None = None) -> Result:
        """The result of one item; whatever goes wrong is its `error`."""
        arrival = arrival or Arrival()
        if (refusal := self._refusal(item, arrival)) is not None:
            return self._refused(item, refusal, arrival)
        waited_s = arrival.elapsed_s()
        try:
            return result(item, await self.judge(item, arrival), arrival, waited_s=waited_s)
        except Exception as error:  # a score is a verifier's too, and is read only now
            return result(item, failure(error), arrival, waited_s=waited_s)

    @asynccontextmanager
    async def stream(
        self, items: Iterable[Any], arrival: Arrival | None = None
    ) -> AsyncIterator[AsyncIterator[Indexed]]:
        """Score many items, a bounded number at once; gives (index, result) as each is done.

        Items are taken from the iterable only when there is room to work on them. Leaving the
        context stops what still runs.
        """
        arrival = arrival or Arrival()
        numbered = enumerate(items)
        concurrency = self.concurrency
        outlet, results = anyio.create_memory_object_stream[list[Indexed]](concurrency)
        with _unwrapped():
            async with results, anyio.create_task_group() as group:
                async with outlet:
                    for _ in range(concurrency):
                        group.start_soon(self._work, numbered, arrival, outlet.clone())
                        # One at a time, so that the first of each do not all come in one turn.
                        await anyio.lowlevel.checkpoint()
                async with aclosing(_each(results)) as indexed:
                    yield indexed
                group.cancel_scope.cancel()

    async def _work(
        self,
        numbered: Iterator[tuple[int, Any]],
        arrival: Arrival,
        outlet: MemoryObjectSendStream[list[Indexed]],
    ) -> None:
        async with outlet:
            while True:
                refused, taken = self._next(numbered, arrival)
                if refused:
                    await outlet.send(refused)
                if taken is not None:
                    index, item = taken
                    await outlet.send([(index, await self.score(item, arrival))])
                if not refused and taken is None:
                    return

    def _next(
        self, numbered: Iterator[tuple[int, Any]], arrival: Arrival
    ) -> tuple[list[Indexed], tuple[int, Any] | None]:
        """Results of items that are refused, many at once, and the first item that is not."""
        refused: list[Indexed] = []
        for index, item in numbered:
            refusal = self._refusal(item, arrival)
            if refusal is None:
                return refused, (index, item)
            refused.append((index, self._refused(item, refusal, arrival)))
            if len(refused) == _REFUSED_AT_ONCE:
                break
        return refused, None

    async def judge(self, item: Any, arrival: Arrival) -> Outcome:
        """The outcome of one item."""
        with self._watch.item() as watched:
            outcome = await self.try_out(item, arrival)
            verifier = self._intake.verifier_named_by(item)
            watched.judged(verifier, outcome, seconds=arrival.elapsed_s())
        return outcome

    async def try_out(self, item: Any, arrival: Arrival) -> Outcome:
        """The outcome of an item that is nobody's, and that no metric is to tell of."""
        return self._refusal(item, arrival) or await self._attempt(item, arrival)

    def _refusal(self, item: Any, arrival: Arrival) -> Failed | None:
        """Why the item is not even begun, if so: found without looking at the rest of it."""
        if self._drain.started:
            return Failed("overload", "the service is stopping", retryable=True)
        try:
            deadline = self._deadline(_deadline_s(item), arrival)
        except Exception as error:  # nothing was validated, and others wait in the same batch
            return failure(error)
        if arrival.has_passed(deadline):
            return Failed("overload", "the deadline passed before it was begun", retryable=True)
        return None

    def _refused(self, item: Any, refusal: Failed, arrival: Arrival) -> Result:
        """A result for next to nothing: there may be thousands, and no time left for them."""
        waited_s = arrival.elapsed_s()
        verifier = self._intake.verifier_named_by(item)
        self._watch.refused(verifier, refusal, seconds=waited_s)
        return result(item, refusal, arrival, waited_s=waited_s)

    async def _attempt(self, item: Any, arrival: Arrival) -> Outcome:
        timeout: asyncio.Timeout | None = None
        name = ""
        try:
            task = self._intake.task(item, bytes_at_most=arrival.body_bytes)
            name = task.verifier.name
            deadline = self._deadline(task.deadline_s, arrival)
            with self._drain.bound(deadline) as timeout:
                async with timeout:
                    tools = self._tools(deadline, _claim(task, arrival))
                    judgement, cached = await tools.judge(task)
        except Exception as error:  # the single boundary: a verifier may be anybody's code
            if timeout is not None and timeout.expired():
                return self._out_of_time()
            return failure(error, name)
        self.scored[name] += not cached
        return Scored(judgement.score, judgement.tier, cached)

    def _deadline(self, deadline_s: float | None, arrival: Arrival) -> float | None:
        named = deadline_s is not None or arrival.deadline is not None
        return arrival.deadline_in(deadline_s if named else self._default_deadline_s)

    def _tools(self, deadline: float | None, claim: Claim) -> _Tools:
        return _Tools(
            all_sandbox=self._sandbox,
            tier=self._sandbox.info().tiers[0],
            claim=claim,
            workers=self._workers,
            limits=self._limits,
            deadline=deadline,
            intake=self._intake,
            caching=self._caching,
            trace=Trace(),
        )

    def _out_of_time(self) -> Failed:
        what = "the service stopped" if self._drain.started else "the deadline passed"
        return Failed("overload", f"{what} before it was done", retryable=True)


async def _each(many: AsyncIterable[list[Indexed]]) -> AsyncGenerator[Indexed, None]:
    async for some in many:
        for indexed in some:
            yield indexed


def _deadline_s(item: Any) -> float | None:
    """What an item asks for, if it asks as it should; for those that are not validated."""
    value: Any = item.get("deadline_s") if isinstance(item, dict) else None
    is_number = type(value) is float or type(value) is int
    return value if is_number and 0 < value <= sys.float_info.max else None


def _claim(task: Task, arrival: Arrival) -> Claim:
    claim = arrival.claim
    return claim if task.priority is None else replace(claim, priority=task.priority)


def _check(score: Any) -> None:
    """Refuse what is no honest score, as a verifier may build one around validation."""
    if not isinstance(score, Score):
        raise TypeError(f"verify returned {type(score).__name__}, no Score")
    if not isinstance(score.verdict, Verdict):
        raise TypeError(f"{score.verdict!r} is no Verdict")
    numbers = [score.run_s, score.queue_s]
    for test in score.tests:
        numbers += (test.reward, test.cpu_s, test.wall_s)
    for component in score.components:
        numbers += (component.reward, component.weight)
    if not (0.0 <= score.reward <= 1.0 and all(map(math.isfinite, numbers))):
        raise ValueError("a score has a reward outside of 0 to 1, or a number that is not finite")


@contextmanager
def _unwrapped() -> Iterator[None]:
    """Raise the one exception of a group as itself."""
    try:
        yield
    except ExceptionGroup as group:  # a task group wraps even what was raised alone
        if len(group.exceptions) == 1:
            raise group.exceptions[0] from None
        raise
