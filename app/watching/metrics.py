"""What Prometheus is told; docs/monitoring.md says what each metric means."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from app.watching.series import Spread, Tally
from sandbox import Stage, Step

CONTENT_TYPE = CONTENT_TYPE_LATEST

Source = Callable[[], Iterable[Metric]]
"""Tells of the state of something, when asked."""


class Metrics:
    """Counters of one service; nothing is shared between services in one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Tally(
            "rewardbox_requests",
            "Requests answered, by route, method and status.",
            ("route", "method", "status"),
        )
        self._request_seconds = Spread(
            "rewardbox_request_seconds",
            "Seconds from the arrival of a request to the end of its answer.",
            ("route",),
        )
        self._items = Tally(
            "rewardbox_items",
            "Items answered; without a verdict, `error` says why.",
            ("verifier", "language", "verdict", "error"),
        )
        self._item_seconds = Spread(
            "rewardbox_item_seconds",
            "Seconds from the arrival of a request to the result of an item.",
            ("verifier", "language", "verdict"),
        )
        self._stage_seconds = Spread(
            "rewardbox_stage_seconds",
            "Seconds that waiting for a runner, compiling, running and checking took each time.",
            ("stage", "language"),
        )
        self._compilations = Tally(
            "rewardbox_compilations",
            "Programs that needed a compiler, and where what it makes came from.",
            ("language", "origin"),
        )
        ProcessCollector(registry=self._registry)
        for series in (
            self._requests,
            self._request_seconds,
            self._items,
            self._item_seconds,
            self._stage_seconds,
            self._compilations,
        ):
            self._registry.register(_Source(series.collect))

    def request_done(self, route: str, method: str, status: int, *, seconds: float) -> None:
        """Count a request; `route` is its path as the route spells it, or empty."""
        self._requests.add(route, method, str(status))
        self._request_seconds.add(seconds, route)

    def item_done(
        self, verifier: str, language: str, *, verdict: str, error: str, seconds: float
    ) -> None:
        """Count an item; names must be those of a verifier and of a language, or empty."""
        self._items.add(verifier, language, verdict, error)
        self._item_seconds.add(seconds, verifier, language, verdict)

    def step_done(self, step: Step) -> None:
        """Count a piece of work of the sandbox, or of a check."""
        if step.stage is Stage.COMPILE:
            self._compilations.add(step.language, step.origin)
            if step.origin == "kept":
                return  # it took no time, and would make compilers look fast
        self._stage_seconds.add(step.ended - step.began, step.stage, step.language)

    @contextmanager
    def reading(self, source: Source) -> Iterator[None]:
        """Tell what `source` says as well, as long as the context lasts."""
        collector = _Source(source)
        self._registry.register(collector)
        try:
            yield
        finally:
            self._registry.unregister(collector)

    def read(self) -> "Reading":
        """The state of all of them now."""
        return Reading(list(self._registry.collect()))


class Reading(Collector):
    """All metrics at one time, for a thread to spell out."""

    def __init__(self, families: list[Metric]) -> None:
        self.families = families

    def collect(self) -> Iterable[Metric]:
        return self.families

    def exposition(self) -> bytes:
        """All of them, as Prometheus reads them."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return generate_latest(registry)


class _Source(Collector):
    def __init__(self, source: Source) -> None:
        self._source = source

    def collect(self) -> Iterable[Metric]:
        return self._source()
