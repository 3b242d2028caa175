"""open-r1/codeforces and Code-Contests-Plus: tests with, perhaps, a program that judges outputs.

{"official_tests": [{"input", "output"}], "official_tests_complete", "generated_tests",
 "generated_checker": Python or null, "input_mode": "stdio", "interaction_format",
 "time_limit": seconds, "memory_limit": MB, "language"}
{"id", "test_cases": [{"input", "output"}], "checker": C++ with testlib, "time_limit",
 "memory_limit", "correct_submissions": [{"code", "language"}]}
"""

from collections.abc import Mapping, Sequence
from typing import Any

from verifiers.code.datasets.cases import Context, from_records
from verifiers.code.datasets.checkers import judged_by_points, judged_by_testlib
from verifiers.code.datasets.fields import as_list, as_text, decoded, optional_text, refuse
from verifiers.code.datasets.limits import limits
from verifiers.code.datasets.programs import MOST, listed
from verifiers.code.datasets.reading import Family, Reading, Row, Solution

_LANGUAGES = {
    "py3": "python",
    "python3": "python",
    "python": "python",
    "cpp": "cpp",
    "java": "java",
}


def _is_codeforces(row: Row) -> bool:
    return "official_tests" in row


def _read_codeforces(row: Row) -> Reading:
    _refuse_other_modes(row)
    official = _tests(row.get("official_tests"), "official_tests")
    generated = row.get("generated_tests")
    # As it is downloaded this is how many there are in files of their own.
    more = [] if isinstance(generated, int) else _tests(generated, "generated_tests")
    if not official and not more:
        refuse(
            "official_tests",
            "is empty",
            "put the rows of the dataset's test_cases files for this problem in `generated_tests`",
        )
    reading = from_records([*official, *more], Context(field="official_tests"))
    reference = dict(reading.reference)
    if checker := optional_text(row, "generated_checker"):
        reference["checker"] = judged_by_points(checker)
    options = limits(row.get("time_limit"), row.get("memory_limit"))
    if language := optional_text(row, "language"):
        options["language"] = language
    return Reading(verifier=reading.verifier, reference=reference, options=options)


def _refuse_other_modes(row: Row) -> None:
    if row.get("input_mode") not in (None, "stdio"):
        refuse(
            "input_mode",
            f"is {str(row['input_mode'])[:40]!r}: a program of this task reads and writes files",
            "leave the row out; code.stdio compares standard output",
        )
    if row.get("interaction_format"):
        refuse(
            "interaction_format",
            "says that the task is interactive, but the row has no interactor",
            'post it as `{"tests", "interactor"}`, or leave it out',
        )


def _is_code_contests_plus(row: Row) -> bool:
    tests = row.get("test_cases")
    return isinstance(tests, list | tuple) and all(isinstance(test, Mapping) for test in tests)


def _read_code_contests_plus(row: Row) -> Reading:
    reading = from_records(row["test_cases"], Context(field="test_cases"))
    reference = reading.reference
    if checker := optional_text(row, "checker"):
        if reading.verifier != "code.stdio":
            refuse("checker", "judges outputs, but the tests call a function", "leave one out")
        reference = {**reference, "checker": judged_by_testlib(checker)}
    options = _limits_in_any_unit(row.get("time_limit"), row.get("memory_limit"))
    return Reading(verifier=reading.verifier, reference=reference, options=options)


def _limits_in_any_unit(time: Any, memory: Any) -> dict[str, Any]:
    """No contest allows 100 seconds or 100 ms, 100 GB or 100 kB: such numbers are ms and bytes."""
    if isinstance(time, int | float) and 100 <= time < 1e12:
        time = time / 1000
    if isinstance(memory, int | float) and 100_000 <= memory < 1e15:
        memory = memory / (1024 * 1024)
    return limits(time, memory)


def _tests(value: Any, field: str) -> Sequence[Any]:
    return as_list(decoded(value, field), field) if value else []


def _codeforces_solutions(row: Row) -> Sequence[Solution]:
    return [Solution(source) for source in listed(row.get("solutions", row.get("solution")))]


def _submissions(row: Row) -> Sequence[Solution]:
    found = row.get("correct_submissions")
    if not isinstance(found, list):
        return ()
    return [
        Solution(as_text(item["code"], "code"), _LANGUAGES[str(item.get("language"))])
        for item in found
        if isinstance(item, Mapping)
        and isinstance(item.get("code"), str)
        and str(item.get("language")) in _LANGUAGES
    ][:MOST]


CODEFORCES = Family(
    name="codeforces",
    title="open-r1/codeforces",
    recognises=_is_codeforces,
    read=_read_codeforces,
    solutions=_codeforces_solutions,
)
CODE_CONTESTS_PLUS = Family(
    name="code_contests_plus",
    title="Code-Contests-Plus",
    recognises=_is_code_contests_plus,
    read=_read_code_contests_plus,
    solutions=_submissions,
)
