"""What Prometheus is told."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300)


class Metrics:
    """Counters of one service; nothing is shared between services in one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "rewardbox_requests",
            "Requests answered, by route, method and status.",
            ("route", "method", "status"),
            registry=self._registry,
        )
        self.waiting = Gauge(
            "rewardbox_items_waiting",
            "Items and runs accepted and not answered yet.",
            registry=self._registry,
        )
        self._items = Counter(
            "rewardbox_items",
            "Items answered, by verifier and verdict; without a verdict, `error` says why.",
            ("verifier", "verdict", "error"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "rewardbox_item_seconds",
            "Seconds from the arrival of a request to the result of an item.",
            ("verifier",),
            buckets=_SECONDS,
            registry=self._registry,
        )

    def item_done(self, verifier: str, *, verdict: str, error: str, seconds: float) -> None:
        """Count an item; `verifier` must be the name of one, so that their number is bounded."""
        self._items.labels(verifier, verdict, error).inc()
        self._seconds.labels(verifier).observe(seconds)

    def exposition(self) -> bytes:
        """All of them, as Prometheus reads them."""
        return generate_latest(self._registry)
