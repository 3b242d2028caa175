"""What is made of a row of a dataset: the verifier to judge it with, its reference and options."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A row, as a verifier takes it."""

    verifier: str
    """Name of the verifier that judges completions of this row."""
    reference: Any
    """As that verifier takes it."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """What the row says of limits and language; options of a request come before it."""


@dataclass(frozen=True, slots=True)
class Solution:
    """A program or answer that the dataset gives as right."""

    completion: str
    language: str | None = None
    """None is the language of the row's options, or the verifier's default."""


def _none(_: Row) -> Sequence[Solution]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Datasets of one shape."""

    name: str
    """As it is called on the command line and in `{"dataset": name, "row": ...}`."""
    title: str
    """The datasets themselves, for people."""
    recognises: Callable[[Row], bool]
    """Whether a row has the keys of this shape; never raises."""
    read: Callable[[Row], Reading]
    """Raises InvalidReference with the field and a remedy when the row cannot be used."""
    solutions: Callable[[Row], Sequence[Solution]] = _none
    """The reference solutions that the row has; those that cannot be read are left out."""
