"""Which proxy an object of the candidate gets in the tests, by what it is said to be."""

from collections.abc import Coroutine
from typing import Any

from .codec import Uncarriable
from .derived import TOLD, derived_from
from .parts import IMMUTABLE
from .peer import Peer, Proxy
from .proxies import RemoteFunction, RemoteObject, items_of, mark_made


class RemoteClass(type):
    """Makes a class of the candidate's look like a class: it can be called and tested for."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> Any:
        if "_number" not in namespace:
            raise Uncarriable(f"a class of the tests ({name}) that derives from the program's")
        return super().__new__(cls, name, bases, namespace)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        attested = type.__getattribute__(cls, "__dict__").get("_attested", False)
        how = "attested" if attested else "made"
        if args or kwargs:
            how += " of something"
        value = _asked_by(cls).request("call", cls, *args, **kwargs)
        # A class under the name of a function is what a program makes that wants to be believed.
        return mark_made(value, how) if attested or cls.__name__[:1].isupper() else value

    def __instancecheck__(cls, instance: Any) -> bool:
        if not issubclass(type(instance), Proxy):
            return False
        return _asked_by(cls).request("isinstance", instance, cls) is True

    def __subclasscheck__(cls, subclass: type) -> bool:
        if not issubclass(type(subclass), RemoteClass):
            return type.__subclasscheck__(cls, subclass)
        return _asked_by(cls).request("issubclass", subclass, cls) is True

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__") and name not in TOLD:
            raise AttributeError(name)
        return _asked_by(cls).request("getattr", cls, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        _asked_by(cls).request("setattr", cls, name, value)

    def __getitem__(cls, key: Any) -> Any:
        return _asked_by(cls).request("getitem", cls, key)

    def __iter__(cls) -> Any:
        peer = _asked_by(cls)
        return items_of(peer, peer.request("iter", cls))

    def __len__(cls) -> int:
        length: int = _asked_by(cls).request("len", cls)
        return length

    def __bool__(cls) -> bool:
        return True


def attest(value: Any) -> None:
    """Note that the task itself says that this is a class."""
    if issubclass(type(value), RemoteClass):
        type.__setattr__(value, "_attested", True)
        _asked_by(value).judges_classes = True


def _asked_by(cls: type) -> Peer:
    peer: Peer = type.__getattribute__(cls, "_peer")
    return peer


def wrap(peer: Peer, number: int, kind: str, name: str, part: Any) -> Any:
    """The proxy of an object of the candidate's."""
    if kind == "error":
        return peer.errors.class_of(name.split())
    if kind == "class":
        peer.classes.add(name)
        return RemoteClass(name or "class", (RemoteObject,), {"_peer": peer, "_number": number})
    if kind == "function":
        return RemoteFunction(peer, number, name)
    if type(part) in IMMUTABLE and name not in peer.classes:
        return derived_from(part, peer, number)
    proxy = object.__new__(RemoteObject)
    object.__setattr__(proxy, "_peer", peer)
    object.__setattr__(proxy, "_number", number)
    object.__setattr__(proxy, "_made", "")
    object.__setattr__(proxy, "_part", (-1, part))
    return _awaiting(peer, proxy) if kind == "coroutine" else proxy


async def _awaiting(peer: Peer, proxy: RemoteObject) -> Coroutine[Any, Any, Any]:
    """What the tests' event loop takes for a coroutine, because it is one."""
    value: Coroutine[Any, Any, Any] = peer.request("await", proxy)
    return value
