"""BigCodeBench: a class of unittest that uses what the program defines, and imports none of it.

{"task_id", "complete_prompt", "instruct_prompt", "code_prompt": imports and signature,
 "canonical_solution": the body, "test": "class TestCases(unittest.TestCase): ...", "entry_point",
 "libs"}
"""

import re
from collections.abc import Sequence

from verifiers.code.datasets.fields import as_text
from verifiers.code.datasets.reading import Family, Reading, Row, Solution

_CASES = re.compile(r"^class[ \t]+\w+\(.*TestCase\)", re.MULTILINE)
_CHECK = re.compile(r"^def[ \t]+check\b", re.MULTILINE)


def is_bigcodebench(row: Row) -> bool:
    test = row.get("test")
    return (
        row.keys() >= {"test", "entry_point"}
        and isinstance(test, str)
        and bool(_CASES.search(test))
        and not _CHECK.search(test)
    )


def _read(row: Row) -> Reading:
    return Reading(verifier="code.unittest", reference={"tests": as_text(row["test"], "test")})


def _solutions(row: Row) -> Sequence[Solution]:
    head, body = row.get("code_prompt"), row.get("canonical_solution")
    if not isinstance(head, str) or not isinstance(body, str) or not body.strip():
        return ()
    return [Solution(f"{head.rstrip()}\n{body}", "python")]


BIGCODEBENCH = Family(
    name="bigcodebench",
    title="BigCodeBench",
    recognises=is_bigcodebench,
    read=_read,
    solutions=_solutions,
)
