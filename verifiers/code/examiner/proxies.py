"""What stands in the tests for functions, classes and objects of the candidate.

What a proxy says of itself is the candidate's word, so it is never asked to judge what the tests
expect: it never equals plain data, and operators bring it together with plain data only if the
tests have made it, from a class of the solution. So an object that claims to equal everything, or
whose difference to anything is 0, is worth nothing.
"""

from collections.abc import Callable, Generator
from typing import Any

from .peer import Peer, Proxy

_BINARY = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_", "xor")
_UNARY = ("neg", "pos", "abs", "invert", "int", "float", "index", "hash", "repr", "str", "len")
_ORDERING = ("lt", "le", "gt", "ge")


class RemoteFunction(Proxy):
    """A function or bound method of the candidate."""

    def __init__(self, peer: Peer, number: int, name: str) -> None:
        self._peer = peer
        self._number = number
        self.__name__ = self.__qualname__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._peer.request("call", self, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name not in ("__doc__", "__annotations__", "__defaults__"):
            raise AttributeError(name)
        return self._peer.request("getattr", self, name)


class RemoteObject(Proxy):
    """An object of the candidate's, used where it is."""

    __slots__ = ("_made", "_number", "_peer")

    def __getattr__(self, name: str) -> Any:
        return _peer(self).request("getattr", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        _peer(self).request("setattr", self, name, value)

    def __delattr__(self, name: str) -> None:
        _peer(self).request("delattr", self, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return _peer(self).request("call", self, *args, **kwargs)

    def __getitem__(self, key: Any) -> Any:
        return _peer(self).request("getitem", self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        _peer(self).request("setitem", self, key, value)

    def __delitem__(self, key: Any) -> None:
        _peer(self).request("delitem", self, key)

    def __contains__(self, item: Any) -> bool:
        if _is_made(self):
            return _peer(self).request("contains", self, item) is True
        return any(each is item or each == item for each in self)

    def __bool__(self) -> bool:
        return _peer(self).request("bool", self) is True

    def __iter__(self) -> Any:
        iterator = _peer(self).request("iter", self)
        # What iterates may be anything: it is made to iterate here, one item at a time.
        return _items(_peer(self), iterator)

    def __next__(self) -> Any:
        return _peer(self).request("next", self)

    def __await__(self) -> Generator[None, None, Any]:
        yield from ()
        return _peer(self).request("await", self)

    def __enter__(self) -> Any:
        return _peer(self).request("call", _peer(self).request("getattr", self, "__enter__"))

    def __exit__(self, *error: Any) -> bool:
        leave = _peer(self).request("getattr", self, "__exit__")
        return _peer(self).request("call", leave, None, None, None) is True

    def __dir__(self) -> list[str]:
        return [str(name) for name in _peer(self).request("dir", self)]

    def __eq__(self, other: object) -> bool:
        if not issubclass(type(other), RemoteObject):
            return False
        if object.__getattribute__(other, "_number") == object.__getattribute__(self, "_number"):
            return True
        peer = _peer(self)
        # An object that equals even this is no witness.
        impartial = peer.request("eq", self, "\0nothing equals this") is not True
        return impartial and peer.request("eq", self, other) is True

    def __ne__(self, other: object) -> bool:
        return not self == other


def _peer(proxy: RemoteObject) -> Peer:
    peer: Peer = object.__getattribute__(proxy, "_peer")
    return peer


def _is_made(value: Any) -> bool:
    """Whether the tests made the object, by calling a class or by operating on what they made."""
    return issubclass(type(value), RemoteObject) and object.__getattribute__(value, "_made")


def _mark_made(value: Any) -> Any:
    if issubclass(type(value), RemoteObject):
        object.__setattr__(value, "_made", True)
    return value


def _items(peer: Peer, iterator: Any) -> Generator[Any, None, None]:
    if not issubclass(type(iterator), RemoteObject):
        yield from iterator
        return
    while True:
        try:
            item = peer.request("next", iterator)
        except StopIteration:
            return
        yield item


def _binary(operation: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def operate(left: Any, right: Any, proxy: RemoteObject) -> Any:
        if not _is_made(proxy):
            return NotImplemented
        return _mark_made(_peer(proxy).request(operation, left, right))

    def apply(self: RemoteObject, other: Any) -> Any:
        return operate(self, other, self)

    def reflected(self: RemoteObject, other: Any) -> Any:
        return operate(other, self, self)

    return apply, reflected


def _unary(operation: str) -> Callable[[RemoteObject], Any]:
    def apply(self: RemoteObject) -> Any:
        return _peer(self).request(operation, self)

    return apply


def _ordering(operation: str) -> Callable[[RemoteObject, Any], Any]:
    def compare(self: RemoteObject, other: Any) -> Any:
        if not (_is_made(self) and issubclass(type(other), RemoteObject)):
            return NotImplemented
        return _peer(self).request(operation, self, other) is True

    return compare


for _name in _BINARY:
    _plain = _name.rstrip("_")
    _apply, _reflected = _binary(_name)
    setattr(RemoteObject, f"__{_plain}__", _apply)
    setattr(RemoteObject, f"__r{_plain}__", _reflected)
for _name in _UNARY:
    setattr(RemoteObject, f"__{_name}__", _unary(_name))
for _name in _ORDERING:
    setattr(RemoteObject, f"__{_name}__", _ordering(_name))


class RemoteClass(type):
    """Makes a class of the candidate's look like a class: it can be called and tested for."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        peer: Peer = type.__getattribute__(cls, "_peer")
        return _mark_made(peer.request("call", cls, *args, **kwargs))

    def __instancecheck__(cls, instance: Any) -> bool:
        if not issubclass(type(instance), RemoteObject):
            return False
        peer: Peer = type.__getattribute__(cls, "_peer")
        return peer.request("isinstance", instance, cls) is True

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        peer: Peer = type.__getattribute__(cls, "_peer")
        return peer.request("getattr", cls, name)


def wrap(peer: Peer, number: int, kind: str, name: str) -> Any:
    """The proxy of an object of the candidate's."""
    if kind == "error":
        return peer.error_class(name.split())
    if kind == "class":
        return RemoteClass(name or "class", (RemoteObject,), {"_peer": peer, "_number": number})
    if kind == "function":
        return RemoteFunction(peer, number, name)
    proxy = object.__new__(RemoteObject)
    object.__setattr__(proxy, "_peer", peer)
    object.__setattr__(proxy, "_number", number)
    object.__setattr__(proxy, "_made", False)
    return proxy
