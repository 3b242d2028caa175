"""What stands in the program for functions, iterators and objects of the tests."""

import functools
import types
from collections.abc import Callable
from typing import Any

from . import streams
from .derived import derived_from
from .peer import Peer, Proxy
from .raisable import TESTS
from .specials import NAMES, UNHASHABLE, operation_of, operations


class RemoteFunction(Proxy):
    """A function of the tests that was given to the program."""

    def __init__(self, peer: Peer, number: int, name: str) -> None:
        self._peer = peer
        self._number = number
        self.__name__ = name

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        return self._peer.request("call", self, *args, **kwargs)


class RemoteIterator(RemoteFunction):
    """An iterator of the tests, taken one item at a time."""

    def __iter__(self) -> "RemoteIterator":
        return self

    def __next__(self) -> Any:
        return self._peer.request("next", self)


class RemoteInstance(Proxy):
    """An object of a class that the tests define; a class that derives from this one stands for
    each of these, with the special methods that it has."""

    __slots__ = ("_number", "_peer")

    def __getattr__(self, name: str) -> Any:
        return _ask("getattr", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        _ask("setattr", self, name, value)

    def __repr__(self) -> str:
        text: str = _ask("repr", self)
        return text

    def __str__(self) -> str:
        text: str = _ask("str", self)
        return text

    def __eq__(self, other: object) -> bool:
        return self is other or _ask("eq", self, other) is True

    def __hash__(self) -> int:
        number: int = object.__getattribute__(self, "_number")
        return number


def _ask(operation: str, instance: Any, /, *operands: Any, **keywords: Any) -> Any:
    peer: Peer = object.__getattribute__(instance, "_peer")
    return peer.request(operation, instance, *operands, **keywords)


def _special(name: str) -> Callable[..., Any]:
    operation = operation_of(name)
    if name != f"__{operation}__":
        return lambda self, other: object.__getattribute__(self, "_peer").request(
            operation, other, self
        )
    return lambda self, /, *operands, **keywords: _ask(operation, self, *operands, **keywords)


@functools.cache
def _instance_type(name: str, specials: tuple[str, ...]) -> Any:
    methods: dict[str, Any] = {each: _special(each) for each in specials if each in NAMES}
    methods.pop("__eq__", None)
    if UNHASHABLE in specials:
        methods["__hash__"] = None
    return type(name, (RemoteInstance,), {"__slots__": (), **methods})


def wrap(peer: Peer, number: int, kind: str, description: Any, part: Any) -> Any:
    """The proxy of an object of the tests."""
    if kind == "function":
        return RemoteFunction(peer, number, str(description))
    name, specials, _ = description
    if part is not NotImplemented:
        return derived_from(part, peer, number)
    if kind != "instance":
        return RemoteIterator(peer, number, name)
    proxy = object.__new__(_instance_type(name, tuple(specials)))
    object.__setattr__(proxy, "_peer", peer)
    object.__setattr__(proxy, "_number", number)
    return proxy


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
    def operate(*operands: Any) -> Any:
        if not any(map(_is_instance, operands)):
            raise TypeError("no object of the tests")
        return operation(*operands)

    return operate


def _call(function: Any, /, *args: Any, **kwargs: Any) -> Any:
    if kind_of_tests(function) is None:  # such as a type, which a bare name stands for
        raise TypeError("nothing that the tests handed out")
    return function(*args, **kwargs)


def offered() -> dict[str, Callable[..., Any]]:
    """What the program may ask of the tests' things: to call, to take the next, and of objects of
    their classes what any holder of them could do; and of the streams that they have replaced."""
    return _OFFERED


# Made once, before any run: what a process writes it has to copy first.
_OFFERED: dict[str, Callable[..., Any]] = {
    **{name: _on_instance(function) for name, function in operations().items()},
    "getattr": _attribute,
    "setattr": _set_attribute,
    "call": _call,
    "next": next,
    **streams.offered(),
}
