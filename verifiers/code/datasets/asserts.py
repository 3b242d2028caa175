"""AceCode and MBPP (plain, sanitized, MBPP+): lists of assertions.

{"id", "source", "question", "test_cases": ["assert f(1) == 2", ...], "inferences"}
{"task_id", "text", "code", "test_list", "test_setup_code", "challenge_test_list"}
{"task_id", "prompt", "code", "test_imports", "test_list", "test"}
"""

from collections.abc import Sequence

from verifiers.code.datasets.cases import from_assertions
from verifiers.code.datasets.fields import as_list, as_text, decoded, optional_text
from verifiers.code.datasets.programs import listed
from verifiers.code.datasets.reading import Family, Reading, Row, Solution


def _is_acecode(row: Row) -> bool:
    tests = row.get("test_cases")
    return isinstance(tests, list | tuple) and bool(tests) and isinstance(tests[0], str)


def _read_acecode(row: Row) -> Reading:
    return from_assertions(row["test_cases"], "test_cases")


def _is_mbpp(row: Row) -> bool:
    return "test_list" in row


def _read_mbpp(row: Row) -> Reading:
    setup = optional_text(row, "test_setup_code")
    imports = decoded(row.get("test_imports") or [], "test_imports")
    lines = [as_text(line, "test_imports") for line in as_list(imports, "test_imports")]
    setup = "\n".join([*lines, setup] if setup else lines)
    if whole := optional_text(row, "test"):  # MBPP+: one script, which has the list's tests too
        return Reading(verifier="code.asserts", reference=_with_setup(whole, setup))
    tests = as_list(decoded(row["test_list"], "test_list"), "test_list")
    more = decoded(row.get("challenge_test_list") or [], "challenge_test_list")
    everything = [*tests, *as_list(more, "challenge_test_list")]
    return from_assertions(everything, "test_list", **({"setup": setup} if setup else {}))


def _with_setup(tests: str, setup: str) -> dict[str, str]:
    return {"tests": tests, "setup": setup} if setup else {"tests": tests}


def _solutions(row: Row) -> Sequence[Solution]:
    return [Solution(source, "python") for source in listed(row.get("code", row.get("solution")))]


ACECODE = Family(
    name="acecode",
    title="AceCode-87K",
    recognises=_is_acecode,
    read=_read_acecode,
    solutions=_solutions,
)
MBPP = Family(
    name="mbpp",
    title="MBPP, MBPP+",
    recognises=_is_mbpp,
    read=_read_mbpp,
    solutions=_solutions,
)
