"""Immortal objects, which those who use them do not write to (PEP 683, from Python 3.12 on).

Each use of an object counts in its own memory who uses it, and the first write to a page that a
fork shares copies the page. What a warm interpreter holds its children never free: that need not be
counted.
"""

import _io
import ctypes
import gc
import sys
import types
from collections.abc import Iterator

_HEADER_BYTES = 16
"""Of an object: the count, and its type. Builds without the lock, or for debugging, have more."""


def make_immortal() -> None:
    """Make all that the collector knows of immortal, and what that holds of code, texts and
    numbers; nothing where the interpreter has no such.

    All but streams, which write out what they hold when they are freed.
    """
    if _is_possible():
        count = _count_of(None).value
        for each in _reachable():
            if not issubclass(type(each), _io._IOBase):  # `isinstance` may ask the object itself
                _count_of(each).value = count


def _reachable() -> Iterator[object]:
    for known in gc.get_objects():
        yield known
        for held in gc.get_referents(known):
            yield from _with_constants(held)


def _with_constants(held: object) -> Iterator[object]:
    """It, and if it is code its constants, which the collector does not know of."""
    yield held
    if type(held) is types.CodeType:
        for constant in held.co_consts:
            yield from _with_constants(constant)


def _is_possible() -> bool:
    if object.__basicsize__ != _HEADER_BYTES or sys.byteorder != "little":
        return False
    probe = object()
    _count_of(probe).value = _count_of(
        None
    ).value  # where that is just a number, this one is never freed
    before = sys.getrefcount(probe)
    others = [probe] * 3
    return sys.getrefcount(others[0]) == before


def _count_of(what: object) -> ctypes.c_uint32:
    return ctypes.c_uint32.from_address(id(what))
