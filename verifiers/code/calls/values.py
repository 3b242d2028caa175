"""Plain values of Python as JSON and back, for calls that go to a driver and what they gave.

null, true, 1, 1.5, "text"        themselves
{"t": kind, "v": [item, ...]}     a list, tuple, set or dict (as pairs)
"""

from collections.abc import Callable
from typing import Any

MOST_BITS = 14_000
"""Of an integer: those that are longer are not in JSON either."""
MOST_ITEMS = 1_000
"""Of a container. Hashing and sorting hostile items takes time by the square of their number."""
MOST_DEPTH = 30

SCALARS = frozenset((type(None), bool, int, float, str))
_MAKERS: dict[Any, Callable[[Any], Any]] = {"list": list, "tuple": tuple, "set": set, "dict": dict}
CONTAINERS = frozenset((list, tuple, set, dict))


class NotPlain(Exception):
    """A value, or a test, that is left to the examiner."""


def encoded(value: Any) -> Any:
    """Raises NotPlain."""
    kind = type(value)
    if kind is int and value.bit_length() > MOST_BITS:
        raise NotPlain("too large a number")
    if kind in SCALARS:
        return value
    if kind not in CONTAINERS or len(value) > MOST_ITEMS:
        raise NotPlain(f"a {kind.__name__} of that size")
    items = value.items() if kind is dict else value
    return {"t": kind.__name__, "v": [encoded(each) for each in items]}


def decoded(wire: Any, depth: int = 0) -> Any:
    """Raises NotPlain for everything that `encoded` does not make."""
    kind = type(wire)
    if kind in SCALARS:
        return wire
    if kind is not dict or wire.keys() != {"t", "v"} or depth > MOST_DEPTH:
        raise NotPlain("no value")
    make, items = _MAKERS.get(wire["t"]) if type(wire["t"]) is str else None, wire["v"]
    if make is None or type(items) is not list or len(items) > MOST_ITEMS:
        raise NotPlain("no container")
    try:
        return make([decoded(each, depth + 1) for each in items])
    except (TypeError, ValueError) as error:  # keys that cannot be hashed, or no pairs
        raise NotPlain(str(error)) from error
