"""Scores items: the one place where whatever goes wrong becomes a `Failed`, and never a reward."""

import asyncio
import math
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from app.drain import Drain
from app.errors import FieldError, InvalidRequest
from app.intake import Intake, Task
from app.metrics import Metrics
from app.outcomes import Failed, Outcome, Scored, failure
from app.results import Arrival, result
from app.schemas import Result
from sandbox import Limits, Sandbox
from verifiers import Score, Verdict, Workers

_ITEMS_PER_SLOT = 4
_LEAST_CONCURRENCY = 16
"""For those that need no slot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tools:
    """What a verifier may use; satisfies verifiers.Tools."""

    sandbox: Sandbox
    workers: Workers
    limits: Limits
    deadline: float | None
    intake: Intake

    async def verify(
        self, name: str, completion: str, reference: Any, options: Mapping[str, Any]
    ) -> Score:
        try:
            task = self.intake.part(name, completion, reference, options)
        except InvalidRequest as error:
            message = f"what it asks of the verifier {name!r} is malformed: {error}"
            raise InvalidRequest([FieldError("reference", message)]) from None
        return await self.judge(task)

    async def judge(self, task: Task) -> Score:
        score = await task.verifier.verify(task.completion, task.reference, task.options, self)
        _check(score)
        return score


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
        metrics: Metrics,
        concurrency: int | None = None,
        default_deadline_s: float | None = None,
    ) -> None:
        """`concurrency` is how many items of one stream are in work at once; None is some for
        each slot that there is when the stream begins, as runners may come and go.
        """
        self.scored: Counter[str] = Counter()
        """Items that got a verdict so far, by verifier: signs of life."""
        self._intake = intake
        self._sandbox = sandbox
        self._workers = workers
        self._limits = limits
        self._drain = drain
        self._metrics = metrics
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
        waited_s = arrival.elapsed_s()
        return result(item, await self.judge(item, arrival), arrival, waited_s=waited_s)

    @asynccontextmanager
    async def stream(
        self, items: Iterable[Any], arrival: Arrival | None = None
    ) -> AsyncIterator[MemoryObjectReceiveStream[tuple[int, Result]]]:
        """Score many items, a bounded number at once; gives (index, result) as each is done.

        Items are taken from the iterable only when there is room to work on them. Leaving the
        context stops what still runs.
        """
        arrival = arrival or Arrival()
        numbered = enumerate(items)
        concurrency = self.concurrency
        outlet, results = anyio.create_memory_object_stream[tuple[int, Result]](concurrency)
        with _unwrapped():
            async with results, anyio.create_task_group() as group:
                async with outlet:
                    for _ in range(concurrency):
                        group.start_soon(self._work, numbered, arrival, outlet.clone())
                yield results
                group.cancel_scope.cancel()

    async def _work(
        self,
        numbered: Iterator[tuple[int, Any]],
        arrival: Arrival,
        outlet: MemoryObjectSendStream[tuple[int, Result]],
    ) -> None:
        async with outlet:
            for index, item in numbered:
                await outlet.send((index, await self.score(item, arrival)))

    async def judge(self, item: Any, arrival: Arrival) -> Outcome:
        """The outcome of one item."""
        outcome, verifier = self._refusal(arrival), ""
        if outcome is None:
            outcome, verifier = await self._attempt(item, arrival)
        self._metrics.item_done(
            verifier,
            verdict=outcome.score.verdict if isinstance(outcome, Scored) else "",
            error=outcome.kind if isinstance(outcome, Failed) else "",
            seconds=arrival.elapsed_s(),
        )
        return outcome

    def _refusal(self, arrival: Arrival) -> Outcome | None:
        """Why the item is not even begun, if so; a long batch must be refused quickly."""
        if self._drain.started:
            return Failed("overload", "the service is stopping", retryable=True)
        if arrival.expired:
            return Failed("overload", "the deadline passed before it was begun", retryable=True)
        return None

    async def _attempt(self, item: Any, arrival: Arrival) -> tuple[Outcome, str]:
        """The outcome, and the name of the verifier if the item is sound enough to have one."""
        timeout: asyncio.Timeout | None = None
        name = ""
        try:
            task = self._intake.task(item, bytes_at_most=arrival.body_bytes)
            name = task.verifier.name
            deadline = self._deadline(task, arrival)
            with self._drain.bound(deadline) as timeout:
                async with timeout:
                    score = await self._tools(deadline).judge(task)
        # The single boundary: a verifier may be anybody's code and raise anything.
        except Exception as error:
            if timeout is not None and timeout.expired():
                return self._out_of_time(), name
            return failure(error, name), name
        self.scored[name] += 1
        return Scored(score), name

    def _deadline(self, task: Task, arrival: Arrival) -> float | None:
        named = task.deadline_s is not None or arrival.deadline is not None
        return arrival.deadline_in(task.deadline_s if named else self._default_deadline_s)

    def _tools(self, deadline: float | None) -> _Tools:
        return _Tools(
            sandbox=self._sandbox,
            workers=self._workers,
            limits=self._limits,
            deadline=deadline,
            intake=self._intake,
        )

    def _out_of_time(self) -> Failed:
        what = "the service stopped" if self._drain.started else "the deadline passed"
        return Failed("overload", f"{what} before it was done", retryable=True)


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
    except ExceptionGroup as group:
        if len(group.exceptions) == 1:
            raise group.exceptions[0] from None
        raise
