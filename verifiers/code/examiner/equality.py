"""Equality of two objects of the program, asked so that an answer means something.

Whether two objects of a class under test are equal is that class's own word. A class that would say
yes to anything is not believed: what is equal must stop being so once some part of it is changed.
"""

import contextlib
import copy
from collections.abc import Iterator
from typing import Any

from .parts import builtin_part


def equal(left: Any, right: Any) -> bool | None:
    """Whether two objects are equal; None if they claim to be, and nothing tells them apart from
    others of their class."""
    answer = left == right
    if not answer:
        return False
    if _claims_equal(left, object()) or _claims_equal(right, object()):
        return False
    changed = list(_changed(right))
    if not changed:
        return None
    return not all(_claims_equal(left, each) for each in changed)


def _claims_equal(left: Any, right: Any) -> bool:
    try:
        return bool(left == right)
    except Exception:  # an honest class may fail on what it never meets
        return False


def _changed(value: Any) -> Iterator[Any]:
    """Copies of an object, each with one of its parts made another."""
    for name in _attributes(value):
        # What cannot be copied or set cannot be tried.
        with contextlib.suppress(Exception):
            other = copy.copy(value)
            object.__setattr__(other, name, _another(object.__getattribute__(value, name)))
            yield other
    with contextlib.suppress(Exception):
        yield from _other_part(value)


def _attributes(value: Any) -> list[str]:
    names = list(getattr(value, "__dict__", ()))
    for kind in type(value).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        names += [slots] if isinstance(slots, str) else slots
    return [name for name in names if hasattr(value, name)]


def _other_part(value: Any) -> Iterator[Any]:
    part = builtin_part(value)
    if type(part) in (list, dict, set):
        other = copy.copy(value)
        if type(part) is list:
            list.append(other, object())
        elif type(part) is dict:
            dict.__setitem__(other, object(), None)
        else:
            set.add(other, object())
        yield other
    elif type(part) in (int, float, str, bytes, tuple, frozenset):
        yield type(part).__new__(type(value), _another(part))


def _another(value: Any) -> Any:
    """A value of the same kind that is not equal to it."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float | complex):
        return value + 1
    if isinstance(value, str):
        return f"{value}\0"
    if isinstance(value, bytes):
        return value + b"\0"
    if type(value) in (list, tuple, frozenset):
        return type(value)([*value, object()])
    return object()
