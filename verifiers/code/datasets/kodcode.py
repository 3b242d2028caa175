"""KodCode: a file of pytest that imports the solution.

{"question", "solution", "test": "from solution import f\n\ndef test_f(): ...", "test_info"}
"""

import re
from collections.abc import Sequence

from verifiers.code.datasets.fields import as_text, refuse
from verifiers.code.datasets.programs import listed
from verifiers.code.datasets.reading import Family, Reading, Row, Solution

_IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+solution\b", re.MULTILINE)


def from_pytest(source: object, field: str) -> Reading:
    """The reading of a test file that imports the module `solution`."""
    text = as_text(source, field)
    if not _IMPORT.search(text):
        refuse(field, "imports no module `solution`", "import what is tested from it")
    return Reading(verifier="code.unittest", reference={"tests": text, "module": "solution"})


def _recognises(row: Row) -> bool:
    test = row.get("test")
    return "test_info" in row or (isinstance(test, str) and bool(_IMPORT.search(test)))


def _read(row: Row) -> Reading:
    return from_pytest(row.get("test", row.get("test_code")), "test")


def _solutions(row: Row) -> Sequence[Solution]:
    return [Solution(source, "python") for source in listed(row.get("solution"))]


KODCODE = Family(
    name="kodcode", title="KodCode-V1", recognises=_recognises, read=_read, solutions=_solutions
)
