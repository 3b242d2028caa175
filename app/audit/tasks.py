"""The tasks of a file that is audited: rows of datasets, or items with a solution."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from verifiers import InvalidReference
from verifiers.code.datasets import Solution, named, recognise

_SOLUTION = ("solution", "completion")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedTask:
    """A task, with what its dataset says is right."""

    verifier: str
    reference: Any
    options: Mapping[str, Any] = field(default_factory=dict)
    solutions: Sequence[Solution] = ()

    def item(self, completion: str, **options: Any) -> dict[str, Any]:
        """An item that judges a completion of this task."""
        mine = {**self.options, "cache": False, **options}
        if self.verifier.startswith("code."):
            mine["extract"] = "whole"
        return {
            "verifier": self.verifier,
            "completion": completion,
            "reference": self.reference,
            "options": mine,
        }


def task_of(row: Mapping[str, Any], *, dataset: str | None) -> AuditedTask:
    """The task of a row: of `dataset` if that is named, else by its keys.

    A row with `verifier` and `reference` is an item as `POST /v1/score` takes it; its right answer
    is in `solution`. Raises InvalidReference for a row that is broken, ambiguous or not known.
    """
    if dataset is None and row.keys() >= {"verifier", "reference"}:
        return _of_item(row)
    found = recognise(row) if dataset is None else (named(dataset), row)
    if found is None:
        keys = ", ".join(map(str, row))[:200]
        raise InvalidReference(f"the row has {keys}, which is the shape of no known dataset")
    family, row = found
    reading = family.read(row)
    return AuditedTask(
        verifier=reading.verifier,
        reference=reading.reference,
        options=reading.options,
        solutions=family.solutions(row),
    )


def _of_item(row: Mapping[str, Any]) -> AuditedTask:
    options = row.get("options") or {}
    if not isinstance(row["verifier"], str) or not isinstance(options, Mapping):
        raise InvalidReference("the item has a verifier that is no text, or options of no object")
    solutions = [row[key] for key in _SOLUTION if isinstance(row.get(key), str)][:1]
    return AuditedTask(
        verifier=row["verifier"],
        reference=row["reference"],
        options=options,
        solutions=[Solution(text) for text in solutions],
    )
