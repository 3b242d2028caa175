"""What instances of classes that derive from built-in types are as values of these types."""

import collections
from collections.abc import Callable
from typing import Any

IMMUTABLE = frozenset((int, float, str, bytes, tuple, frozenset))
"""Built-in types whose instances bring that value along wherever they go."""

# Built-in types that others derive from, with how to copy what is theirs in an instance. None of it
# can be overridden by the deriving class.
_PARTS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (int, int.__index__),
    (float, float.__float__),
    (str, str.__str__),
    (bytes, lambda v: bytes.__getitem__(v, slice(None))),
    (tuple, lambda v: tuple.__getitem__(v, slice(None))),
    (frozenset, lambda v: frozenset(frozenset.__iter__(v))),
    (list, lambda v: list.__getitem__(v, slice(None))),
    (dict, lambda v: dict(dict.items(v))),
    (set, lambda v: set(set.__iter__(v))),
    (collections.deque, lambda v: collections.deque(collections.deque.__iter__(v))),
    (type({}.keys()), set),
    (type({}.items()), set),
)


def builtin_part(value: Any) -> Any:
    """What an instance of a class that derives from a built-in type is as one; else NotImplemented.

    Views of dictionaries are as sets.
    """
    kind = type(value)
    copy = next((copy for base, copy in _PARTS if issubclass(kind, base)), None)
    try:
        return NotImplemented if copy is None else copy(value)
    except TypeError:  # a view of what has no hash
        return NotImplemented
