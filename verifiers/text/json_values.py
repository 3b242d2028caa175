"""JSON as RFC 8259 has it and no more: strict parsing, bounds, and equality of values."""

import json
import math
from typing import Any

MAX_CHARS = 1_000_000
MAX_DEPTH = 100


class InvalidJson(ValueError):
    """The text is not JSON, or is larger than anyone needs; the message says which."""


def parse_json(text: str) -> Any:
    """The value that `text` spells.

    Raises InvalidJson also for what Python's own parser lets pass: NaN and infinities, numbers
    that overflow, an object with the same key twice.
    """
    if len(text) > MAX_CHARS:
        raise InvalidJson(f"{len(text)} characters are more than the {MAX_CHARS} allowed")
    try:
        value = json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            object_pairs_hook=_unique_keys,
        )
    except InvalidJson:
        raise
    except ValueError as error:
        raise InvalidJson(f"not valid JSON: {error}") from error
    except RecursionError as error:
        raise InvalidJson(f"nested deeper than {MAX_DEPTH} levels") from error
    check_bounds(value)
    return value


def check_bounds(value: Any) -> None:
    """Raise InvalidJson unless `value` is plain JSON data, finite and nested within bounds."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        if not level:
            return
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                if not all(isinstance(key, str) for key in item):
                    raise InvalidJson("keys must be strings")
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
            elif isinstance(item, float) and not math.isfinite(item):
                raise InvalidJson(f"{item} is no JSON number")
            elif not (item is None or isinstance(item, str | int | float)):
                raise InvalidJson(f"{type(item).__name__} is no JSON type")
        level = inner
    raise InvalidJson(f"nested deeper than {MAX_DEPTH} levels")


def json_equal(left: Any, right: Any) -> bool:
    """Whether two values mean the same: numbers by value, objects whatever the order of keys.

    1 equals 1.0, as in JSON there is only one kind of number; true does not equal 1.
    """
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            json_equal(left[key], right[key]) for key in left
        )
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(json_equal, left, right))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _refuse_constant(name: str) -> Any:
    raise InvalidJson(f"{name} is no JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise InvalidJson(f"the number {digits[:40]} is too large")
    return number


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise InvalidJson("an object has the same key twice")
    return members
