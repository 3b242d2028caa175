"""What is kept of a request that was judged, and when it may be."""

import signal
from dataclasses import dataclass, field, replace

from pydantic import TypeAdapter, ValidationError

from app import wire
from sandbox import Tier
from verifiers import Score, Verdict

#: Those that the same program gets another time. Not among them: limits of time and memory, which
#: one that is near to them keeps or passes by luck, and violations, which are noticed by looking.
_LASTING = frozenset(
    {
        Verdict.ACCEPTED,
        Verdict.PARTIAL,
        Verdict.WRONG_ANSWER,
        Verdict.NO_ANSWER,
        Verdict.COMPILE_ERROR,
        Verdict.RUNTIME_ERROR,
        Verdict.OUTPUT_LIMIT_EXCEEDED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A score, and where it came about."""

    score: Score
    tier: Tier | None = None
    """In which one programs ran; None when none did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What judging gave, and to whom else it may be given."""

    judgement: Judgement
    shared: bool = True
    """To those who ask for the same while it is made."""
    lasting: bool = True
    """To those who ask for the same later."""

    def given_again(self, *, waited_s: float = 0.0) -> "Made":
        """The same for one for whom nothing was run, who `waited_s` for another's."""
        score = self.judgement.score.model_copy(update={"run_s": 0.0, "queue_s": waited_s})
        return replace(self, judgement=replace(self.judgement, score=score))


@dataclass(slots=True, kw_only=True)
class Trace:
    """What becomes known while a judgement is made, of those of its parts too."""

    shared: bool = True
    lasting: bool = True
    tiers: set[Tier] = field(default_factory=set)
    """Those of sandboxes that were asked for."""

    def add(self, part: Made) -> None:
        """Another verifier was asked, and said that."""
        self.shared &= part.shared
        self.lasting &= part.lasting
        if part.judgement.tier is not None:
            self.tiers.add(part.judgement.tier)

    def made(self, score: Score) -> Made:
        """What was made in the end."""
        return Made(
            judgement=Judgement(
                score=score, tier=max(self.tiers, key=list(Tier).index, default=None)
            ),
            shared=self.shared,
            lasting=self.shared and self.lasting and is_lasting(score),
        )


def is_lasting(score: Score) -> bool:
    """Whether it is a function of the request alone: of no load, no luck and no limit."""
    verdicts = {score.verdict, *(test.verdict for test in score.tests)}
    verdicts.update(part.verdict for part in score.components if part.verdict is not None)
    return (
        score.repeatable
        and verdicts <= _LASTING
        # Who killed it, and for whatever reason, was not the program itself.
        and all(test.signal != signal.SIGKILL for test in score.tests)
    )


_JUDGEMENT = TypeAdapter(Judgement)


def dump(judgement: Judgement) -> bytes:
    """A judgement as it is kept."""
    return wire.dump(judgement)


def load(data: bytes) -> Judgement | None:
    """A judgement that was kept; None for what is none."""
    try:
        return _JUDGEMENT.validate_json(data)
    except ValidationError:
        return None
