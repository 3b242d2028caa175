"""Whether a result is the one expected: pure functions over plain values of JSON.

Equal are null and null, the same truth value, the same number, the same text, lists of equal items
in the same order, and objects with the same keys and equal values. A truth value is no number.
Integers are compared exactly, whatever their size; NaN equals NaN only; -0.0 equals 0.0.
"""

import math
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, NamedTuple

_SHOWN_CHARACTERS = 80


class Foreign(NamedTuple):
    """A result, or part of one, that is no value of JSON. Equal to nothing."""

    kind: str


class Unordered(NamedTuple):
    """The items of a set. Equal to a list only where order is free."""

    items: list[Any]


class NoNodes(NamedTuple):
    """A linked list or tree without nodes. Equal to [] and to null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What else counts as equal."""

    order: Literal["kept", "free", "free_deep"] | str = "kept"
    """Of the items of the outermost list, or of all lists."""
    strict_numbers: bool = False
    """Whether 1 and 1.0 differ."""
    abs_tolerance: float = 0.0
    rel_tolerance: float = 0.0


class Difference(NamedTuple):
    """The first place where a result is not what was expected."""

    path: str
    """Such as `[3]["name"]`; empty for the whole result."""
    what: str
    """How it differs, without what was expected."""
    actual: Any
    expected: Any

    def describe(self, *, reveal_expected: bool = False) -> str:
        """A sentence for a reader, which names the expected value only where that is wanted."""
        found = f"result{self.path} {self.what}"
        if not reveal_expected:
            return found
        return f"{found}: expected {_shown(self.expected)}, found {_shown(self.actual)}"


def first_difference(actual: Any, expected: Any, rules: Rules) -> Difference | None:
    """None if `actual` is equal to `expected`, a value of JSON, under these rules."""
    if rules.order == "kept" or isinstance(actual, NoNodes):
        return _difference("", actual, expected, rules)
    deep = rules.order == "free_deep"
    if isinstance(actual, Unordered):
        actual = actual.items
    keys = [_key(value, rules, free=True, deep=deep) for value in (actual, expected)]
    if keys[0] == keys[1]:
        return None
    if type(actual) is type(expected) is list and len(actual) != len(expected):
        return Difference("", f"has {len(actual)} items, too many or too few", actual, expected)
    return Difference("", "differs", actual, expected)


def _difference(path: str, actual: Any, expected: Any, rules: Rules) -> Difference | None:
    if type(expected) is list and type(actual) is list:
        return _difference_of_lists(path, actual, expected, rules)
    if type(expected) is dict and type(actual) is dict:
        return _difference_of_objects(path, actual, expected, rules)
    if _atoms_equal(actual, expected, rules):
        return None
    if isinstance(actual, Foreign):
        return Difference(path, f"is a {actual.kind}, no value of JSON", actual, expected)
    if _kind(actual) != _kind(expected):
        return Difference(path, f"should not be {_kind(actual)}", actual, expected)
    return Difference(path, "differs", actual, expected)


def _difference_of_lists(
    path: str, actual: list[Any], expected: list[Any], rules: Rules
) -> Difference | None:
    for index, (one, other) in enumerate(zip(actual, expected, strict=False)):
        if found := _difference(f"{path}[{index}]", one, other, rules):
            return found
    if len(actual) == len(expected):
        return None
    many = "many" if len(actual) > len(expected) else "few"
    return Difference(path, f"has {len(actual)} items, too {many}", actual, expected)


def _difference_of_objects(
    path: str, actual: dict[str, Any], expected: dict[str, Any], rules: Rules
) -> Difference | None:
    for key, other in expected.items():
        if key not in actual:
            return Difference(path, "lacks a key", actual, expected)
        if found := _difference(f"{path}[{_shown(key)}]", actual[key], other, rules):
            return found
    if len(actual) == len(expected):
        return None
    return Difference(path, "has a key too many", actual, expected)


def _atoms_equal(actual: Any, expected: Any, rules: Rules) -> bool:
    """Whether two values are equal of which at least one is neither list nor object."""
    if isinstance(actual, NoNodes):
        return expected is None or (type(expected) is list and not expected)
    if _is_number(actual) and _is_number(expected):
        return _numbers_equal(actual, expected, rules)
    return type(actual) is type(expected) and type(actual) in _SCALARS and actual == expected


_SCALARS = (type(None), bool, str)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _numbers_equal(actual: float, expected: float, rules: Rules) -> bool:
    if rules.strict_numbers and type(actual) is not type(expected):
        return False
    if actual != actual or expected != expected:
        return actual != actual and expected != expected
    if actual == expected:
        return True
    is_exact = not (rules.abs_tolerance or rules.rel_tolerance)
    if is_exact or type(actual) is type(expected) is int:
        return False
    try:
        if type(expected) is int:  # a count is not right to six digits
            return abs(Fraction(actual) - expected) <= rules.abs_tolerance
        return math.isclose(
            actual, expected, rel_tol=rules.rel_tolerance, abs_tol=rules.abs_tolerance
        )
    except OverflowError:  # an integer beyond the range of a double, or an infinity
        return False


def _key(value: Any, rules: Rules, *, free: bool, deep: bool) -> Any:
    """Something hashable that two values have in common exactly if they are equal."""
    if type(value) is list:
        keys = [_key(each, rules, free=deep, deep=deep) for each in value]
        return ("bag", frozenset(Counter(keys).items())) if free else ("list", *keys)
    if type(value) is dict:
        keys = [(key, _key(each, rules, free=deep, deep=deep)) for key, each in value.items()]
        return ("object", frozenset(keys))
    if isinstance(value, Unordered):
        if not deep:
            return object()
        return _key(value.items, rules, free=True, deep=True)
    if isinstance(value, NoNodes):
        return _key([], rules, free=free, deep=deep)
    if isinstance(value, Foreign):
        return object()  # which equals nothing else
    if _is_number(value):
        return _number_key(value, rules)
    return (type(value).__name__, value)


def _number_key(number: float, rules: Rules) -> tuple[str, str]:
    # As text, whose hash nobody can choose: equal hashes would cost quadratic time.
    if type(number) is float and number.is_integer() and not rules.strict_numbers:
        return ("number", str(int(number)))
    if type(number) is float and number == 0:
        number = 0.0
    return ("number", repr(number))


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a truth value"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case Unordered():
            return "a set"
        case dict():
            return "an object"
        case NoNodes():
            return "an empty list"
        case _:
            return "a list"


def _shown(value: Any) -> str:
    text = repr(value) if _is_small(value) else f"{_kind(value)} of {len(value)} items"
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def _is_small(value: Any) -> bool:
    return not isinstance(value, (list, dict)) or len(value) <= _SHOWN_CHARACTERS
