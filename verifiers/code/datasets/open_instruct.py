"""open-instruct (RLVR, Dolci): a `ground_truth` beside the name of what checks it.

{"messages", "ground_truth": tests, text of tests, or packed tests, "dataset": "code"}
{"messages", "ground_truth": "72", "dataset": "gsm8k"}
"""

from typing import Any

from verifiers.code.datasets.cases import Context, from_tests
from verifiers.code.datasets.fields import kind, refuse
from verifiers.code.datasets.livecodebench import packed_tests
from verifiers.code.datasets.maths import maths
from verifiers.code.datasets.reading import Family, Reading, Row

_FIELD = "ground_truth"
_CODE = {"code", "code_stdio"}
_MATHS = {"math", "gsm8k", "orz_math", "omega"}


def _recognises(row: Row) -> bool:
    return row.keys() >= {"ground_truth", "dataset"}


def _read(row: Row) -> Reading:
    checker, truth = _one(row["dataset"], "dataset"), row[_FIELD]
    if checker in _CODE:
        if isinstance(truth, list) and len(truth) == 1 and isinstance(truth[0], str):
            # Mixtures of several kinds of tasks keep a list of one text, packed or not.
            inner = truth[0].lstrip()
            truth = truth if inner.startswith(("assert", "def ", "import ")) else truth[0]
        return from_tests(packed_tests(truth, _FIELD), Context(field=_FIELD))
    if checker in _MATHS:
        return maths(truth, _FIELD)
    return refuse(
        "dataset",
        f"names the check {checker[:40]!r}, which no verifier here does",
        f"there are {', '.join(sorted(_CODE | _MATHS))}",
    )


def _one(value: Any, field: str) -> str:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str):
        refuse(field, f"must be one name, not {kind(value)}", "give the check of this row alone")
    return value


OPEN_INSTRUCT = Family(
    name="open_instruct",
    title="open-instruct: RLVR, Dolci",
    recognises=_recognises,
    read=_read,
)
