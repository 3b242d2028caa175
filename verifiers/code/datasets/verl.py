"""verl's envelope, in which PRIME's Eurus-2, Skywork-OR1, DAPO, GURU and rllm's rows come.

{"data_source", "prompt", "ability", "reward_model": {"style", "ground_truth"}, "extra_info"}
"""

import re
from collections.abc import Mapping
from typing import Any

from verifiers.code.datasets.cases import Context, from_tests
from verifiers.code.datasets.fields import (
    as_list,
    as_object,
    as_text,
    decoded,
    is_structured,
    optional_text,
    refuse,
)
from verifiers.code.datasets.humaneval import check_of
from verifiers.code.datasets.kodcode import from_pytest
from verifiers.code.datasets.maths import is_about_maths, maths
from verifiers.code.datasets.reading import Family, Reading, Row

_FIELD = "reward_model.ground_truth"
_CHECK_CALL = re.compile(r"^check\(([\w.()]+)\)\s*\Z", re.MULTILINE)


def _recognises(row: Row) -> bool:
    envelope = row.get("reward_model")
    return isinstance(envelope, Mapping) and "ground_truth" in envelope


def _read(row: Row) -> Reading:
    truth = row["reward_model"]["ground_truth"]
    said = f"{optional_text(row, 'ability')} {optional_text(row, 'data_source')}"
    if is_about_maths(said):
        return maths(truth, _FIELD)
    if not is_structured(truth):
        refuse(
            _FIELD,
            "is an answer, and neither `ability` nor `data_source` says of what kind",
            "set `ability` to `math`, or post it to the verifier that is to judge it",
        )
    extra = as_object(decoded(row.get("extra_info") or {}, "extra_info"), "extra_info")
    return from_ground_truth(decoded(truth, _FIELD), extra, str(row.get("data_source") or ""))


def from_ground_truth(truth: Any, extra: Mapping[str, Any], site: str) -> Reading:
    """The reading of tests in an envelope, by their keys. Raises InvalidReference."""
    if isinstance(truth, Mapping):
        if "functional" in truth:
            return _functional(truth["functional"], extra)
        if "pytest" in truth:
            return from_pytest(truth["pytest"], f"{_FIELD}.pytest")
        if truth.keys() >= {"test_code", "entry_point"}:
            prefix = optional_text(truth, "import_prefix", f"{_FIELD}.")
            test = as_text(truth["test_code"], f"{_FIELD}.test_code")
            return check_of(test, truth["entry_point"], prefix)
    else:
        as_list(truth, _FIELD)
    starter = optional_text(extra, "starter_code", "extra_info.")
    return from_tests(truth, Context(field=_FIELD, starter=starter, site=site))


def _functional(source: Any, extra: Mapping[str, Any]) -> Reading:
    """Tests of GURU and rllm: a script that ends by calling `check`, behind a prefix of the row."""
    field = f"{_FIELD}.functional"
    tests = as_text(source, field)
    prefix = optional_text(extra, "prefix", "extra_info.")
    call = _CHECK_CALL.search(tests)
    if call is not None:
        return check_of(tests[: call.start()], call[1], prefix)
    if prefix:
        refuse(field, "has a prefix, but does not end with `check(...)`", "add the call")
    return Reading(verifier="code.asserts", reference={"tests": tests})


VERL = Family(
    name="verl",
    title="verl's envelope: Eurus-2 (PRIME), Skywork-OR1, DAPO, GURU, rllm",
    recognises=_recognises,
    read=_read,
)
