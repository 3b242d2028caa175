"""Scores items: the one place where whatever goes wrong becomes a `Failed`, and never a reward."""

import asyncio
import math
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import anyio
import structlog
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from app.drain import Drain
from app.errors import FieldError, InvalidRequest
from app.intake import Intake, Task
from app.metrics import Metrics
from app.schemas import Error, ErrorKind, Result
from sandbox import Limits, Overloaded, Sandbox, SandboxError, UnknownLanguage
from verifiers import InvalidReference, Score, Verdict, VerifierError, WorkerLost, Workers

log = structlog.get_logger(__name__)

MESSAGE_LENGTH = 1000
"""Characters of a foreign exception that are passed on."""


@dataclass(frozen=True, slots=True)
class Scored:
    """There is a judgement."""

    score: Score


@dataclass(frozen=True, slots=True)
class Failed:
    """There is none, and this is why."""

    kind: ErrorKind
    message: str
    retryable: bool = False
    fields: tuple[FieldError, ...] = ()
    """For a malformed item, what is wrong where."""

    @property
    def error(self) -> Error:
        """As it goes over the wire."""
        return {"kind": self.kind, "retryable": self.retryable, "message": self.message}


Outcome: TypeAlias = Scored | Failed


def _now() -> float:
    return asyncio.get_running_loop().time()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """When a request came in and when it must be answered, by the event loop's clock."""

    at: float = field(default_factory=_now)
    deadline: float | None = None
    body_bytes: int | None = None

    def elapsed_s(self) -> float:
        """Seconds since the arrival."""
        return _now() - self.at

    @property
    def expired(self) -> bool:
        return self.deadline is not None and _now() >= self.deadline

    def deadline_in(self, deadline_s: float | None) -> float | None:
        """The sooner of the request's own deadline and `deadline_s` after its arrival.

        A little is kept back, so that the answer arrives before it and not at it.
        """
        if deadline_s is None:
            return self.deadline
        deadline = self.at + deadline_s - min(0.25, deadline_s / 5)
        return deadline if self.deadline is None else min(deadline, self.deadline)


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
        return await self.judge(self.intake.part(name, completion, reference, options))

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
        concurrency: int,
        default_deadline_s: float | None = None,
    ) -> None:
        """`concurrency` is how many items of one stream are in work at once."""
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
        outlet, results = anyio.create_memory_object_stream[tuple[int, Result]](self._concurrency)
        with _unwrapped():
            async with results, anyio.create_task_group() as group:
                async with outlet:
                    for _ in range(self._concurrency):
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
        """The outcome of one item. This is the boundary that `Failed` is made at."""
        if self._drain.started:
            return Failed("overload", "the service is stopping", retryable=True)
        if arrival.expired:
            return Failed("overload", "the deadline passed before it was begun", retryable=True)
        timeout: asyncio.Timeout | None = None
        task: Task | None = None
        try:
            task = self._intake.task(item, bytes_at_most=arrival.body_bytes)
            deadline = self._deadline(task, arrival)
            with self._drain.bound(deadline) as timeout:
                async with timeout:
                    score = await self._tools(deadline).judge(task)
        # The single boundary: a verifier may be anybody's code and raise anything.
        except Exception as error:
            outcome: Outcome = self._failed(error, timeout, task)
        else:
            self.scored[task.verifier.name] += 1
            outcome = Scored(score)
        self._metrics.item_done(
            task.verifier.name if task else "",
            verdict=outcome.score.verdict if isinstance(outcome, Scored) else "",
            error=outcome.kind if isinstance(outcome, Failed) else "",
            seconds=arrival.elapsed_s(),
        )
        return outcome

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

    def _failed(
        self, error: Exception, timeout: asyncio.Timeout | None, task: Task | None
    ) -> Failed:
        if timeout is not None and timeout.expired():
            if self._drain.started:
                return Failed("overload", "the service stopped before it was done", retryable=True)
            return Failed("overload", "the deadline passed before it was done", retryable=True)
        return failure(error, task.verifier.name if task else None)


def failure(error: Exception, verifier: str | None = None) -> Failed:
    """What an exception means for a reader of the result."""
    error = _cause(error)
    message = str(error)[:MESSAGE_LENGTH]
    match error:
        case InvalidRequest():
            return Failed("request", message, fields=error.errors)
        case InvalidReference():
            return Failed("reference", message)
        case Overloaded():
            return Failed("overload", message, retryable=True)
        case UnknownLanguage():
            return Failed("request", message, fields=(FieldError("options.language", message),))
        case SandboxError():
            return Failed("sandbox", message, retryable=error.retryable)
        case VerifierError():
            return Failed("verifier", message, retryable=isinstance(error, WorkerLost))
        case _:
            _log_fault(error, verifier)
            return Failed("verifier", f"{type(error).__name__}: {message}")


def result(item: Any, outcome: Outcome, arrival: Arrival, *, waited_s: float) -> Result:
    """An outcome as it goes over the wire; `waited_s` passed before its item was begun."""
    score = outcome.score if isinstance(outcome, Scored) else None
    queue_s = waited_s + (score.queue_s if score else 0.0)
    return {
        "id": label(item, "id"),
        "verifier": _name(item),
        "reward": float(score.reward) if score else None,
        "passed": score.passed if score else None,
        "verdict": score.verdict if score else None,
        "message": score.message if score else "",
        "extracted": score.extracted if score else None,
        "error": outcome.error if isinstance(outcome, Failed) else None,
        "tests": score.tests if score else [],
        "components": score.components if score else [],
        "cached": False,
        "timing": {
            "queue_s": round(queue_s, 6),
            "run_s": round(score.run_s, 6) if score else 0.0,
            "total_s": round(arrival.elapsed_s(), 6),
        },
    }


def label(item: Any, name: str) -> str | int | None:
    """An id or group as it was posted, even with an item that is otherwise malformed."""
    value = item.get(name) if isinstance(item, dict) else None
    return value if type(value) is str or type(value) is int else None


def _name(item: Any) -> str | None:
    name = item.get("verifier") if isinstance(item, dict) else None
    return name if isinstance(name, str) else None


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


def _cause(error: Exception) -> Exception:
    """Of a group, as task groups raise it, the first exception inside."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


@contextmanager
def _unwrapped() -> Iterator[None]:
    """Raise the one exception of a group as itself."""
    try:
        yield
    except ExceptionGroup as group:
        if len(group.exceptions) == 1:
            raise group.exceptions[0] from None
        raise


def _log_fault(error: Exception, verifier: str | None) -> None:
    """Say where it happened; the text of an exception may be a submission's: for debugging only."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else None
    log.error("verifier failed", verifier=verifier, exception=type(error).__name__, where=where)
    log.debug("verifier failed", exc_info=error)
