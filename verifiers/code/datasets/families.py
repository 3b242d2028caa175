"""Every shape that is known, and which of them a row has."""

import json
from collections.abc import Mapping
from typing import Any

from verifiers.code.datasets.apps import APPS
from verifiers.code.datasets.asserts import ACECODE, MBPP
from verifiers.code.datasets.bigcodebench import BIGCODEBENCH
from verifiers.code.datasets.code_contests import CODE_CONTESTS
from verifiers.code.datasets.codeforces import CODE_CONTESTS_PLUS, CODEFORCES
from verifiers.code.datasets.deepcoder import BARE, DEEPCODER, RSTAR_CODER
from verifiers.code.datasets.fields import decoded, kind, looks_structured, refuse
from verifiers.code.datasets.humaneval import HUMANEVAL, LEETCODE
from verifiers.code.datasets.kodcode import KODCODE
from verifiers.code.datasets.livecodebench import LIVECODEBENCH
from verifiers.code.datasets.maths import MATHS
from verifiers.code.datasets.multilingual import HUMANEVAL_X, MBXP, MULTIPL_E
from verifiers.code.datasets.open_instruct import OPEN_INSTRUCT
from verifiers.code.datasets.reading import Family, Reading, Row
from verifiers.code.datasets.synthetic import INTELLECT, NEMO, SYNTHETIC
from verifiers.code.datasets.verl import VERL

FAMILIES: Mapping[str, Family] = {
    family.name: family
    for family in (
        APPS,
        LIVECODEBENCH,
        DEEPCODER,
        CODE_CONTESTS,
        CODE_CONTESTS_PLUS,
        CODEFORCES,
        KODCODE,
        ACECODE,
        MBPP,
        HUMANEVAL,
        BIGCODEBENCH,
        LEETCODE,
        MULTIPL_E,
        HUMANEVAL_X,
        MBXP,
        SYNTHETIC,
        INTELLECT,
        VERL,
        OPEN_INSTRUCT,
        RSTAR_CODER,
        NEMO,
        BARE,
        *MATHS,
    )
}
_ENVELOPE = {"dataset", "row"}
#: Names by which datasets of one shape are asked for, too.
_ALIASES = {
    "taco": "apps",
    "prime": "verl",
    "eurus": "verl",
    "skywork": "verl",
    "dapo": "verl",
    "guru": "verl",
    "mbpp_plus": "mbpp",
    "humaneval_plus": "humaneval",
    "leetcodedataset": "leetcode",
    "math_500": "math_answer",
}


def recognise(value: Any) -> tuple[Family, Row] | None:
    """The shape of a row, or None if it has none that is known.

    `value` is the row, text of it in JSON, or `{"dataset": name, "row": row}`. Raises
    InvalidReference when the row could be read in two ways that differ, or the name is not known.
    """
    if looks_structured(value):
        value = decoded(value, "the row")
    if isinstance(value, list) and value:
        return BARE, {"tests": value}
    if not isinstance(value, Mapping):
        return None
    if value.keys() == _ENVELOPE and isinstance(value["row"], Mapping):
        return named(value["dataset"]), value["row"]
    found = [family for family in FAMILIES.values() if family.recognises(value)]
    if len(found) > 1:
        _refuse_ambiguous(found, value)
    return (found[0], value) if found else None


def named(name: Any) -> Family:
    """The shape of that name. Raises InvalidReference."""
    family = FAMILIES.get(_ALIASES.get(name, name)) if isinstance(name, str) else None
    if family is None:
        known = ", ".join(sorted({*FAMILIES, *_ALIASES}))
        refuse("dataset", f"{str(name)[:60]!r} is none that is known", f"there are {known}")
    return family


def read(value: Any) -> Reading:
    """The reading of a row in any known shape. Raises InvalidReference."""
    found = recognise(value)
    if found is None:
        refuse(
            "the row",
            f"{_has(value)}, which is the shape of no known dataset",
            "see docs/datasets.md",
        )
    family, row = found
    return family.read(row)


def _has(value: Any) -> str:
    if not isinstance(value, Mapping) or not value:
        return f"is {kind(value)}"
    return "has " + ", ".join(f"`{str(key)[:40]}`" for key in list(value)[:12])


def _refuse_ambiguous(found: list[Family], row: Row) -> None:
    readings = [family.read(row) for family in found]
    first = _comparable(readings[0])
    if any(_comparable(reading) != first for reading in readings[1:]):
        titles = " and of ".join(family.title for family in found)
        refuse(
            "the row",
            f"has the keys of {titles}",
            f'name one: {{"dataset": "{found[0].name}", "row": ...}}',
        )


def _comparable(reading: Reading) -> str:
    return json.dumps([reading.verifier, reading.reference, reading.options], sort_keys=True)
