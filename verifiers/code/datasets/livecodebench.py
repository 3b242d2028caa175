"""LiveCodeBench, code generation: tests that are shown and tests that are hidden.

{"public_test_cases": "[{\"input\", \"output\", \"testtype\"}]",
 "private_test_cases": the same, or base64(zlib(pickle(text of the same))),
 "metadata": "{\"func_name\": ...}", "starter_code"}
"""

from collections.abc import Sequence
from typing import Any

from verifiers.code.datasets.cases import Context, from_records
from verifiers.code.datasets.fields import (
    as_list,
    as_object,
    as_text,
    decoded,
    looks_structured,
    optional_text,
    refuse,
    refuse_empty,
)
from verifiers.code.datasets.pickled import NotPlain, unpack
from verifiers.code.datasets.programs import listed
from verifiers.code.datasets.reading import Family, Reading, Row, Solution

MOST_OBJECTS = 1_000_000
"""Lists and objects in packed tests: a bracket of two bytes stands for a hundred."""
_KEYS = ("public_test_cases", "private_test_cases")


def packed_tests(value: Any, field: str) -> Any:
    """Tests as they are, in JSON, or packed. Raises InvalidReference."""
    if not isinstance(value, str) or looks_structured(value):
        return decoded(value, field)
    if not value.strip():
        return []
    try:
        found = unpack(value)
    except NotPlain as error:
        refuse(field, f"is no JSON, and read as packed tests it {error}", "send it as JSON")
    if isinstance(found, str) and found.count("[") + found.count("{") > MOST_OBJECTS:
        refuse(field, f"packs more than {MOST_OBJECTS} lists and objects", "send it as JSON")
    return decoded(found, field)


def _recognises(row: Row) -> bool:
    return any(row.get(key) for key in _KEYS)


def _read(row: Row) -> Reading:
    tests = [
        test for key in _KEYS if row.get(key) for test in as_list(packed_tests(row[key], key), key)
    ]
    if not tests:
        refuse_empty("private_test_cases")
    context = Context(
        field="public_test_cases and private_test_cases",
        function=function_of(row.get("metadata"), "metadata"),
        starter=optional_text(row, "starter_code"),
    )
    return from_records(tests, context)


def function_of(metadata: Any, field: str) -> str | None:
    """The name of the function that metadata gives, as an object or as text of one."""
    if not metadata:
        return None
    found = as_object(decoded(metadata, field), field)
    name = found.get("func_name")
    return as_text(name, f"{field}.func_name") if name else None


def _solutions(row: Row) -> Sequence[Solution]:
    return [Solution(source, "python") for source in listed(row.get("solutions"))]


LIVECODEBENCH = Family(
    name="livecodebench",
    title="LiveCodeBench",
    recognises=_recognises,
    read=_read,
    solutions=_solutions,
)
