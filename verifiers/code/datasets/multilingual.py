"""MultiPL-E, HumanEval-X and MBXP: tests that are appended to the solution, in many languages.

{"name", "language": "cpp", "prompt", "tests", "stop_tokens"}
{"task_id": "CPP/0", "prompt", "declaration", "canonical_solution", "test", "import"?,
 "test_setup"?}
{"task_id", "language", "prompt", "test", "entry_point", "canonical_solution"?}
"""

from collections.abc import Sequence

from verifiers.code.datasets.fields import as_text, optional_text, refuse, refuse_empty
from verifiers.code.datasets.reading import Family, Reading, Row, Solution

#: Names of the datasets that the language table does not know.
_ALIASES = {"go_test.go": "go"}


def _is_multipl_e(row: Row) -> bool:
    return row.keys() >= {"prompt", "tests"} and bool(row.keys() & {"stop_tokens", "doctests"})


def _read_multipl_e(row: Row) -> Reading:
    language = _language(row.get("language"), "language")
    return _appended(language, optional_text(row, "prompt"), _source(row, "tests"))


def _is_humaneval_x(row: Row) -> bool:
    return row.keys() >= {"declaration", "test", "prompt"}


def _read_humaneval_x(row: Row) -> Reading:
    language = _language_of_task(row)
    setup = "\n".join(
        part for key in ("import", "test_setup") if (part := optional_text(row, key).strip())
    )
    prompt = optional_text(row, "prompt")
    return _appended(language, prompt, _source(row, "test"), setup=setup)


def _is_mbxp(row: Row) -> bool:
    return row.keys() >= {"prompt", "test", "entry_point", "language"}


def _read_mbxp(row: Row) -> Reading:
    language = _language(row.get("language"), "language")
    reading = _appended(language, optional_text(row, "prompt"), _source(row, "test"))
    entry_point = as_text(row["entry_point"], "entry_point")
    reference = {**reading.reference, "entry_point": entry_point}
    return Reading(verifier=reading.verifier, reference=reference, options=reading.options)


def _appended(language: str, prompt: str, tests: str, *, setup: str = "") -> Reading:
    reference = {"tests": tests, "prompt": prompt, "setup": setup}
    return Reading(
        verifier="code.asserts",
        reference={key: value for key, value in reference.items() if value},
        options={"language": language},
    )


def _language_of_task(row: Row) -> str:
    name, slash, _ = optional_text(row, "task_id").partition("/")
    if not slash:
        refuse("task_id", "names no language, as `CPP/0` does", "add `language`, or the prefix")
    return _language(name, "task_id")


def _language(value: object, field: str) -> str:
    name = as_text(value, field).strip().lower()
    if not name:
        refuse(field, "is empty", "name the language of the tests")
    return _ALIASES.get(name, name)


def _source(row: Row, key: str) -> str:
    source = as_text(row[key], key)
    if not source.strip():
        refuse_empty(key)
    return source


def _solutions(row: Row) -> Sequence[Solution]:
    body, prompt = row.get("canonical_solution"), row.get("prompt")
    if not isinstance(body, str) or not isinstance(prompt, str) or not body.strip():
        return ()
    return [Solution(prompt + body)]


MULTIPL_E = Family(
    name="multipl_e", title="MultiPL-E", recognises=_is_multipl_e, read=_read_multipl_e
)
HUMANEVAL_X = Family(
    name="humaneval_x",
    title="HumanEval-X",
    recognises=_is_humaneval_x,
    read=_read_humaneval_x,
    solutions=_solutions,
)
MBXP = Family(name="mbxp", title="MBXP", recognises=_is_mbxp, read=_read_mbxp, solutions=_solutions)
