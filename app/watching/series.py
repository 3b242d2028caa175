"""Counters and histograms that cost the work they count next to nothing.

Prometheus's own lock and look up each time they are told of something; these are added to by one
event loop, and put into Prometheus's form only when somebody asks. Labels have only values that the
service knows, so the number of their series is bounded, whatever a caller makes up.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

MANY_SERIES = 300
"""Of one name. Beyond so many, new ones do without the label that is given up first."""
GIVEN_UP = "language"
"""It has most values. What failed, and where, is told by the others, and is never folded."""
BEYOND = "other"
"""Its value then."""
SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)

Labels = tuple[str, ...]


class _Series:
    """One name, with labels."""

    def __init__(self, name: str, about: str, labels: Sequence[str]) -> None:
        self._name = name
        self._about = about
        self._labels = tuple(labels)
        self._given_up = self._labels.index(GIVEN_UP) if GIVEN_UP in self._labels else None

    def _folded(self, labels: Labels, known: Collection[Labels]) -> Labels:
        """The labels to count those by."""
        place = self._given_up
        if place is None or labels in known or len(known) < MANY_SERIES:
            return labels
        return (*labels[:place], BEYOND, *labels[place + 1 :])


class Tally(_Series):
    """A counter for each set of labels."""

    def __init__(self, name: str, about: str, labels: Sequence[str]) -> None:
        super().__init__(name, about, labels)
        self._counts: dict[Labels, int] = {}

    def add(self, *labels: str) -> None:
        labels = self._folded(labels, self._counts)
        self._counts[labels] = self._counts.get(labels, 0) + 1

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily(self._name, self._about, labels=self._labels)
        for labels, count in self._counts.items():
            family.add_metric(labels, count)
        yield family


class _Row:
    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(SECONDS) + 1)
        self.total = 0.0


class Spread(_Series):
    """A histogram of seconds for each set of labels."""

    def __init__(self, name: str, about: str, labels: Sequence[str]) -> None:
        super().__init__(name, about, labels)
        self._rows: dict[Labels, _Row] = {}

    def add(self, seconds: float, *labels: str) -> None:
        row = self._rows.get(labels)
        if row is None:
            row = self._rows.setdefault(self._folded(labels, self._rows), _Row())
        row.counts[bisect_left(SECONDS, seconds)] += 1
        row.total += seconds

    def collect(self) -> Iterator[HistogramMetricFamily]:
        family = HistogramMetricFamily(self._name, self._about, labels=self._labels)
        bounds = [*map(str, SECONDS), "+Inf"]
        for labels, row in self._rows.items():
            buckets = list(zip(bounds, accumulate(row.counts), strict=True))
            family.add_metric(labels, buckets, row.total)
        yield family
