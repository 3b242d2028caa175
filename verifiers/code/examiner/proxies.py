"""What stands in the tests for functions, classes and objects of the candidate.

What a proxy says of itself is the candidate's word, so it is never asked to judge what the tests
expect. It equals plain data only by its built-in part, a copy of which is compared here. Operators
bring it together with plain data only if the tests have made it, from a class of the solution, and
take a difference only if it is the task that says that this is a class. So an object that claims to
equal everything, or whose difference to anything is 0, is worth nothing.
"""

import operator
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any

from .derived import TOLD
from .parts import IMMUTABLE
from .peer import Peer, Proxy

_BINARY = ("add", "mul", "pow", "matmul", "and_", "or_", "lshift", "rshift")
# These tell how far a value is from what it should be.
_DIFFERENCES = ("sub", "truediv", "floordiv", "mod", "divmod", "xor")
_UNARY = ("neg", "pos", "abs", "invert", "int", "float", "index", "hash", "repr", "str", "len")
_ORDERING = ("lt", "le", "gt", "ge")
# Questions that a built-in value answers about another: of an object they would be its own word.
_JUDGEMENTS = frozenset(
    name for name in dir(str) if name.startswith(("is", "startswith", "endswith"))
) | frozenset(
    (
        *("isdisjoint", "issubset", "issuperset", "difference", "symmetric_difference"),
        *("intersection", "equals", "all", "any", "is_integer"),
    )
)


