"""The special methods of objects of the candidate: what each asks for, and how far it is believed.

Which of these a class has is told by the candidate; see proxies for what levels mean.
"""

import builtins
import operator
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any

from .closeness import MEASURED, difference, is_number
from .codec import Uncarriable
from .peer import Peer, Proxy
from .proxies import FRESH, WAS_TOLD, RemoteObject, level_of, note, part_of, peer_of, state_of
from .specials import BINARY, DIFFERENCES, NAMES, ORDERING, UNARY, UNHASHABLE, operation_of


def items_of(peer: Peer, iterator: Any) -> Generator[Any, None, None]:
    """What iterates may be anything: it is made to iterate here, one item at a time."""
    if not issubclass(type(iterator), RemoteObject):
        yield from iterator
        return
    while True:
        try:
            item = peer.request("next", iterator)
        except StopIteration:
            return
        yield item


async def _items_of_async(peer: Peer, source: Any) -> AsyncGenerator[Any, None]:
    iterator = peer.request("aiter", source)
    while True:
        items = peer.request("anext", iterator)
        if not items:
            return
        yield items[0]


def _operate(operation: str, left: Any, right: Any) -> Any:
    """What an operator between two values comes to, of which one at least is an object."""
    level = max(level_of(left), level_of(right))
    if level == 0:
        return _operate_on_parts(operation, left, right)
    objects = [each for each in (left, right) if issubclass(type(each), RemoteObject)]
    is_difference = operation.removeprefix("i") in DIFFERENCES and len(objects) == 1
    if is_difference and level < 2:
        return NotImplemented
    peer = peer_of(objects[0])
    state = [state_of(each) for each in objects]
    other = right if objects[0] is left else left
    if is_difference and operation in MEASURED and is_number(other) and WAS_TOLD not in state:
        result = difference(peer, operation, left, right)
        is_object = issubclass(type(result), RemoteObject)
        return note(result, "" if FRESH in state else WAS_TOLD) if is_object else result
    result = peer.request(operation, left, right)
    if WAS_TOLD in state or (is_difference and FRESH not in state):
        return _still_object(operation, result)
    return result


def _still_object(operation: str, result: Any) -> Any:
    if not issubclass(type(result), RemoteObject):
        raise TypeError(f"{operation!r} with data is not believed of an object of the program's")
    return note(result, WAS_TOLD)


def _operate_on_parts(operation: str, left: Any, right: Any) -> Any:
    parts = [
        part_of(each) if issubclass(type(each), RemoteObject) else each for each in (left, right)
    ]
    if any(part is NotImplemented for part in parts):
        return NotImplemented
    name = operation.removeprefix("i")
    word = f"{name}_" if name in ("and", "or") else name
    function = divmod if name == "divmod" else getattr(operator, word)
    return function(*parts)


def _binary(operation: str) -> Callable[..., Any]:
    return lambda self, other: _operate(operation, self, other)


def _reflected(operation: str) -> Callable[..., Any]:
    return lambda self, other: _operate(operation, other, self)


def _unary(operation: str) -> Callable[..., Any]:
    def apply(self: RemoteObject, *operands: Any) -> Any:
        result = peer_of(self).request(operation, self, *operands)
        return _still_object(operation, result) if state_of(self) == WAS_TOLD else result

    return apply


def _ordering(operation: str) -> Callable[..., Any]:
    def compare(self: RemoteObject, other: Any) -> Any:
        level, is_object = level_of(self), issubclass(type(other), RemoteObject)
        if level > 0 and (is_object or (level == 2 and state_of(self) == FRESH)):
            return peer_of(self).request(operation, self, other) is True
        return _operate_on_parts(operation, self, other)

    return compare


def _forwarded(operation: str) -> Callable[..., Any]:
    return lambda self, *operands: peer_of(self).request(operation, self, *operands)


def _call(self: RemoteObject, /, *args: Any, **kwargs: Any) -> Any:
    return peer_of(self).request("call", self, *args, **kwargs)


