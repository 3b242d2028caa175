"""Programs that judge outputs, as datasets bring them, made into checkers of code.stdio."""

from typing import Any


def judged_by_testlib(source: str) -> dict[str, Any]:
    """A checker in C++ with testlib: given input, output and answer, it judges by its exit code."""
    return {"kind": "program", "language": "cpp", "source": source, "protocol": "testlib"}


def judged_by_points(source: str) -> dict[str, Any]:
    """open-r1's checkers in Python: given input, answer and output, they print 1 or 0."""
    return {"kind": "program", "language": "python", "source": source, "protocol": "cms"}
