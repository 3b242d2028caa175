"""Comparisons by NumPy of nothing with something.

An empty array is close to any number, and to any array with which it goes together by NumPy's
rules: all that is said of its items holds. Where tests compare what the program gave with what they
expect, that would assert nothing, whatever is expected.
"""

import functools
import importlib
from collections.abc import Callable
from typing import Any

from .peer import Proxy
from .proxies import RemoteObject

_FUNCTIONS = {
    "numpy": ("allclose", "isclose", "array_equiv"),
    "numpy.testing": (
        *("assert_allclose", "assert_almost_equal", "assert_array_almost_equal", "assert_equal"),
        *("assert_array_almost_equal_nulp", "assert_array_equal", "assert_array_less"),
        *("assert_array_max_ulp",),
    ),
}

_SIDES = frozenset(("actual", "desired", "x", "y", "a", "b", "a1", "a2"))
"""What they call the two that they compare."""


def refuse_emptiness() -> None:
    """From now on these comparisons of nothing with something fail, where NumPy is."""
    for name, functions in _FUNCTIONS.items():
        try:
            module = importlib.import_module(name)
        except ImportError:
            return
        for function in functions:
            setattr(module, function, _refusing(getattr(module, function)))


def _refusing(compare: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(compare)
    def refuse(*args: Any, **kwargs: Any) -> Any:
        sides = [_with_one_length(each) for each in args[:2]]
        named = {name: _with_one_length(kwargs[name]) for name in _SIDES & kwargs.keys()}
        if len({_is_empty(each) for each in (*sides, *named.values())}) == 2:
            raise AssertionError("nothing is compared with something")
        return compare(*sides, *args[2:], **{**kwargs, **named})

    return refuse


def _with_one_length(value: Any) -> Any:
    """An object of the program's may be of another length each time that it is asked."""
    if issubclass(type(value), RemoteObject) and hasattr(type(value), "__len__"):
        return importlib.import_module("numpy").asarray(value)
    return value


def _is_empty(value: Any) -> bool:
    if issubclass(type(value), Proxy):
        return False
    if type(value) in (list, tuple):
        return len(value) == 0
    return getattr(value, "size", 1) == 0
