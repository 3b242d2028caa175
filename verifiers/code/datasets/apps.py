"""APPS, TACO and TACO-verified; also LiveCodeBench's form for evaluation.

{"input_output": "{\"inputs\": [...], \"outputs\": [...], \"fn_name\": ...}", "starter_code",
 "source" or "url", "solutions", "time_limit", "memory_limit"}
"""

from collections.abc import Mapping, Sequence

from verifiers.code.datasets.cases import Context, from_tests
from verifiers.code.datasets.fields import optional_text, refuse_empty
from verifiers.code.datasets.limits import limits
from verifiers.code.datasets.programs import listed
from verifiers.code.datasets.reading import Family, Reading, Row, Solution


def _recognises(row: Row) -> bool:
    # LeetCodeDataset has a list of examples there, beside its tests.
    return isinstance(row.get("input_output"), Mapping | str)


def _read(row: Row) -> Reading:
    context = Context(
        field="input_output",
        starter=optional_text(row, "starter_code"),
        site=f"{row.get('source') or ''} {row.get('url') or ''}",
    )
    if not row["input_output"]:
        refuse_empty("input_output")
    reading = from_tests(row["input_output"], context)
    options = limits(row.get("time_limit"), row.get("memory_limit"))
    return Reading(verifier=reading.verifier, reference=reading.reference, options=options)


def _solutions(row: Row) -> Sequence[Solution]:
    return [Solution(source, "python") for source in listed(row.get("solutions"))]


APPS = Family(
    name="apps", title="APPS, TACO", recognises=_recognises, read=_read, solutions=_solutions
)
