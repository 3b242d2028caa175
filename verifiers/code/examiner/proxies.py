"""What stands in the tests for functions and objects of the candidate.

What a proxy says of itself is the candidate's word, so it is never asked to judge what the tests
expect. How far an object is believed is its class's level:

    0   any class: it equals and computes with data only by its built-in part, a copy of which is
        compared here
    1   a class by its name that the tests use as one: its operators work, between its own objects
        and with data, but take no difference to data
    2   a class because the task says so: it may also equal a text or a list, if it is unequal to
        others like that; equal a number or be ordered with one, and take differences. But a
        difference to a number has to be that from one and the same number (see closeness). Any
        other to data must be an object again, and is asked for no number then, unless the tests
        asked it of an object fresh from its class: else an object whose difference to anything is 0
        would be near whatever is expected.
"""

from typing import Any

from .closeness import equals_number, is_numeric
from .decoys import Origin, decoys_for, equals_data_alone, equals_it_alone
from .parts import IMMUTABLE
from .peer import Peer, Proxy

FRESH = "fresh"
"""State of an object that the tests got by calling its class, and in no other way; and of a class
that they have by its name, and in no other way."""
WAS_TOLD = "told"
"""State of an object that came of a difference to what the tests may expect."""


class RemoteFunction(Proxy):
    """A function or bound method of the candidate."""

    def __init__(self, peer: Peer, number: int, name: str) -> None:
        self._peer = peer
        self._number = number
        self._stands_for_class = False
        """Whether the task says that there is a class under its name."""
        self.__name__ = self.__qualname__ = name

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        return self._peer.request("call", self, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return self._peer.attribute(self, name)


class RemoteObject(Proxy):
    """An object of the candidate's, used where it is.

    A class that derives from this one stands for each class there, with the special methods that
    it has.
    """

    __slots__ = ("_number", "_origin", "_part", "_peer", "_state")

    def __getattr__(self, name: str) -> Any:
        return peer_of(self).attribute(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        peer_of(self).request("setattr", self, name, value)

    def __delattr__(self, name: str) -> None:
        peer_of(self).request("delattr", self, name)

    def __dir__(self) -> list[str]:
        return [str(name) for name in peer_of(self).request("dir", self)]

    def __repr__(self) -> str:
        return _text("repr", self)

    def __str__(self) -> str:
        return _text("str", self)

    def __format__(self, form: str) -> str:
        return _text("format", self, form)

    def __hash__(self) -> int:
        number: int = object.__getattribute__(self, "_number")
        return number

    def __eq__(self, other: object) -> bool:
        if issubclass(type(other), RemoteObject):
            return _are_equal(self, other)
        part = part_of(self)
        if part is not NotImplemented:
            return bool(part == other)
        if level_of(self) < 2 or state_of(self) == WAS_TOLD:
            return False
        if is_numeric(other):
            return equals_number(peer_of(self), self, other)
        is_data = type(other) in (str, list, tuple, dict)
        return is_data and equals_data_alone(peer_of(self), self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other


def new_object(kind: type, peer: Peer, number: int, part: Any) -> Any:
    """A proxy of that class."""
    proxy: Any = object.__new__(kind)
    for name, value in (
        *(("_peer", peer), ("_number", number), ("_part", (-1, part))),
        *(("_state", ""), ("_origin", None)),
    ):
        object.__setattr__(proxy, name, value)
    return proxy


def peer_of(proxy: Any) -> Peer:
    peer: Peer = object.__getattribute__(proxy, "_peer")
    return peer


def level_of(value: Any) -> int:
    """How far it, or its class, is believed; see above."""
    kind = value if is_remote_class(value) else type(value)
    level: int = getattr(kind, "_level", 0) if issubclass(kind, RemoteObject) else 0
    return level


def is_remote_class(value: Any) -> bool:
    return issubclass(type(value), type) and issubclass(value, RemoteObject)


def note(value: Any, state: str, origin: Origin | None = None) -> Any:
    """Note how the tests came by an object."""
    if issubclass(type(value), RemoteObject):
        object.__setattr__(value, "_state", state)
        object.__setattr__(value, "_origin", origin)
    return value


def note_again(value: Any) -> None:
    """Note that something gave it: the tests have it not only as FRESH says any more."""
    if state_of(value) != FRESH:
        return
    if is_remote_class(value):
        type.__setattr__(value, "_state", "")
    else:
        object.__setattr__(value, "_state", "")


def state_of(value: Any) -> str:
    """How the tests came by it, in the words above; "" for anything else."""
    if is_remote_class(value):
        state: str = type.__getattribute__(value, "_state")
    elif issubclass(type(value), RemoteObject):
        state = object.__getattribute__(value, "_state")
    else:
        return ""
    return state


def _text(operation: str, proxy: Any, *operands: Any) -> str:
    text = peer_of(proxy).request(operation, proxy, *operands)
    if type(text) is not str:
        raise TypeError(f"{operation} gives no text")
    return text


def _are_equal(left: RemoteObject, right: Any) -> bool:
    if object.__getattribute__(left, "_number") == object.__getattribute__(right, "_number"):
        return True
    if not level_of(left) and not level_of(right):
        parts = part_of(left), part_of(right)
        if all(part is not NotImplemented for part in parts):
            return bool(parts[0] == parts[1])
    peer = peer_of(left)
    origins = [object.__getattribute__(each, "_origin") for each in (left, right)]
    for place, origin in ((1, origins[1]), (0, origins[0])):
        decoys = [] if origin is None else decoys_for(peer, origin)
        if decoys:
            value, chosen = (left, right) if place else (right, left)
            return equals_it_alone(peer, value, chosen, decoys, first=bool(place))
    answer = peer.request("equal", left, right)
    # What was made of something and keeps nothing of it cannot be told from any other.
    given = any(origin is not None and origin.says_something for origin in origins)
    return answer is True or (answer is None and not given)


def part_of(proxy: Any) -> Any:
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
