"""Datasets of mathematics: where each keeps its answer.

GSM8K               {"question", "answer": "... #### 72"}
MATH, NuminaMath    {"problem", "solution": "... \\boxed{72}"}
MATH-500, DeepScaleR, Big-Math, AIME    {"problem", "answer": "72"}
OpenMathReasoning   {"problem", "expected_answer": "72", "problem_type"}
OlympiadBench       {"question", "final_answer": ["72"], "unit", "error", "answer_type"}
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from verifiers.code.datasets.fields import as_list, as_text, decoded, kind, optional_text, refuse
from verifiers.code.datasets.reading import Family, Reading, Row, Solution
from verifiers.completion import boxes

_ABOUT = re.compile(
    r"\b(?:math\w*|numina\w*|gsm8k|aime\w*|amc\w*|dapo|olympiad\w*|deepscaler|minerva|orz|omni)"
    r"|math_|_math|/math",
    re.IGNORECASE,
)
_STATEMENT = ("problem", "question", "Problem", "query")
#: Columns of which any one makes a row one of code.
_TESTS = {
    "tests", "test", "test_cases", "test_list", "input_output", "inputs", "official_tests",
    "public_tests", "public_test_cases", "private_test_cases", "verification_info",
    "verifier_metadata", "reward_model",
}  # fmt: skip
_UNVERIFIABLE = {"no_answer_extracted", "converted_proof"}


def is_about_maths(text: str) -> bool:
    """Whether the name of an ability or a source speaks of mathematics."""
    return bool(_ABOUT.search(text))


def maths(answer: Any, field: str, **more: Any) -> Reading:
    """The reading of an answer, or of a list of answers of which each is right."""
    answers = answer
    if isinstance(answer, str) and answer.lstrip().startswith('["'):
        answers = decoded(answer, field)
    if isinstance(answers, list | tuple):
        if not answers:
            refuse(field, "is empty", "give the answer")
        known = [_answer(item, f"{field}.{index}") for index, item in enumerate(answers)]
        gold: Any = known[0] if len(known) == 1 else known
    else:
        gold = _answer(answers, field)
    return Reading(verifier="math", reference={"answer": gold, **more} if more else gold)


def _answer(value: Any, field: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        refuse(field, f"must be text or a number, not {kind(value)}")
    if isinstance(value, str) and not value.strip():
        refuse(field, "is empty", "give the answer, or leave the row out")
    return value


def _is_of_maths(row: Row) -> bool:
    return any(isinstance(row.get(key), str) for key in _STATEMENT) and not row.keys() & _TESTS


def _is_gsm8k(row: Row) -> bool:
    return _is_of_maths(row) and "####" in str(row.get("answer"))


def _read_gsm8k(row: Row) -> Reading:
    text = as_text(row["answer"], "answer")
    return maths(text.rpartition("####")[2].strip(), "answer, behind its last ####")


def _is_expected(row: Row) -> bool:
    return _is_of_maths(row) and "expected_answer" in row


def _read_expected(row: Row) -> Reading:
    if str(row.get("problem_type")) in _UNVERIFIABLE:
        refuse("problem_type", f"is {row['problem_type']!r}", "leave the row out: it has no answer")
    return maths(row["expected_answer"], "expected_answer")


def _is_olympiad(row: Row) -> bool:
    return _is_of_maths(row) and "final_answer" in row


def _read_olympiad(row: Row) -> Reading:
    answers = decoded(row["final_answer"], "final_answer") if _is_json(row) else row["final_answer"]
    if row.get("is_multiple_answer") is True:
        listed = [as_text(item, "final_answer") for item in as_list(answers, "final_answer")]
        return maths(", ".join(listed), "final_answer")
    if isinstance(answers, list) and len(answers) > 1:
        refuse(
            "final_answer",
            "has several texts, which may be parts of the answer or ways to write it",
            "set `is_multiple_answer` to true for parts, or give one",
        )
    tolerance = optional_text(row, "error")
    if not tolerance:
        return maths(answers, "final_answer")
    try:
        return maths(answers, "final_answer", tolerance=float(tolerance))
    except ValueError:
        refuse("error", f"is {tolerance[:40]!r}, no number", "give one tolerance, or leave it out")


def _is_json(row: Row) -> bool:
    return str(row["final_answer"]).lstrip().startswith("[")


def _is_answered(row: Row) -> bool:
    return (
        _is_of_maths(row)
        and _answer_of(row) is not None
        and not row.keys() & {"final_answer", "expected_answer", "options", "choices"}
        and '"tests"' not in str(row.get("info"))
        and not _is_gsm8k(row)
    )


def _read_answered(row: Row) -> Reading:
    return maths(_answer_of(row), "answer")


def _answer_of(row: Row) -> Any:
    return row.get("answer", row.get("Answer"))


def _is_solved(row: Row) -> bool:
    return (
        _is_of_maths(row)
        and "\\boxed" in str(row.get("solution"))
        and not row.keys() & {"answer", "final_answer", "expected_answer"}
    )


def _read_solved(row: Row) -> Reading:
    found = boxes(as_text(row["solution"], "solution"))
    if not found:
        refuse("solution", "has no \\boxed answer that is closed", "add one, or `answer`")
    return maths(found[-1].content, "solution, its last box")


def _boxed(row: Row) -> Sequence[Solution]:
    solution = row.get("solution")
    if isinstance(solution, str) and "\\boxed" in solution:
        return [Solution(solution)]
    for key in ("expected_answer", "answer", "Answer"):
        answer = row.get(key)
        if isinstance(answer, str | int | float):
            return [Solution(f"\\boxed{{{str(answer).rpartition('####')[2].strip()}}}")]
    return ()


_KINDS: Mapping[str, tuple[str, Any, Any]] = {
    "gsm8k": ("GSM8K", _is_gsm8k, _read_gsm8k),
    "openmath": ("OpenMathReasoning, NeMo's math_with_judge", _is_expected, _read_expected),
    "olympiadbench": ("OlympiadBench, Omni-MATH", _is_olympiad, _read_olympiad),
    "math_answer": (
        "MATH-500, DeepScaleR, Big-Math, NuminaMath, AIME",
        _is_answered,
        _read_answered,
    ),
    "math": ("MATH", _is_solved, _read_solved),
}
MATHS = tuple(
    Family(name=name, title=title, recognises=recognises, read=read, solutions=_boxed)
    for name, (title, recognises, read) in _KINDS.items()
)
