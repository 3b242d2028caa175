"""Outcomes as they go over the wire."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from app.outcomes import Failed, Outcome, Scored
from app.schemas import Result
from sandbox import Claim

_FOR_THE_WAY_S = 0.25
"""For an answer to reach its caller."""
_FOR_AN_ITEM_S = 60e-6
"""For the result of one that no time was left for: many of them are written at once."""


def _now() -> float:
    return asyncio.get_running_loop().time()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """When a request came in and when it must be answered, by the event loop's clock; and whose."""

    at: float = field(default_factory=_now)
    deadline: float | None = None
    claim: Claim = field(default_factory=Claim)
    """On whose behalf."""
    body_bytes: int | None = None
    items: int = 1
    """How many came together."""

    def elapsed_s(self) -> float:
        """Seconds since the arrival."""
        return _now() - self.at

    def has_passed(self, deadline: float | None) -> bool:
        """Whether it is too late for that."""
        return deadline is not None and _now() >= deadline

    def deadline_in(self, deadline_s: float | None) -> float | None:
        """The sooner of the request's own deadline and `deadline_s` after its arrival.

        A little is kept back, so that the answer arrives before it and not at it.
        """
        if deadline_s is None:
            return self.deadline
        kept_back = min(_FOR_THE_WAY_S, deadline_s / 5)
        kept_back += min(_FOR_AN_ITEM_S * self.items, deadline_s / 4)
        deadline = self.at + deadline_s - kept_back
        return deadline if self.deadline is None else min(deadline, self.deadline)


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
        "cached": isinstance(outcome, Scored) and outcome.cached,
        "tier": outcome.tier if isinstance(outcome, Scored) else None,
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
