"""Watches items being judged, for all that is told of them: metrics, alarms and traces."""

from contextvars import Token
from types import TracebackType
from typing import Self

from app.outcomes import Failed, Outcome, Scored
from app.watching.metrics import Metrics
from app.watching.shares import Shares
from app.watching.tracing import ItemSpan, Tracing
from sandbox import Step
from sandbox.stages import Listener, begin_listening, end_listening


class Watch:
    """What all items of one service are told to."""

    def __init__(self, metrics: Metrics, tracing: Tracing | None = None) -> None:
        self.metrics = metrics
        self.tracing = tracing
        self.shares = Shares()

    def item(self) -> "Watched":
        """A context that watches what is done for one item inside."""
        span = None if self.tracing is None else self.tracing.item()
        return Watched(self.metrics, self.shares, span)

    def refused(self, verifier: str, failed: Failed, *, seconds: float) -> None:
        """Of an item that was not begun; `verifier` as for `Watched.judged`."""
        self.metrics.item_done(verifier, "", verdict="", error=failed.kind, seconds=seconds)
        self.shares.item_done(verifier, verdict="", error=failed.kind)

    def run(self) -> "Watched":
        """A context that watches a program that is run inside, and not judged."""
        span = None if self.tracing is None else self.tracing.current()
        return Watched(self.metrics, self.shares, span)


class Watched:
    """One item, or one run. (A context without a generator, as there are thousands a second.)"""

    def __init__(self, metrics: Metrics, shares: Shares, span: ItemSpan | None) -> None:
        self._metrics = metrics
        self._shares = shares
        self._span = span
        self._language = ""
        """Of the first program that was compiled or run for it."""
        self._token: Token[Listener | None]

    def __enter__(self) -> Self:
        if self._span is not None:
            self._span.__enter__()
        self._token = begin_listening(self.hear)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        end_listening(self._token)
        if self._span is not None:
            self._span.__exit__(kind, error, traceback)

    def hear(self, step: Step) -> None:
        """Of a piece of work that was done for it."""
        self._language = self._language or step.language
        self._metrics.step_done(step)
        if self._span is not None:
            self._span.hear(step)

    def judged(self, verifier: str, outcome: Outcome, *, seconds: float) -> None:
        """That it is done; `verifier` is the name of one, or empty where none was found."""
        verdict = outcome.score.verdict if isinstance(outcome, Scored) else ""
        error = outcome.kind if isinstance(outcome, Failed) else ""
        self._metrics.item_done(
            verifier, self._language, verdict=verdict, error=error, seconds=seconds
        )
        self._shares.item_done(verifier, verdict=verdict, error=error)
        if self._span is not None:
            self._span.judged(verifier, self._language, outcome)