class RemoteFunction(Proxy):
    """A function or bound method of the candidate."""

    def __init__(self, peer: Peer, number: int, name: str) -> None:
        self._peer = peer
        self._number = number
        self.__name__ = self.__qualname__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._peer.request("call", self, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name not in TOLD:
            raise AttributeError(name)
        return self._peer.request("getattr", self, name)


class RemoteObject(Proxy):
    """An object of the candidate's, used where it is."""

    __slots__ = ("_made", "_number", "_part", "_peer")

    def __getattr__(self, name: str) -> Any:
        # Special names make libraries of the tests' side trust what is there, down to addresses.
        if name.startswith("__") and name not in TOLD:
            raise AttributeError(name)
        if name in _JUDGEMENTS and not peer_of(self).judges_classes:
            raise AttributeError(f"{name!r} is not asked of an object of the program's")
        return peer_of(self).request("getattr", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        peer_of(self).request("setattr", self, name, value)

    def __delattr__(self, name: str) -> None:
        peer_of(self).request("delattr", self, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return peer_of(self).request("call", self, *args, **kwargs)

    def __getitem__(self, key: Any) -> Any:
        return peer_of(self).request("getitem", self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        peer_of(self).request("setitem", self, key, value)

    def __delitem__(self, key: Any) -> None:
        peer_of(self).request("delitem", self, key)

    def __contains__(self, item: Any) -> bool:
        if _is_attested(self):
            return peer_of(self).request("contains", self, item) is True
        return any(each is item or each == item for each in self)

    def __bool__(self) -> bool:
        return peer_of(self).request("bool", self) is True

    def __iter__(self) -> Any:
        iterator = peer_of(self).request("iter", self)
        # What iterates may be anything: it is made to iterate here, one item at a time.
        return items_of(peer_of(self), iterator)

    def __next__(self) -> Any:
        return peer_of(self).request("next", self)

    def __reversed__(self) -> Any:
        return items_of(peer_of(self), peer_of(self).request("reversed", self))

    def __round__(self, digits: int | None = None) -> Any:
        return peer_of(self).request("round", self, digits)

    def __aiter__(self) -> AsyncGenerator[Any, None]:
        return items_of_async(peer_of(self), self)

    def __await__(self) -> Generator[None, None, Any]:
        yield from ()
        return peer_of(self).request("await", self)

    def __enter__(self) -> Any:
        return peer_of(self).request("enter", self)

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        told = () if kind is None else (kind.__name__, str(error))
        return peer_of(self).request("exit", self, *told) is True

    def __dir__(self) -> list[str]:
        return [str(name) for name in peer_of(self).request("dir", self)]

    def __eq__(self, other: object) -> bool:
        if issubclass(type(other), RemoteObject):
            return _are_equal(self, other)
        part = _part(self)
        return part is not NotImplemented and bool(part == other)

    def __ne__(self, other: object) -> bool:
        return not self == other


def peer_of(proxy: Any) -> Peer:
    peer: Peer = object.__getattribute__(proxy, "_peer")
    return peer


def _are_equal(left: RemoteObject, right: Any) -> bool:
    if object.__getattribute__(left, "_number") == object.__getattribute__(right, "_number"):
        return True
    made = _how_made(left), _how_made(right)
    if not any(made):
        parts = _part(left), _part(right)
        if all(part is not NotImplemented for part in parts):
            return bool(parts[0] == parts[1])
    answer = peer_of(left).request("equal", left, right)
    # What was made of something and keeps nothing of it cannot be told from any other.
    return answer is True or (
        answer is None and not any(each.endswith("of something") for each in made)
    )


def _part(proxy: Any) -> Any:
    """A copy of what the object is as one of the built-in types; NotImplemented if it is none.

    It is asked for before it is known what it will be compared with, and not twice unless something
    has been done meanwhile that may have changed it.
    """
    peer = peer_of(proxy)
    asked, part = object.__getattribute__(proxy, "_part")
    if asked != peer.requests and type(part) not in IMMUTABLE:
        part = peer.request("part", proxy)
        if issubclass(type(part), Proxy):
            part = NotImplemented
        object.__setattr__(proxy, "_part", (peer.requests, part))
    return part


def _how_made(value: Any) -> str:
    """Whether the tests made the object, by calling a class or by operating on what they made."""
    if not issubclass(type(value), RemoteObject):
        return ""
    made: str = object.__getattribute__(value, "_made")
    return made


def _is_made(value: Any) -> bool:
    return _how_made(value) != ""


def _is_attested(value: Any) -> bool:
    return _how_made(value).startswith("attested")


def mark_made(value: Any, how: str) -> Any:
    if issubclass(type(value), RemoteObject):
        object.__setattr__(value, "_made", how)
    return value


def items_of(peer: Peer, iterator: Any) -> Generator[Any, None, None]:
    if not issubclass(type(iterator), RemoteObject):
        yield from iterator
        return
    while True:
        try:
            item = peer.request("next", iterator)
        except StopIteration:
            return
        yield item


async def items_of_async(peer: Peer, source: Any) -> AsyncGenerator[Any, None]:
    iterator = peer.request("aiter", source)
    while True:
        items = peer.request("anext", iterator)
        if not items:
            return
        yield items[0]


def _binary(operation: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def operate(left: Any, right: Any, proxy: RemoteObject) -> Any:
        if not _is_made(proxy):
            return _operate_on_parts(operation, left, right)
        both = issubclass(type(left), RemoteObject) and issubclass(type(right), RemoteObject)
        if operation in _DIFFERENCES and not (both or _is_attested(proxy)):
            return NotImplemented
        how = "attested" if _is_attested(proxy) else "made"
        return mark_made(peer_of(proxy).request(operation, left, right), how)

    def apply(self: RemoteObject, other: Any) -> Any:
        return operate(self, other, self)

    def reflected(self: RemoteObject, other: Any) -> Any:
        return operate(other, self, self)

    return apply, reflected


def _operate_on_parts(operation: str, left: Any, right: Any) -> Any:
    parts = [
        _part(each) if issubclass(type(each), RemoteObject) else each for each in (left, right)
    ]
    if any(part is NotImplemented for part in parts):
        return NotImplemented
    function = divmod if operation == "divmod" else getattr(operator, operation)
    return function(*parts)


def _unary(operation: str) -> Callable[[RemoteObject], Any]:
    def apply(self: RemoteObject) -> Any:
        return peer_of(self).request(operation, self)

    return apply


def _ordering(operation: str) -> Callable[[RemoteObject, Any], Any]:
    def compare(self: RemoteObject, other: Any) -> Any:
        if _is_made(self) and issubclass(type(other), RemoteObject):
            return peer_of(self).request(operation, self, other) is True
        return _operate_on_parts(operation, self, other)

    return compare


for _name in (*_BINARY, *_DIFFERENCES):
    _plain = _name.rstrip("_")
    _apply, _reflected = _binary(_name)
    setattr(RemoteObject, f"__{_plain}__", _apply)
    setattr(RemoteObject, f"__r{_plain}__", _reflected)
for _name in _UNARY:
    setattr(RemoteObject, f"__{_name}__", _unary(_name))
for _name in _ORDERING:
    setattr(RemoteObject, f"__{_name}__", _ordering(_name))
