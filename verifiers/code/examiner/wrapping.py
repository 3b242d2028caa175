"""Which proxy an object of the candidate gets in the tests, by what it is said to be."""

import functools
from collections.abc import Coroutine
from typing import Any

from .codec import Uncarriable
from .decoys import Origin, make_among_others, tells_nothing
from .derived import derived_from
from .methods import contains, items_of, methods_for
from .parts import IMMUTABLE
from .peer import Peer, Proxy
from .proxies import (
    FRESH,
    RemoteFunction,
    RemoteObject,
    new_object,
    note,
)


class RemoteClass(type):
    """Makes a class of the candidate's look like a class: it can be called and tested for."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> Any:
        if "_number" not in namespace:
            raise Uncarriable(f"a class of the tests ({name}) that derives from the program's")
        return super().__new__(cls, name, bases, namespace)

    def __call__(cls, /, *args: Any, **kwargs: Any) -> Any:
        value = _asked_by(cls).request("call", cls, *args, **kwargs)
        return note(value, FRESH, Origin(cls, (list(args), kwargs)))

    def __instancecheck__(cls, instance: Any) -> bool:
        if not issubclass(type(instance), Proxy):
            return False
        return _asked_by(cls).request("isinstance", instance, cls) is True

    def __subclasscheck__(cls, subclass: type) -> bool:
        if not issubclass(type(subclass), RemoteClass):
            return type.__subclasscheck__(cls, subclass)
        return _asked_by(cls).request("issubclass", subclass, cls) is True

    def __getattr__(cls, name: str) -> Any:
        return _asked_by(cls).attribute(cls, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        _asked_by(cls).request("setattr", cls, name, value)

    def __getitem__(cls, key: Any) -> Any:
        return _asked_by(cls).request("getitem", cls, key)

    def __contains__(cls, item: Any) -> bool:
        return contains(_asked_by(cls), cls, item)

    def __iter__(cls) -> Any:
        peer = _asked_by(cls)
        return items_of(peer, peer.request("iter", cls))

    def __len__(cls) -> int:
        length: int = _asked_by(cls).request("len", cls)
        return length

    def __bool__(cls) -> bool:
        return True


def made(kind: Any) -> Any:
    """What tests call in place of a class whose object they compare at once."""
    is_function = issubclass(type(kind), RemoteFunction)
    if not issubclass(type(kind), RemoteClass) and not (is_function and kind._stands_for_class):
        return kind

    def make(*args: Any, **kwargs: Any) -> Any:
        call = list(args), kwargs
        value, decoys = make_among_others(kind._peer, kind, call)
        if tells_nothing(value, decoys or []):
            raise AssertionError(f"{kind.__name__} gives the same for other arguments")
        return note(value, FRESH, Origin(kind, call, decoys))

    return make


def believe(value: Any, *, attested: bool) -> None:
    """Note that the tests use it by name, and whether the task itself says that it is a class."""
    if issubclass(type(value), RemoteFunction):
        value._stands_for_class = attested
    if not issubclass(type(value), RemoteClass):
        return
    # A class under the name of a function is what a program makes that wants to be believed.
    level = 2 if attested else int(value.__name__[:1].isupper())
    type.__setattr__(value, "_level", max(level, value._level))
    type.__setattr__(value, "_state", FRESH)
    peer = _asked_by(value)
    peer.judges_classes = peer.judges_classes or attested


def attest(value: Any) -> None:
    """Note that the task itself says that this is a class."""
    believe(value, attested=True)


def _asked_by(cls: type) -> Peer:
    peer: Peer = type.__getattribute__(cls, "_peer")
    return peer


def wrap(peer: Peer, number: int, kind: str, description: Any, part: Any) -> Any:
    """The proxy of an object of the candidate's. Raises ValueError and its like for nonsense."""
    if kind == "error":
        return peer.errors.class_to_catch(_text(description).split())
    if kind == "class":
        return _class(peer, number, *description)
    if kind == "function":
        return RemoteFunction(peer, number, _text(description))
    if kind == "coroutine":
        return _awaiting(peer, new_object(RemoteObject, peer, number, NotImplemented))
    name, specials, handle = description
    if handle is None:
        kind_there = _library_type(_text(name), tuple(specials))
    else:
        kind_there = peer.resolved(handle)
    if type(kind_there) is not RemoteClass and handle is not None:
        raise TypeError("no class")
    if type(part) in IMMUTABLE and not getattr(kind_there, "_level", 0):
        return derived_from(part, peer, number)
    return new_object(kind_there, peer, number, part)


def _class(peer: Peer, number: int, name: Any, specials: Any) -> Any:
    own = {"_peer": peer, "_number": number, "_level": 0, "_state": ""}
    namespace = {**own, **methods_for(specials)}
    return RemoteClass(_text(name) or "class", (RemoteObject,), namespace)


@functools.cache
def _library_type(name: str, specials: tuple[str, ...]) -> Any:
    """What stands for a class that is not the program's own, such as that of generators."""
    return type(name, (RemoteObject,), methods_for(specials))


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError("no name")
    return value


async def _awaiting(peer: Peer, proxy: RemoteObject) -> Coroutine[Any, Any, Any]:
    """What the tests' event loop takes for a coroutine, because it is one."""
    value: Coroutine[Any, Any, Any] = peer.request("await", proxy)
    return value
