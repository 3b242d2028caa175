"""Proxies of objects whose classes derive from immutable built-in types, such as named tuples."""

from typing import Any

from .parts import IMMUTABLE
from .peer import Peer, Proxy


def _derived(kind: type) -> type:
    """A class that is `kind`, and has what the candidate's class adds: attributes and texts.

    What compares and computes is the built-in type's, on a copy of the value, and runs here.
    """

    def attribute(self: Any, name: str) -> Any:
        return _peer(self).attribute(self, name)

    texts = {"__repr__": lambda self: _peer(self).request("repr", self)}
    if kind is not str:
        texts["__str__"] = lambda self: _peer(self).request("str", self)
    return type(f"remote_{kind.__name__}", (kind, Proxy), {"__getattr__": attribute, **texts})


def _peer(proxy: Any) -> Peer:
    peer: Peer = object.__getattribute__(proxy, "_peer")
    return peer


_DERIVED = {kind: _derived(kind) for kind in IMMUTABLE}


def derived_from(part: Any, peer: Peer, number: int) -> Any:
    """The proxy of an object with that built-in part."""
    value = _DERIVED[type(part)](part)
    vars(value).update(_peer=peer, _number=number)
    return value
