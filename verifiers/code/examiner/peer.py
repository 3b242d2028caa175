"""Calls between two processes, either way: each side keeps its objects and hands out numbers.

A request names an operation and its operands; the answer brings the result, or the exception, and
what changed in the containers that were sent along. While waiting for an answer a side serves the
other's requests, so that callbacks nest as calls do.
"""

import builtins
import threading
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .codec import Decoder, Encoder, Malformed, Uncarriable, elements, unchanged
from .errors import Errors, Refused
from .link import Link, LinkBroken

BUILTIN_TYPES: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        *(bool, int, float, complex, str, bytes, bytearray, range, type(None), object),
        *(list, tuple, set, frozenset, dict),
    )
}
_TYPE_NAMES = {kind: name for name, kind in BUILTIN_TYPES.items()}


#: Built-in functions that cross by name: each side uses its own.
SHARED: dict[str, Any] = {
    name: getattr(builtins, name)
    for name in (
        *("abs", "all", "any", "ascii", "bin", "callable", "chr", "divmod", "format"),
        *("hash", "hex", "len", "max", "min", "next", "oct", "ord", "pow", "print"),
        *("repr", "round", "sorted", "sum"),
    )
}


class Proxy:
    """Stands for an object of the other side; `_number` is its number there."""

    _number: int
    _peer: "Peer"


