"""HumanEval and HumanEval+, and LeetCodeDataset: a test that defines `check`, and an entry point.

{"task_id", "prompt", "canonical_solution", "test": "def check(candidate): ...", "entry_point"}
{"task_id", "prompt": imports and classes, "completion", "test", "entry_point": "Solution().f"}
"""

from collections.abc import Sequence

from verifiers.code.datasets.bigcodebench import is_bigcodebench
from verifiers.code.datasets.fields import as_text, optional_text, refuse_empty
from verifiers.code.datasets.reading import Family, Reading, Row, Solution


def _has_check(row: Row) -> bool:
    has_keys = row.keys() >= {"test", "entry_point"} and "declaration" not in row
    return has_keys and not is_bigcodebench(row)


def _is_humaneval(row: Row) -> bool:
    return _has_check(row) and not _is_leetcode(row) and "language" not in row


def _read_humaneval(row: Row) -> Reading:
    reference = {
        "tests": _test(row),
        "entry_point": as_text(row["entry_point"], "entry_point"),
        "prompt": optional_text(row, "prompt"),
    }
    return Reading(verifier="code.asserts", reference=reference)


def _is_leetcode(row: Row) -> bool:
    return _has_check(row) and str(row["entry_point"]).startswith("Solution")


def _read_leetcode(row: Row) -> Reading:
    return check_of(_test(row), row["entry_point"], optional_text(row, "prompt"))


def check_of(test: str, entry_point: object, prefix: str) -> Reading:
    """The reading of a `check` for a method of Solution, with the code that stands before it."""
    reference = {
        "tests": test,
        "entry_point": as_text(entry_point, "entry_point"),
        "prompt": prefix,
    }
    return Reading(verifier="code.asserts", reference=reference)


def _test(row: Row) -> str:
    test = as_text(row["test"], "test")
    if not test.strip():
        refuse_empty("test")
    return test


def _humaneval_solutions(row: Row) -> Sequence[Solution]:
    body, prompt = row.get("canonical_solution"), row.get("prompt")
    if not isinstance(body, str) or not isinstance(prompt, str) or not body.strip():
        return ()
    return [Solution(prompt + body, "python")]


def _leetcode_solutions(row: Row) -> Sequence[Solution]:
    source = row.get("completion")
    return [Solution(source, "python")] if isinstance(source, str) else ()


HUMANEVAL = Family(
    name="humaneval",
    title="HumanEval, HumanEval+",
    recognises=_is_humaneval,
    read=_read_humaneval,
    solutions=_humaneval_solutions,
)
LEETCODE = Family(
    name="leetcode",
    title="LeetCodeDataset",
    recognises=_is_leetcode,
    read=_read_leetcode,
    solutions=_leetcode_solutions,
)
