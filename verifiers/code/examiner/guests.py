"""What stands in the program for functions, iterators and objects of the tests."""

import operator
import types
from collections.abc import Callable
from typing import Any

from .derived import derived_from
from .peer import Peer, Proxy

_SPECIAL = (
    *("len", "iter", "getitem", "setitem", "delitem", "contains", "lt", "le", "gt"),
    *("ge", "add", "sub", "mul", "truediv", "floordiv", "mod", "neg", "abs", "bool"),
    *("int", "float", "hash", "repr", "str", "next"),
)


class RemoteFunction(Proxy):
    """A function of the tests that was given to the program."""

    def __init__(self, peer: Peer, number: int, name: str) -> None:
        self._peer = peer
        self._number = number
        self.__name__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._peer.request("call", self, *args, **kwargs)


class RemoteIterator(RemoteFunction):
    """An iterator of the tests, taken one item at a time."""

    def __iter__(self) -> "RemoteIterator":
        return self

    def __next__(self) -> Any:
        return self._peer.request("next", self)


class RemoteInstance(Proxy):
    """An object of a class that the tests define, such as a node of a list."""

    __slots__ = ("_number", "_peer")

    def __getattr__(self, name: str) -> Any:
        return _ask("getattr", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        _ask("setattr", self, name, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        peer: Peer = object.__getattribute__(self, "_peer")
        return peer.request("call", self, *args, **kwargs)

    def __eq__(self, other: object) -> bool:
        return self is other or _ask("eq", self, other) is True


def _ask(operation: str, instance: Any, *operands: Any) -> Any:
    peer: Peer = object.__getattribute__(instance, "_peer")
    return peer.request(operation, instance, *operands)


def _special(operation: str) -> Callable[..., Any]:
    return lambda self, *operands: _ask(operation, self, *operands)


for _name in _SPECIAL:
    setattr(RemoteInstance, f"__{_name}__", _special(_name))


def wrap(peer: Peer, number: int, kind: str, name: str, part: Any) -> Any:
    """The proxy of an object of the tests."""
    if part is not NotImplemented:
        return derived_from(part, peer, number)
    if kind != "instance":
        return (RemoteFunction if kind == "function" else RemoteIterator)(peer, number, name)
    proxy = object.__new__(RemoteInstance)
    object.__setattr__(proxy, "_peer", peer)
    object.__setattr__(proxy, "_number", number)
    return proxy


TESTS = "__tests__"
"""Name of the module that the tests are."""


# Modules whose functions do nothing but compute.
_HARMLESS = frozenset(
    (*("math", "cmath", "_operator", "_functools", "_bisect", "_heapq", "itertools"),)
)


def kind_of_tests(value: Any) -> str | None:
    """As what the tests may hand a thing to the program; None if they may not.

    Things to call, to iterate over, and objects of the tests' own classes.
    """
    kind = type(value)
    if _is_instance(value):
        return "instance"
    if kind is types.BuiltinFunctionType:
        home = value.__self__
        harmless = not isinstance(home, types.ModuleType) or home.__name__ in _HARMLESS
        return "function" if harmless else None
    if issubclass(kind, type):
        return None
    if callable(value):
        return "function"
    return "object" if hasattr(kind, "__next__") else None


def _is_instance(value: Any) -> bool:
    kind = type(value)
    return getattr(kind, "__module__", None) == TESTS and not issubclass(kind, type)


def _attribute(instance: Any, name: str) -> Any:
    """What such an object tells the program: what it was given, and its own methods."""
    _check(instance, name)
    return getattr(instance, name)


def _set_attribute(instance: Any, name: str, value: Any) -> None:
    _check(instance, name)
    setattr(instance, name, value)


def _check(instance: Any, name: str) -> None:
    if not _is_instance(instance) or type(name) is not str or name.startswith("__"):
        raise AttributeError(f"no attribute {name!r}")


def _on_instance(operation: Callable[..., Any]) -> Callable[..., Any]:
    def operate(instance: Any, *operands: Any) -> Any:
        if not _is_instance(instance):
            raise TypeError("no object of the tests")
        return operation(instance, *operands)

    return operate


def _call(function: Any, /, *args: Any, **kwargs: Any) -> Any:
    if kind_of_tests(function) is None:  # such as a type, which a bare name stands for
        raise TypeError("nothing that the tests handed out")
    return function(*args, **kwargs)


def offered() -> dict[str, Callable[..., Any]]:
    """What the program may ask of the tests' things: to call, to take the next, and of objects of
    their classes what any holder of them could do."""
    from_builtins = {"len": len, "iter": iter, "bool": bool, "int": int, "float": float}
    texts = {"hash": hash, "repr": repr, "str": str}
    rest = [name for name in _SPECIAL if name not in (*from_builtins, *texts, "next")]
    named = {**from_builtins, **texts, **{name: getattr(operator, name) for name in rest}}
    return {
        **{name: _on_instance(function) for name, function in named.items()},
        "eq": _on_instance(operator.eq),
        "getattr": _attribute,
        "setattr": _set_attribute,
        "call": _call,
        "next": next,
    }