class Peer:
    """One side of a link."""

    def __init__(
        self,
        link: Link,
        operations: Mapping[str, Callable[..., Any]],
        *,
        kind_of: Callable[[Any], str | None],
        wrap: Callable[["Peer", int, str, str, Any], Any],
    ) -> None:
        """`operations` are what the other side may ask for, `kind_of` says as what kind of thing an
        object is handed out (None if it is not), and `wrap` makes the proxy of an object of the
        other side (number, kind, name, built-in part)."""
        self.link = link
        self.requests = 0
        """Requests made so far."""
        self.refused: str | None = None
        """What this side last could not hand out."""
        self.errors = Errors()
        self.classes: set[str] = set()
        """Names of the other side's classes that this side has seen."""
        self.judges_classes = False
        """Whether it is the task that says that something of the other side's is a class."""
        self._turn = threading.RLock()
        self._operations = operations
        self._kind_of = kind_of
        self._wrap = wrap
        self._exported: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._proxies: dict[int, Any] = {}

    def request(self, operation: str, *operands: Any, **keywords: Any) -> Any:
        """Have the other side do something; returns or raises what came of it.

        Raises Uncarriable for operands that cannot cross, LinkClosed and LinkBroken.
        """
        with self._turn:
            encoder = Encoder(self._export)
            message = ["do", operation, *self._encoded(encoder, operands, keywords)]
            self.requests += 1
            try:
                self.link.send(message)
            except Uncarriable as error:
                self.refused = str(error)
                raise
            while (answer := self.link.receive())[0] == "do":
                self._serve(answer)
            return self._outcome(answer, encoder.containers, iterating=operation == "next")

    def serve(self) -> None:
        """Serve until the other side has gone (LinkClosed)."""
        while True:
            self._serve(self.link.receive())

    # Requests of the other side

    def _serve(self, message: list[Any]) -> None:
        try:
            _, operation, operands, keywords = message
            decoder = Decoder(self._resolve)
            arguments = [decoder.decode(each) for each in operands]
            named = {str(name): decoder.decode(value) for name, value in keywords.items()}
            function = self._operations[operation]
        except (Malformed, ValueError, TypeError, KeyError, AttributeError) as error:
            raise self.link.broken(f"a malformed request: {error}") from error
        before = [elements(container) for container in decoder.containers]
        try:
            try:
                result = function(*arguments, **named)
                answer = self._answer("value", result, decoder.containers, before)
            except Uncarriable:
                raise
            except (LinkBroken, KeyboardInterrupt):
                raise
            except BaseException as error:  # an exception of the program's is its answer
                answer = self._answer("raised", error, decoder.containers, before)
            self.link.send(answer)
        except Uncarriable as error:
            self.link.send(["uncarriable", str(error)])

    def _answer(
        self, kind: str, result: Any, containers: list[Any], before: list[list[Any]]
    ) -> list[Any]:
        encoder = Encoder(self._export, known=containers)
        encode = self.errors.encoded if kind == "raised" else encoder.encode
        changes = {
            number: encoder.contents(container)
            for number, container in enumerate(containers)
            if not unchanged(container, before[number])
        }
        return [kind, encode(result), changes]

    # Answers of the other side

    def _outcome(self, answer: list[Any], containers: list[Any], *, iterating: bool) -> Any:
        if answer[0] == "uncarriable":
            raise Refused(f"gave what cannot cross: {answer[1:]}"[:1000])
        decoder = Decoder(self._resolve, known=containers)
        try:
            kind, result, changes = answer
            for number, contents in changes.items():
                decoder.refill(containers[_index(number)], contents)
            raised = {"raised": True, "value": False}[kind]
            error = self.errors.decoded(result, iterating=iterating) if raised else None
            value = None if raised else decoder.decode(result)
        except (Malformed, ValueError, TypeError, KeyError, IndexError, AttributeError) as wrong:
            raise self.link.broken(f"a malformed answer: {wrong}") from wrong
        if error is not None:
            raise error
        return value

    # Objects

    def _encoded(
        self, encoder: Encoder, operands: Sequence[Any], keywords: Mapping[str, Any]
    ) -> list[Any]:
        return [
            [encoder.encode(each) for each in operands],
            {name: encoder.encode(value) for name, value in keywords.items()},
        ]

    def _export(self, value: Any) -> dict[str, Any]:
        # (The type is asked, not the object, which may say of itself what it likes.)
        if issubclass(type(value), type):
            if issubclass(value, Proxy):
                return {"own": type.__getattribute__(value, "_number")}
            if value in _TYPE_NAMES:
                return {"type": _TYPE_NAMES[value]}
        if issubclass(type(value), Proxy):
            return {"own": object.__getattribute__(value, "_number")}
        if type(value) is types.BuiltinFunctionType and SHARED.get(name_of(value)) is value:
            return {"shared": name_of(value)}
        kind = self._kind_of(value)
        if kind is None:
            self.refused = f"an object of type {type(value).__name__} cannot cross"
            raise Uncarriable(self.refused)
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self._exported)
            self._exported.append(value)
        return {"object": [number, kind, name_of(value)]}

    def _resolve(self, tag: str, content: Any) -> Any:
        if tag == "own":
            if type(content) is not int or content < 0:
                raise ValueError("no such object")
            return self._exported[content]
        if tag == "type":
            return BUILTIN_TYPES[content]
        if tag == "shared":
            return SHARED[content]
        if tag != "object":
            raise ValueError(f"no such tag: {tag!r}")
        number, kind, name, part = [*content, NotImplemented][:4]
        if type(number) is not int or type(kind) is not str or type(name) is not str:
            raise ValueError("no such object")
        if number not in self._proxies:
            self._proxies[number] = self._wrap(self, number, kind, name, part)
        return self._proxies[number]


def _index(text: str) -> int:
    """A container's number, which is never counted from the end."""
    if not text.isdecimal():
        raise ValueError("no such container")
    return int(text)


def kind_of(value: Any) -> str:
    """What kind of thing it is, for the proxy that it gets."""
    kind = type(value)
    if issubclass(kind, type):
        return "error" if issubclass(value, BaseException) else "class"
    if kind in (types.FunctionType, types.BuiltinFunctionType, types.MethodType):
        return "function"
    return "coroutine" if kind is types.CoroutineType else "object"


def name_of(value: Any) -> str:
    """The name of a class or function, with what an exception derives from; else of the type."""
    if issubclass(type(value), type):
        mro = type.mro(value) if issubclass(value, BaseException) else [value]
        return " ".join(type.__getattribute__(each, "__name__") for each in mro)
    name = getattr(value, "__name__", "") if kind_of(value) == "function" else type(value).__name__
    return name if type(name) is str else ""
