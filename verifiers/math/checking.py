"""What a worker process does for the verifier: finds the answer of a completion and judges it.

Golds and options are read once and kept for the completions of a group, which come together.
"""

import time
from functools import lru_cache
from typing import Protocol

from verifiers.math.errors import Costly, Unreadable
from verifiers.math.extract import Extracted, extract
from verifiers.math.golds import final_part, shortened
from verifiers.math.judge import Judgement, judge_texts, read_gold
from verifiers.math.policies import Checked, Kind, MathOptions


class Judge(Protocol):
    """Judges the text of an answer by that of a gold."""

    def __call__(self, gold: str, answer: str, kind: Kind, options: MathOptions) -> Judgement: ...


def check(completion: str, golds: list[str], kind: Kind, options_json: str) -> Checked:
    """Judge a completion, unless that takes what is in `patience` only."""
    started = time.process_time()
    try:
        return checked_by(judge_texts, completion, golds, kind, options_json)
    except Costly:
        return {"costly_s": time.process_time() - started}


def checked_by(
    judge: Judge, completion: str, golds: list[str], kind: Kind, options_json: str
) -> Checked:
    """Judge a completion by the first gold that it agrees with, else by the first one."""
    options = options_of(options_json)
    try:
        golds = [_readable(gold, kind) for gold in golds]
    except Unreadable as error:
        return {"problem": str(error)}
    answer = find(completion, options)
    if answer is None or not answer.text:
        return {"answer": None}
    judgement = _judge_any(judge, golds, answer.text, kind, options)
    return {
        "answer": answer.text,
        "source": answer.source,
        "right": judgement.right,
        "tier": judgement.tier,
        "reason": judgement.reason,
    }


@lru_cache(maxsize=256)
def options_of(options_json: str) -> MathOptions:
    return MathOptions.model_validate_json(options_json)


def find(completion: str, options: MathOptions) -> Extracted | None:
    """The answer of a completion."""
    return extract(completion, options.extract, last_number=options.last_number)


def _readable(gold: str, kind: Kind) -> str:
    text = final_part(gold, kind)
    try:
        read_gold(text, kind)
    except Unreadable as error:
        raise Unreadable(f"the gold answer {shortened(gold)} cannot be read: {error}") from error
    return text


def _judge_any(
    judge: Judge, golds: list[str], answer: str, kind: Kind, options: MathOptions
) -> Judgement:
    first: Judgement | None = None
    for gold in golds:
        judgement = judge(gold, answer, kind, options)
        if judgement.right:
            return judgement
        first = first or judgement
    return first or Judgement(right=False, tier="", reason="there is no gold answer")
