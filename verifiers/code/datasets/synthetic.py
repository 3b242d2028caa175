"""SYNTHETIC-1 and -2, verifiable-coding-problems, INTELLECT-3, NeMo Gym: what to check, in a field.

{"task_type"?, "gold_standard_solution", "verification_info": text or object of
 {"language": "python", "test_cases": [{"type", "input", "output", "fn_name"}]}
 or {"ground_truth": ...}}
{"question", "info": "{\"tests\": \"{\\\"inputs\\\", \\\"outputs\\\"}\", \"source\"}"}
{"verifier_metadata": {"unit_tests": {"inputs", "outputs", "fn_name"}}}
"""

from collections.abc import Mapping, Sequence
from typing import Any

from verifiers.code.datasets.cases import Context, from_tests
from verifiers.code.datasets.fields import as_object, decoded, optional_text, refuse
from verifiers.code.datasets.maths import is_about_maths, maths
from verifiers.code.datasets.programs import listed
from verifiers.code.datasets.reading import Family, Reading, Row, Solution


def _is_synthetic(row: Row) -> bool:
    return "verification_info" in row


def _read_synthetic(row: Row) -> Reading:
    field = "verification_info"
    info = as_object(decoded(row[field], field), field)
    tests = info.get("test_cases", info.get("unit_tests"))
    truth = info.get("ground_truth")
    if tests is not None and truth is not None:
        refuse(field, "has both tests and a `ground_truth`", "leave one of them out")
    if tests is not None:
        reading = from_tests(tests, Context(field=f"{field}.test_cases", site=_site(row)))
        options = _language(info)
        return Reading(verifier=reading.verifier, reference=reading.reference, options=options)
    kinds = optional_text(row, "task_type")
    if truth is None:
        refuse(field, f"has neither `test_cases` nor `ground_truth`{_of(kinds)}", "leave it out")
    if not is_about_maths(kinds):
        refuse(
            f"{field}.ground_truth",
            f"is an answer, but not said to be one of mathematics{_of(kinds)}",
            "set `task_type` to `verifiable_math`, or post it to the verifier that is to judge it",
        )
    return maths(truth, f"{field}.ground_truth")


def _of(kinds: str) -> str:
    return f", in a row of the type {kinds[:60]!r}" if kinds else ""


def _language(info: Mapping[str, Any]) -> dict[str, str]:
    language = optional_text(info, "language", "verification_info.")
    return {"language": language} if language else {}


def _site(row: Row) -> str:
    return f"{row.get('source') or ''} {row.get('url') or ''}"


def _is_intellect(row: Row) -> bool:
    info = row.get("info")
    return (isinstance(info, Mapping) and "tests" in info) or (
        isinstance(info, str) and '"tests"' in info
    )


def _read_intellect(row: Row) -> Reading:
    info = as_object(decoded(row["info"], "info"), "info")
    if "tests" not in info:
        refuse("info", "has no `tests`", "add them")
    site = f"{info.get('source') or ''} {_site(row)}"
    return from_tests(info["tests"], Context(field="info.tests", site=site))


def _is_nemo(row: Row) -> bool:
    metadata = row.get("verifier_metadata")
    return isinstance(metadata, Mapping) and "unit_tests" in metadata


def _read_nemo(row: Row) -> Reading:
    tests = row["verifier_metadata"]["unit_tests"]
    return from_tests(tests, Context(field="verifier_metadata.unit_tests"))


def _solutions(row: Row) -> Sequence[Solution]:
    found = listed(row.get("gold_standard_solution"))
    return [Solution(source) for source in found or listed(row.get("solutions"))]


SYNTHETIC = Family(
    name="synthetic",
    title="SYNTHETIC-1, SYNTHETIC-2, verifiable-coding-problems",
    recognises=_is_synthetic,
    read=_read_synthetic,
    solutions=_solutions,
)
INTELLECT = Family(
    name="intellect",
    title="INTELLECT-3-RL",
    recognises=_is_intellect,
    read=_read_intellect,
    solutions=_solutions,
)
NEMO = Family(name="nemo", title="NeMo Gym code_gen", recognises=_is_nemo, read=_read_nemo)
