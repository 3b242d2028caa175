"""Special methods: which of them a class has, and what they ask for."""

import builtins
import operator
from collections.abc import Callable
from typing import Any

BINARY = ("add", "mul", "pow", "matmul", "and", "or", "lshift", "rshift")
# These tell how far a value is from what it should be.
DIFFERENCES = ("sub", "truediv", "floordiv", "mod", "divmod", "xor")
_IN_PLACE = ("iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "iand", "ior", "ixor")
UNARY = ("neg", "pos", "abs", "invert", "int", "float", "index", "len", "bool", "round")
ORDERING = ("lt", "le", "gt", "ge")
_OTHER = (
    *("eq", "hash", "call", "getitem", "setitem", "delitem", "contains", "iter", "next"),
    *("reversed", "aiter", "anext", "await", "enter", "exit", "aenter", "aexit"),
)
_REFLECTED = tuple(f"r{name}" for name in (*BINARY, *DIFFERENCES))
NAMES = frozenset(
    f"__{name}__"
    for name in (*BINARY, *DIFFERENCES, *_IN_PLACE, *UNARY, *ORDERING, *_OTHER, *_REFLECTED)
)
UNHASHABLE = "unhashable"


def specials_of(kind: type) -> list[str]:
    """Which of these a class has of its own or from another than `object`."""
    found = {}
    for each in reversed(type.mro(kind)):
        if each is not object:
            found.update({name: value for name, value in vars(each).items() if name in NAMES})
    names = [name for name, value in found.items() if value is not None]
    return [*names, UNHASHABLE] if found.get("__hash__", 0) is None else names


def operation_of(name: str) -> str:
    """What a special method asks the other side for: `__radd__` for an addition."""
    plain = name.strip("_")
    if f"__{plain}__" in NAMES and plain in _REFLECTED:
        return plain[1:]
    return plain


def operations() -> dict[str, Callable[..., Any]]:
    """What the operators of the language do, under the names of the special methods."""
    names = (*BINARY, *DIFFERENCES, *_IN_PLACE, *UNARY, *ORDERING)
    found: dict[str, Callable[..., Any]] = {}
    for name in (*names, "eq", "getitem", "setitem", "delitem", "contains"):
        word = f"{name}_" if name in ("and", "or") else name
        found[name] = getattr(builtins, name, None) or getattr(operator, word)
    more = ("hash", "iter", "next", "reversed", "aiter", "getattr", "setattr", "delattr", "repr")
    return {
        **found,
        **{name: getattr(builtins, name) for name in (*more, "str", "format")},
        "call": _call,
    }


def _call(function: Any, /, *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)
