"""Notices when null rewards, or time limits, suddenly become many.

A training run goes on when its rewards fail, and learns from what is left. So the share of items
without a reward, and of those that ran out of time, is watched over the latest items, and there is
an alarm when it is far above what it was before.
"""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

import structlog
from prometheus_client.core import GaugeMetricFamily

from verifiers import Verdict

log = structlog.get_logger(__name__)

RECENT = 1000
"""Items that the present share is taken of: many groups of completions that fail together."""
LEAST = 200
"""Items that there must be before anything is said of them."""
PAST = 5000
"""About as many items before the recent ones count as the past."""


class Kind(StrEnum):
    """What is watched."""

    NULL = "null"
    """Items without a reward, for whatever reason."""
    TIME_LIMIT = "time_limit"
    """Among those with a reward, the ones whose verdict is a time limit."""


_MARGINS = {Kind.NULL: 0.1, Kind.TIME_LIMIT: 0.25}
"""How far above the past is an alarm."""


@dataclass(slots=True)
class _Share:
    """One kind of one verifier; `reasons` of items are empty where all is well."""

    kind: Kind
    recent: deque[str] = field(default_factory=deque)
    bad: int = 0
    past: float = 0.0
    past_count: int = 0
    alarmed: bool = False

    @property
    def now(self) -> float:
        return self.bad / len(self.recent) if self.recent else 0.0

    def add(self, reason: str) -> None:
        self.recent.append(reason)
        self.bad += bool(reason)
        if len(self.recent) > RECENT:
            self._age(self.recent.popleft())
        self.alarmed = self._is_alarming()

    def _age(self, reason: str) -> None:
        self.bad -= bool(reason)
        # Null rewards are never what is usual, however long they last; slow programs may be.
        if self.kind is Kind.NULL and self.alarmed:
            return
        self.past_count = min(self.past_count + 1, PAST)
        self.past += (bool(reason) - self.past) / self.past_count

    def _is_alarming(self) -> bool:
        if len(self.recent) < LEAST:
            return False
        # Without a past nobody knows how many time limits are usual, but null rewards never are.
        if self.kind is Kind.TIME_LIMIT and self.past_count < RECENT:
            return False
        margin = _MARGINS[self.kind] * (0.5 if self.alarmed else 1.0)  # no flickering
        return self.now - self.past >= margin


class Shares:
    """The shares of every verifier."""

    def __init__(self) -> None:
        self._shares: dict[tuple[str, Kind], _Share] = {}

    def item_done(self, verifier: str, *, verdict: str, error: str) -> None:
        """Count an item; `verifier` is the name of one, or empty."""
        self._add(verifier, Kind.NULL, error)
        if verdict:
            late = verdict == Verdict.TIME_LIMIT_EXCEEDED
            self._add(verifier, Kind.TIME_LIMIT, verdict if late else "")

    def _add(self, verifier: str, kind: Kind, reason: str) -> None:
        share = self._shares.get((verifier, kind))
        if share is None:
            share = self._shares[verifier, kind] = _Share(kind)
        before = share.alarmed
        share.add(reason)
        if share.alarmed and not before:
            log.error(
                "the share of null rewards has jumped"
                if kind is Kind.NULL
                else "the share of time limits has jumped",
                verifier=verifier,
                share=round(share.now, 3),
                before=round(share.past, 3),
                of_items=len(share.recent),
                reasons=dict(Counter(filter(None, share.recent))),
            )
        elif before and not share.alarmed:
            log.info("the alarm is over", of=kind, verifier=verifier, share=round(share.now, 3))

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """As gauges."""
        labels = ("verifier", "of")
        recent = GaugeMetricFamily(
            "rewardbox_share_recent",
            f"Of the latest {RECENT} items, the share that is so.",
            labels=labels,
        )
        past = GaugeMetricFamily(
            "rewardbox_share_past", "The same share of the items before.", labels=labels
        )
        alarm = GaugeMetricFamily(
            "rewardbox_share_alarm", "1 while the share is far above its past.", labels=labels
        )
        for (verifier, kind), share in self._shares.items():
            recent.add_metric((verifier, kind), share.now)
            past.add_metric((verifier, kind), share.past)
            alarm.add_metric((verifier, kind), share.alarmed)
        yield from (recent, past, alarm)
