"""What may be asked for beyond equality, strict by default, and what comes back of a check."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypedDict

from pydantic import Field

from verifiers.base import Options, Strict

Kind = Literal[
    "auto",
    "number",
    "expression",
    "set",
    "interval",
    "tuple",
    "matrix",
    "equation",
    "choice",
    "text",
]


class Tolerance(Strict):
    """How far a number may be from the gold answer; either bound is enough."""

    absolute: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    relative: Annotated[float, Field(ge=0, lt=1)] = 0.0


class MathOptions(Options):
    """Options of `math`. Unless one says otherwise, only equal answers are right."""

    tolerance: Tolerance | Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    """How far a number may be off; a bare number is an absolute distance."""
    percent: Literal["either", "strict"] = "either"
    """10% is 0.1. `either` also takes 10 for 10% and 10% for 10, but not where a bare number
    up to 1 would mean something else; `strict` does not."""
    unit_required: bool = False
    """Whether an answer without the gold answer's unit is wrong. Another unit always is."""
    ordered: bool | None = None
    """Whether lists must be in order; None: tuples must, sets and bare lists need not."""
    base_required: bool = True
    """Whether an answer to a gold in base b must name that base too."""
    significant_digits: Annotated[int, Field(ge=1, le=30)] | None = None
    """A decimal with at least that many digits is right for an exact gold that rounds to it."""
    log_base: Literal["either", "e", "10"] = "either"
    """What a bare \\log of a number is. `either` takes whichever makes both texts agree, the same
    for both; of variables it is the natural one."""
    chains: bool = True
    """Whether `a = b = c` is read as an answer; all its members must agree with the gold."""
    decimal_comma: bool = True
    """Whether 0,5 is 0.5 where the gold answer is a broken number, and so no list is asked for."""
    constant_of_integration: Literal["required", "optional"] = "required"
    """Whether an answer to a gold with `+ C` may leave it out."""
    choices: Mapping[str, str] = {}
    """Letters with their contents; an answer may then name either."""
    last_number: bool = False
    """Whether the last number of a text without any other sign of an answer is its answer."""


class Checked(TypedDict, total=False):
    """What became of a check: `problem`, `costly_s`, or `answer` and what was judged of it."""

    problem: str
    """Why a gold cannot be read or evaluated."""
    costly_s: float
    """CPU seconds after which it turned out to need algebra."""
    answer: str | None
    source: str
    right: bool
    tier: str
    reason: str
    hurried: bool
    """Whether there was no time to compare the answer to the end."""