def contains(peer: Peer, container: Any, item: Any) -> bool:
    """Whether an item is in an object or class, which is asked only for what is under test, or
    about objects; of any other its items are looked at."""
    is_believed = level_of(container) == 2
    if is_believed and (state_of(container) == FRESH or issubclass(type(item), Proxy)):
        return peer.request("contains", container, item) is True
    if is_believed and not hasattr(type(container), "__iter__"):
        raise Uncarriable("an object that the program gave, asked whether data is in it")
    return builtins.any(each is item or each == item for each in container)


def _contains(self: RemoteObject, item: Any) -> bool:
    return contains(peer_of(self), self, item)


def _iter(self: RemoteObject) -> Any:
    return items_of(peer_of(self), peer_of(self).request("iter", self))


def _reversed(self: RemoteObject) -> Any:
    return items_of(peer_of(self), peer_of(self).request("reversed", self))


def _aiter(self: RemoteObject) -> Any:
    return _items_of_async(peer_of(self), self)


async def _anext(self: RemoteObject) -> Any:
    items = peer_of(self).request("anext", self)
    if not items:
        raise StopAsyncIteration
    return items[0]


def _await(self: RemoteObject) -> Generator[None, None, Any]:
    yield from ()
    return peer_of(self).request("await", self)


def _told(kind: Any, error: Any) -> tuple[str, ...]:
    """What a context manager is told of how its block ended: of a failed assertion not what was
    expected."""
    if kind is None:
        return ()
    return (kind.__name__, "" if _is_failed_assertion(error) else str(error))


def _exit(self: RemoteObject, kind: Any, error: Any, trace: Any) -> bool:
    told = _told(kind, error)
    swallowed = peer_of(self).request("exit", self, *told) is True
    return swallowed and _may_be_swallowed(peer_of(self), error, trace)


async def _aenter(self: RemoteObject) -> Any:
    return peer_of(self).request("aenter", self)


async def _aexit(self: RemoteObject, kind: Any, error: Any, trace: Any) -> bool:
    told = _told(kind, error)
    swallowed = peer_of(self).request("aexit", self, *told) is True
    return swallowed and _may_be_swallowed(peer_of(self), error, trace)


def _is_failed_assertion(error: Any) -> bool:
    return isinstance(error, AssertionError) and not getattr(error, "from_candidate", False)


def _may_be_swallowed(peer: Peer, error: Any, trace: Any) -> bool:
    """No failed assertion may, nor what keeps an assertion of the same block from being held."""
    if error is None:
        return True
    if _is_failed_assertion(error):
        return False
    line = trace.tb_lineno
    return not any(
        first <= line <= min(end, last_assertion)
        for first, end, last_assertion in peer.blocks.get(trace.tb_frame.f_code.co_filename, ())
    )


_METHODS: dict[str, Callable[..., Any]] = {
    **{f"__{name}__": _binary(name) for name in (*BINARY, *DIFFERENCES)},
    **{f"__r{name}__": _reflected(name) for name in (*BINARY, *DIFFERENCES)},
    **{f"__{name}__": _unary(name) for name in UNARY},
    **{f"__{name}__": _ordering(name) for name in ORDERING},
    **{f"__{name}__": _forwarded(name) for name in ("getitem", "setitem", "delitem", "hash")},
    **{f"__{name}__": _forwarded(name) for name in ("next", "enter")},
    **{"__call__": _call, "__contains__": _contains, "__iter__": _iter, "__reversed__": _reversed},
    **{"__aiter__": _aiter, "__anext__": _anext, "__await__": _await, "__exit__": _exit},
    **{"__aenter__": _aenter, "__aexit__": _aexit},
}


def methods_for(specials: Any) -> dict[str, Any]:
    """The namespace of a class with these special methods. Raises TypeError for no names."""
    found: dict[str, Any] = {"__slots__": ()}
    for name in specials:
        if name == UNHASHABLE:
            found["__hash__"] = None
        elif name in NAMES and name != "__eq__":
            found[name] = _METHODS.get(name) or _binary(operation_of(name))
    return found
