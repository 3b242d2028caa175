"""Traces: a span a submission, with children for what its time goes into.

OpenTelemetry is an optional extra. Where no collector is set, nothing of its SDK is imported.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from importlib.metadata import version
from types import TracebackType
from typing import TYPE_CHECKING, Any

import anyio.to_thread

from app.outcomes import Failed, Outcome
from app.settings import InvalidSettings, Settings
from sandbox import Step

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import Span, Tracer

MOST_STEPS = 256
"""Children of one span; what comes beyond is counted in an attribute."""
_PATH = "/v1/traces"
_TIMEOUT_S = 3
"""For a collector to take spans; what it does not take is lost."""
_EXTRA = "pip install '.[otel]', or unset traces_endpoint"


class Tracing:
    """Makes spans of requests and of the items in them."""

    def __init__(self, processor: SpanProcessor, *, share: float = 1.0) -> None:
        """`share` of the traces that begin here are kept; those of callers are kept as they say."""
        from opentelemetry.sdk import resources
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio

        ours = resources.Resource.create(
            {resources.SERVICE_NAME: "rewardbox", resources.SERVICE_VERSION: version("rewardbox")}
        )
        # OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME go first.
        theirs = resources.OTELResourceDetector().detect()
        self._provider = TracerProvider(
            resource=ours.merge(theirs),
            sampler=ParentBasedTraceIdRatio(share),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("rewardbox")

    @contextmanager
    def request(self, method: str, headers: Mapping[str, str]) -> Iterator[RequestSpan]:
        """A span around a request; it continues the trace that its `traceparent` names."""
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        parent = TraceContextTextMapPropagator().extract(headers)
        with self._tracer.start_as_current_span(
            method,
            parent,
            kind=SpanKind.SERVER,
            attributes={"http.request.method": method},
            record_exception=False,  # its text may be a submission's
        ) as span:
            yield RequestSpan(span, method)

    def item(self) -> ItemSpan:
        """A span, once it is entered, around the judging of one item."""
        return ItemSpan(self._tracer, self._tracer.start_span("score"))

    def current(self) -> ItemSpan:
        """The span that there is already, for what is done in it without being judged."""
        from opentelemetry.trace import get_current_span

        return ItemSpan(self._tracer, get_current_span(), ends=False)

    async def close(self) -> None:
        """Send what is left."""
        await anyio.to_thread.run_sync(self._provider.shutdown)


class RequestSpan:
    """Around one request."""

    def __init__(self, span: Span, method: str) -> None:
        self.trace_id = format(span.get_span_context().trace_id, "032x")
        """As log lines and other tools have it."""
        self._span = span
        self._method = method

    def answered(self, route: str, status: int, request_id: str) -> None:
        """That it was; `route` is its path as the route spells it, or empty."""
        from opentelemetry.trace import StatusCode

        self._span.update_name(f"{self._method} {route}".strip())
        self._span.set_attribute("http.route", route)
        self._span.set_attribute("http.response.status_code", status)
        self._span.set_attribute("rewardbox.request_id", request_id)
        if status >= 500:
            self._span.set_status(StatusCode.ERROR)


class ItemSpan:
    """Around one item: a context."""

    def __init__(self, tracer: Tracer, span: Span, *, ends: bool = True) -> None:
        """It `ends` with the context, unless it is somebody else's."""
        from opentelemetry.trace import use_span

        self._tracer = tracer
        self._span = span
        self._use = use_span(
            span, end_on_exit=ends, record_exception=False, set_status_on_exception=False
        )
        self._steps = 0
        self._epoch = time.time() - time.monotonic()

    def __enter__(self) -> None:
        self._use.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._use.__exit__(kind, error, traceback)

    def hear(self, step: Step) -> None:
        """Of a piece of work that was done for it: a child."""
        self._steps += 1
        if self._steps > MOST_STEPS or not self._span.is_recording():
            return
        told = {"rewardbox.language": step.language, "rewardbox.origin": step.origin}
        child = self._tracer.start_span(
            step.stage,
            attributes={name: value for name, value in told.items() if value},
            start_time=self._nanoseconds(step.began),
        )
        child.end(self._nanoseconds(step.ended))

    def judged(self, verifier: str, language: str, outcome: Outcome) -> None:
        """What became of it."""
        from opentelemetry.trace import StatusCode

        names = {"rewardbox.verifier": verifier, "rewardbox.language": language}
        told: dict[str, Any] = {name: value for name, value in names.items() if value}
        if isinstance(outcome, Failed):
            told["error.type"] = outcome.kind
            self._span.set_status(StatusCode.ERROR)
        else:
            score = outcome.score
            told["rewardbox.verdict"] = score.verdict.value
            told["rewardbox.reward"] = score.reward
            told["rewardbox.tests"] = len(score.tests)
            told["rewardbox.cached"] = outcome.cached
            if outcome.tier is not None:
                told["rewardbox.tier"] = outcome.tier.value
        if self._steps > MOST_STEPS:
            told["rewardbox.steps_left_out"] = self._steps - MOST_STEPS
        self._span.set_attributes(told)

    def _nanoseconds(self, monotonic: float) -> int:
        return round((self._epoch + monotonic) * 1e9)


@asynccontextmanager
async def open_tracing(settings: Settings) -> AsyncIterator[Tracing | None]:
    """What sends traces to `traces_endpoint`; None where that is not set.

    Raises InvalidSettings when the packages for it are missing.
    """
    if settings.traces_endpoint is None:
        yield None
        return
    made = Tracing(_exporting(str(settings.traces_endpoint)), share=settings.traces_share)
    try:
        yield made
    finally:
        with anyio.CancelScope(shield=True):
            await made.close()


def _exporting(endpoint: str) -> SpanProcessor:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError as error:
        raise InvalidSettings(
            f"traces_endpoint is set, but {error.name} is not installed: {_EXTRA}"
        ) from None
    url = endpoint.rstrip("/")
    url = url if url.endswith(_PATH) else url + _PATH
    return BatchSpanProcessor(OTLPSpanExporter(url, timeout=_TIMEOUT_S))
