"""Gold answers as references hold them: alternatives, lists within texts, whole solutions."""

import json
from functools import lru_cache
from typing import Annotated

from pydantic import Field

from verifiers.base import Strict
from verifiers.math.errors import Unreadable
from verifiers.math.extract import extract
from verifiers.math.judge import read_gold
from verifiers.math.policies import Kind, Tolerance

Gold = (
    Annotated[str, Field(max_length=20_000)]
    | Annotated[int, Field(strict=True)]  # true is no number
    | Annotated[float, Field(strict=True, allow_inf_nan=False)]
)


Golds = Annotated[list[Gold], Field(min_length=1, max_length=64)]
"""Alternatives; any one of them is right."""


class MathReference(Strict):
    """The gold answer with what is known of it."""

    answer: Gold | Golds
    kind: Kind = "auto"
    """What the gold answer is; `auto` reads it as it is written."""
    tolerance: Tolerance | Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    """As the option of that name, which it replaces."""


def gold_texts(reference: MathReference) -> list[str]:
    """The acceptable answers; a text that is a JSON list of texts is such a list."""
    answers = reference.answer if isinstance(reference.answer, list) else [reference.answer]
    texts: list[str] = []
    for answer in answers:
        text = str(answer)
        listed = _json_list(text)
        texts += [text] if listed is None else listed
    return texts


def _json_list(text: str) -> list[str] | None:
    if not text.lstrip().startswith('["'):
        return None
    try:
        listed = json.loads(text)
    except ValueError:
        return None
    return listed if all(isinstance(item, str) for item in listed) else None


@lru_cache(maxsize=8192)
def final_part(text: str, kind: Kind) -> str:
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


def shortened(text: str) -> str:
    """A text for a message."""
    return repr(text if len(text) <= 80 else text[:77] + "...")
