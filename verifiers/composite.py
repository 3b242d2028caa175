"""composite: several verifiers judge one completion; their weighted mean is the reward."""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, model_validator

from verifiers.base import Component, Options, Score, Strict, Tools, Verdict
from verifiers.errors import InvalidReference

NAME = "composite"
MAX_DEPTH = 4
MAX_PARTS = 64


class Part(Strict):
    """One verifier's share of the reward."""

    verifier: str
    reference: Any
    options: Mapping[str, Any] = {}
    """The verifier's own; what is left out is taken from the composite's options."""
    weight: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0
    """Share in the mean; only a gate may have 0, and then does nothing but open or close."""
    gate: bool = False
    """Unless this part accepts, the whole reward is 0."""
    name: str | None = None
    """What its component is called; the verifier's name if left out."""

    @model_validator(mode="after")
    def _counts_for_something(self) -> "Part":
        if self.weight == 0 and not self.gate:
            raise ValueError("weight must be greater than 0, unless the part is a gate")
        return self


class CompositeReference(Strict):
    """The parts, of which at least one has a weight."""

    parts: Annotated[list[Part], Field(min_length=1, max_length=MAX_PARTS)]

    @model_validator(mode="after")
    def _has_weight(self) -> "CompositeReference":
        if not any(part.weight for part in self.parts):
            raise ValueError("at least one part needs a weight greater than 0")
        return self


class CompositeVerifier:
    name = NAME
    summary = "Several verifiers together: the weighted mean of their rewards, 0 if a gate fails."
    reference_type = CompositeReference
    options_model = Options
    example: Mapping[str, Any] = {
        "completion": "<think>6 times 7 is 42.</think>\n<answer>42</answer>",
        "reference": {
            "parts": [
                {"verifier": "text.format", "reference": {"tags": ["think", "answer"]}},
                {"verifier": "text.exact", "reference": "42", "weight": 3},
            ]
        },
    }

    async def verify(
        self, completion: str, reference: CompositeReference, options: Options, tools: Tools
    ) -> Score:
        _check_nesting(reference)
        shared = options.model_dump(mode="json", exclude_unset=True)
        scores = await _all_or_first_error(
            tools.verify(part.verifier, completion, part.reference, {**shared, **part.options})
            for part in reference.parts
        )
        return combine(reference.parts, scores)


def combine(parts: Sequence[Part], scores: Sequence[Score]) -> Score:
    """The score of the whole, from those of its parts."""
    judged = list(zip(parts, scores, strict=True))
    failed = [(part, score) for part, score in judged if not score.passed]
    closed_gates = [(part, score) for part, score in failed if part.gate]
    reward = 0.0 if closed_gates else _weighted_mean(judged)
    return Score(
        reward=reward,
        verdict=_verdict(reward, [score for _, score in closed_gates or failed]),
        message=_message(len(parts), failed, closed_gates),
        extracted=next((score.extracted for score in scores if score.extracted is not None), None),
        components=[
            Component(
                name=part.name or part.verifier,
                reward=score.reward,
                weight=part.weight,
                verdict=score.verdict,
                message=score.message,
            )
            for part, score in judged
        ],
        run_s=sum(score.run_s for score in scores),
        queue_s=max(score.queue_s for score in scores),
    )


def _weighted_mean(judged: Sequence[tuple[Part, Score]]) -> float:
    heaviest = max(part.weight for part, _ in judged)  # to divide by, so that no sum overflows
    total = sum(part.weight / heaviest for part, _ in judged)
    earned = sum(part.weight / heaviest * score.reward for part, score in judged)
    return min(earned / total, 1.0)


def _verdict(reward: float, failed: Sequence[Score]) -> Verdict:
    """Accepted if nothing failed, partial between 0 and 1, else that of the first to fail."""
    if not failed:
        return Verdict.ACCEPTED
    if reward > 0:
        return Verdict.PARTIAL
    # A graded part that got something still keeps a gate closed: then the answer is just wrong.
    first = failed[0].verdict
    return Verdict.WRONG_ANSWER if first is Verdict.PARTIAL else first


def _message(
    count: int, failed: Sequence[tuple[Part, Score]], closed_gates: Sequence[tuple[Part, Score]]
) -> str:
    if not failed:
        return f"all {count} parts accepted" if count > 1 else "the only part accepted"
    part, score = (closed_gates or failed)[0]
    what = "gate" if part.gate else "part"
    said = f": {score.message}" if score.message else ""
    return f"the {what} {part.name or part.verifier} says {score.verdict}{said}"


async def _all_or_first_error(judgements: Iterable[Awaitable[Score]]) -> list[Score]:
    """All scores; raises the error of the first part that has one, whichever came first in time."""
    scores = []
    for outcome in await asyncio.gather(*judgements, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
        scores.append(outcome)
    return scores


def _check_nesting(reference: CompositeReference) -> None:
    """Raise InvalidReference for a tree of composites that is too deep or too large."""
    level: list[tuple[Any, Any]] = [(part.verifier, part.reference) for part in reference.parts]
    count, depth = 0, 1
    while level:
        count += len(level)
        if count > MAX_PARTS:
            raise InvalidReference(f"more than {MAX_PARTS} parts, inner ones included")
        if depth > MAX_DEPTH:
            raise InvalidReference(f"composites within composites, more than {MAX_DEPTH} deep")
        level = [inner for part in level for inner in _inner_parts(*part)]
        depth += 1


def _inner_parts(verifier: Any, reference: Any) -> list[tuple[Any, Any]]:
    """What a part that is a composite itself consists of; other shapes are refused when called."""
    if verifier != NAME or not isinstance(reference, dict):
        return []
    parts = reference.get("parts")
    if not isinstance(parts, list):
        return []
    return [
        (part.get("verifier"), part.get("reference")) for part in parts if isinstance(part, dict)
    ]
