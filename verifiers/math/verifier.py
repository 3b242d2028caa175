"""The verifier `math`: extracts an answer, reads it, and compares it with the gold answer."""

import functools
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import anyio.to_thread
from pydantic import Field

from verifiers.base import Options, Score, Strict, Tools, Verdict
from verifiers.errors import InvalidReference, WorkerError, WorkerLost, WorkerTimeout
from verifiers.math.errors import Costly, MathError, Unreadable
from verifiers.math.extract import Extracted, extract
from verifiers.math.judge import Judgement, judge_texts, read_gold
from verifiers.math.policies import Kind, MathOptions, Tolerance

DECIDE = "verifiers.math.symbolic:decide"
CHECK_GOLD = "verifiers.math.symbolic:check_gold"
CPU_S = 0.15
"""What one comparison in a worker may take."""

LONG = 100_000
"""Characters past which a completion is searched beside the event loop."""

Gold = (
    Annotated[str, Field(max_length=20_000)]
    | Annotated[int, Field(strict=True)]  # true is no number
    | Annotated[float, Field(strict=True, allow_inf_nan=False)]
)


class MathReference(Strict):
    """The gold answer with what is known of it."""

    answer: Gold | Annotated[list[Gold], Field(min_length=1, max_length=64)]
    """A list holds alternatives; any one of them is right."""
    kind: Kind = "auto"
    """What the gold answer is; `auto` reads it as it is written."""
    tolerance: Tolerance | Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    """As the option of that name, which it replaces."""


class MathVerifier:
    """Judges mathematical answers. Stateless but for a cache of golds that were read."""

    name = "math"
    summary = "Checks a mathematical answer: numbers, expressions, sets, equations, units, text."
    reference_type: Any = Gold | list[Gold] | MathReference
    options_model: type[Options] = MathOptions
    example: Mapping[str, Any] = {
        "completion": "Adding both sides gives $x = \\boxed{\\frac{3}{6}}$.",
        "reference": "\\frac{1}{2}",
    }

    async def verify(
        self, completion: str, reference: Any, options: MathOptions, tools: Tools
    ) -> Score:
        """Judge one completion; raises InvalidReference for a gold that cannot be read."""
        reference = _with_defaults(reference)
        if reference.tolerance is not None:
            options = options.model_copy(update={"tolerance": reference.tolerance})
        golds = gold_texts(reference)
        for gold in golds:
            _require_readable(gold, reference.kind)
        answer = await _extracted(completion, options)
        if answer is None or not answer.text:
            return Score(reward=0.0, verdict=Verdict.NO_ANSWER, message="no answer was found")
        judgement = await _judge_any(golds, answer, reference.kind, options, tools)
        return _score(judgement, answer)


async def _extracted(completion: str, options: MathOptions) -> Extracted | None:
    find = functools.partial(extract, last_number=options.last_number)
    if len(completion) <= LONG:
        return find(completion, options.extract)
    return await anyio.to_thread.run_sync(find, completion, options.extract)


def _with_defaults(reference: Any) -> MathReference:
    if isinstance(reference, MathReference):
        return reference
    return MathReference(answer=reference)


def gold_texts(reference: MathReference) -> list[str]:
    """The acceptable answers; a text that is a JSON list of texts is such a list."""
    answers = reference.answer if isinstance(reference.answer, list) else [reference.answer]
    texts: list[str] = []
    for answer in answers:
        text = str(answer)
        listed = _json_list(text)
        texts += [text] if listed is None else listed
    return [_final_part(text, reference.kind) for text in texts]


def _json_list(text: str) -> list[str] | None:
    if not text.lstrip().startswith('["'):
        return None
    try:
        listed = json.loads(text)
    except ValueError:
        return None
    return listed if all(isinstance(item, str) for item in listed) else None


def _final_part(text: str, kind: Kind) -> str:
    """The answer of a gold that is a whole solution: behind its last ####, or in its last box."""
    try:
        read_gold(text, kind)
    except Unreadable:
        if "\n####" in text:
            return text.rpartition("\n####")[2].strip()
        boxed = extract(text, "boxed") if "\\boxed" in text else None
        if boxed is not None:
            return boxed.text
    return text


def _require_readable(gold: str, kind: Kind) -> None:
    try:
        read_gold(gold, kind)
    except Unreadable as error:
        raise InvalidReference(f"the gold answer {_short(gold)} cannot be read: {error}") from error


async def _judge_any(
    golds: Sequence[str], answer: Extracted, kind: Kind, options: MathOptions, tools: Tools
) -> Judgement:
    """The first judgement that accepts, else the first one."""
    judgements: list[Judgement] = []
    for gold in golds:
        judgement = await _judge(gold, answer.text, kind, options, tools)
        if judgement.right:
            return judgement
        judgements.append(judgement)
    return judgements[0]


async def _judge(
    gold: str, answer: str, kind: Kind, options: MathOptions, tools: Tools
) -> Judgement:
    try:
        return judge_texts(gold, answer, kind, options)
    except Costly:
        return await _judge_in_worker(gold, answer, kind, options, tools)
    except MathError as error:
        return Judgement(right=False, tier="parse", reason=str(error))


async def _judge_in_worker(
    gold: str, answer: str, kind: Kind, options: MathOptions, tools: Tools
) -> Judgement:
    plain = options.model_dump(mode="json")
    cpu_s = min(options.limits.cpu_s or CPU_S, tools.limits.cpu_s)
    try:
        right, tier, reason = await tools.workers.call(
            DECIDE, gold, answer, kind, plain, cpu_s=cpu_s, deadline=tools.deadline
        )
    except WorkerLost:
        raise
    except WorkerError as error:
        await _require_evaluable(gold, kind, cpu_s, tools)
        taken = "took too long" if isinstance(error, WorkerTimeout) else "failed"
        return Judgement(right=False, tier="symbolic", reason=f"comparing the answer {taken}")
    return Judgement(right=right, tier=f"symbolic, {tier}", reason=reason)


async def _require_evaluable(gold: str, kind: Kind, cpu_s: float, tools: Tools) -> None:
    """Raises InvalidReference if the gold is what could not be evaluated."""
    try:
        problem = await tools.workers.call(
            CHECK_GOLD, gold, kind, cpu_s=cpu_s, deadline=tools.deadline
        )
    except WorkerLost:
        raise
    except WorkerError as error:
        problem = str(error)
    if problem:
        raise InvalidReference(f"the gold answer {_short(gold)} cannot be evaluated: {problem}")


def _score(judgement: Judgement, answer: Extracted) -> Score:
    reason = f": {judgement.reason}" if judgement.reason else ""
    outcome = "equal" if judgement.right else "not equal"
    return Score(
        reward=1.0 if judgement.right else 0.0,
        verdict=Verdict.ACCEPTED if judgement.right else Verdict.WRONG_ANSWER,
        message=f"{outcome} ({judgement.tier}; {answer.source}){reason}",
        extracted=answer.text[:2000],
    )


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...")
