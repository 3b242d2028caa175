"""Lets rows of datasets stand where a verifier expects its own reference."""

from collections.abc import Mapping
from typing import Any

from verifiers.code.datasets.families import recognise
from verifiers.code.datasets.reading import Reading

JUDGES = frozenset({"code.stdio", "code.function", "code.asserts", "code.unittest", "math"})
"""Verifiers that rows are read for."""


class OtherVerifier(ValueError):
    """The row is one for another verifier; the message names it."""


def reading_for(verifier: str, reference: Any) -> Reading | None:
    """The reading of what was sent as a reference of `verifier`; None if it is no known row.

    Raises InvalidReference for a row that is broken or ambiguous, OtherVerifier for one that this
    verifier does not judge.
    """
    if verifier not in JUDGES:
        return None
    found = recognise(reference)
    if found is None:
        return None
    family, row = found
    reading = family.read(row)
    if reading.verifier != verifier:
        raise OtherVerifier(
            f"is a row of {family.title} that {reading.verifier} judges, not {verifier}; name that "
            f"verifier, or `dataset`, which judges every row by its own"
        )
    return reading


def with_options(reading: Reading, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a row, with those that were asked for before them."""
    merged = {**reading.options, **asked}
    limits = asked.get("limits")
    if isinstance(limits, Mapping):
        merged["limits"] = {**reading.options.get("limits", {}), **limits}
    return merged
