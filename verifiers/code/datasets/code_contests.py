"""CodeContests, whose tests are columns of inputs and outputs in three groups.

{"public_tests": {"input": [...], "output": [...]}, "private_tests", "generated_tests",
 "time_limit": {"seconds", "nanos"}, "memory_limit_bytes", "input_file", "output_file",
 "solutions": {"language": [3], "solution": ["..."]}}
"""

from collections.abc import Mapping, Sequence
from typing import Any

from verifiers.code.datasets.cases import Context, from_texts
from verifiers.code.datasets.fields import as_list, as_object, decoded, refuse
from verifiers.code.datasets.limits import limits
from verifiers.code.datasets.programs import MOST
from verifiers.code.datasets.reading import Family, Reading, Row, Solution

_GROUPS = ("public_tests", "private_tests", "generated_tests")
_LANGUAGES = {2: "cpp", 3: "python", 4: "java", "CPP": "cpp", "PYTHON3": "python", "JAVA": "java"}


def _recognises(row: Row) -> bool:
    return "public_tests" in row or "private_tests" in row


def _read(row: Row) -> Reading:
    for name in ("input_file", "output_file"):
        if row.get(name):
            refuse(
                name,
                f"is {str(row[name])[:40]!r}: a program of this task reads or writes a file",
                "leave the row out; code.stdio compares standard output",
            )
    pairs = [pair for group in _GROUPS for pair in _pairs(row.get(group), group)]
    reading = from_texts(pairs, Context(field=" and ".join(_GROUPS)))
    options = limits(row.get("time_limit"), row.get("memory_limit_bytes"), memory_unit=1)
    return Reading(verifier=reading.verifier, reference=reading.reference, options=options)


def _pairs(group: Any, field: str) -> list[tuple[Any, Any]]:
    """A group of tests: columns as they are downloaded, or records as some copies have them."""
    group = decoded(group, field)
    if not group:
        return []
    if isinstance(group, list):
        records = [as_object(test, f"{field}.{index}") for index, test in enumerate(group)]
        if not all("input" in record and "output" in record for record in records):
            refuse(field, "has a test without `input` or `output`", "add it")
        return [(record["input"], record["output"]) for record in records]
    columns = as_object(group, field)
    inputs = as_list(columns.get("input"), f"{field}.input")
    outputs = as_list(columns.get("output"), f"{field}.output")
    if len(inputs) != len(outputs):
        refuse(field, f"has {len(inputs)} inputs and {len(outputs)} outputs", "give as many")
    return list(zip(inputs, outputs, strict=True))


def _solutions(row: Row) -> Sequence[Solution]:
    columns = row.get("solutions")
    if not isinstance(columns, Mapping):
        return ()
    languages, sources = columns.get("language"), columns.get("solution")
    if not isinstance(languages, list) or not isinstance(sources, list):
        return ()
    return [
        Solution(source, _LANGUAGES[language])
        for language, source in zip(languages, sources, strict=False)
        if isinstance(source, str) and isinstance(language, int | str) and language in _LANGUAGES
    ][:MOST]


CODE_CONTESTS = Family(
    name="code_contests",
    title="CodeContests",
    recognises=_recognises,
    read=_read,
    solutions=_solutions,
)
