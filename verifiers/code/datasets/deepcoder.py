"""DeepCoder-Preview, all four of its parts; and rStar-Coder, whose tests are in two columns.

{"problem", "tests": "[{\"type\": \"function_call\", \"input\", \"output\", \"fn_name\"}]",
 "solutions", "metadata", "starter_code"}
{"question_id", "question", "starter_code", "inputs", "outputs", "func_name", "class_name"}
"""

from collections.abc import Mapping, Sequence

from verifiers.code.datasets.cases import Context, from_columns, from_tests
from verifiers.code.datasets.fields import looks_structured, optional_text, refuse
from verifiers.code.datasets.livecodebench import function_of
from verifiers.code.datasets.programs import listed
from verifiers.code.datasets.reading import Family, Reading, Row, Solution


def _is_deepcoder(row: Row) -> bool:
    tests = row.get("tests")
    if isinstance(tests, list):
        # Tests with other keys may be meant for a verifier as they are.
        return bool(tests) and isinstance(tests[0], Mapping) and "input" in tests[0]
    known = isinstance(tests, Mapping) and tests.keys() >= {"inputs", "outputs"}
    return known or looks_structured(tests)


def _read_bare(row: Row) -> Reading:
    return from_tests(row["tests"], Context(field="the tests"))


def _read_deepcoder(row: Row) -> Reading:
    context = Context(
        field="tests",
        function=function_of(row.get("metadata"), "metadata"),
        starter=optional_text(row, "starter_code"),
        site=f"{row.get('source') or ''} {row.get('url') or ''}",
    )
    return from_tests(row["tests"], context)


def _is_rstar(row: Row) -> bool:
    return row.keys() >= {"inputs", "outputs"}


def _read_rstar(row: Row) -> Reading:
    if row.get("class_name") not in (None, "", "Solution"):
        refuse("class_name", "names a class to test, which rows of calls cannot", "use Solution")
    context = Context(
        field="inputs and outputs",
        function=optional_text(row, "func_name") or None,
        starter=optional_text(row, "starter_code"),
        site=f"{row.get('source') or ''} {row.get('url') or ''}",
    )
    return from_columns(row, context)


def _solutions(row: Row) -> Sequence[Solution]:
    found = listed(row.get("solutions")) or listed(row.get("code"))
    return [Solution(source, "python") for source in found]


DEEPCODER = Family(
    name="deepcoder",
    title="DeepCoder-Preview",
    recognises=_is_deepcoder,
    read=_read_deepcoder,
    solutions=_solutions,
)
RSTAR_CODER = Family(
    name="rstar_coder",
    title="rStar-Coder, bare inputs and outputs",
    recognises=_is_rstar,
    read=_read_rstar,
    solutions=_solutions,
)
BARE = Family(
    name="tests",
    title="lists of tests without a row",
    recognises=lambda _: False,
    read=_read_bare,
)
