"""Exception classes of libraries, which both sides have: which of them the other side may name.

What a program raises comes up in the midst of the tests. So it may raise what a test could catch,
and nothing by which a library, a framework of tests or the examiner is told what to do.
"""

import builtins
import sys
import types
from typing import Any, TypeGuard

TESTS = "__tests__"
"""Name of the module that the tests are."""
_OWN = __name__.partition(".")[0]
_DECIDING = frozenset(
    (_OWN, TESTS, "__main__", "unittest", "pytest", "_pytest", "hypothesis", "doctest", "bdb")
)
"""Packages whose exceptions say what becomes of a test, or are the tests' own to raise."""


def name_of(kind: type) -> str:
    """The name of a class with its module, or the one by which the other side told of it."""
    told = vars(kind).get("__told__")
    if type(told) is str:
        return told
    module, name = (type.__getattribute__(kind, each) for each in ("__module__", "__name__"))
    return name if module == builtins.__name__ else f"{module}.{name}"


def library_class(name: str) -> type[Exception] | None:
    """The class of a library under that name, where its module has been imported here.

    Never one that has to be made by code of its own.
    """
    module, _, own = name.rpartition(".")
    if module.partition(".")[0] in _DECIDING or own.startswith("_"):
        return None
    place = sys.modules.get(module)
    # A module of another type may be one that imports more once it is looked into.
    kind = vars(place).get(own) if type(place) is types.ModuleType else None
    return kind if _is_raisable(kind) and name_of(kind) == name else None


def _is_raisable(kind: Any) -> TypeGuard[type[Exception]]:
    if type(kind) is not type or not issubclass(kind, Exception):
        return False
    built_in = next(each for each in kind.__mro__ if each.__module__ == builtins.__name__)
    return kind.__new__ is built_in.__new__ and not issubclass(kind, AssertionError)
