"""Calls between two processes, either way: each side keeps its objects and hands out numbers.

A request names an operation and its operands; the answer brings the result, or the exception, and
what changed in the containers that were sent along. While waiting for an answer a side serves the
other's requests, so that callbacks nest as calls do.
"""

import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .codec import Decoder, Encoder, Malformed, Uncarriable, elements, unchanged
from .link import Link, LinkBroken

BUILTIN_TYPES: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        *(bool, int, float, complex, str, bytes, bytearray, range, type(None), object),
        *(list, tuple, set, frozenset, dict),
    )
}
_TYPE_NAMES = {kind: name for name, kind in BUILTIN_TYPES.items()}
_BUILTIN_ERRORS: dict[str, type[BaseException]] = {
    name: kind
    for name, kind in vars(__import__("builtins")).items()
    if isinstance(kind, type) and issubclass(kind, Exception)
}


class CandidateExit(Exception):
    """The other side tried to end its process, or raised what no test is to see."""

    from_candidate = True


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
        may_export: Callable[[Any], bool],
        wrap: Callable[["Peer", int, str, str], Any],
    ) -> None:
        """`operations` are what the other side may ask for, `may_export` decides which objects it
        gets a number of, and `wrap` makes the proxy of its object (number, kind, name)."""
        self.link = link
        self.requests = 0
        """Requests made so far."""
        self._operations = operations
        self._may_export = may_export
        self._wrap = wrap
        self._exported: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._proxies: dict[int, Any] = {}
        self._errors: dict[str, type[BaseException]] = dict(_BUILTIN_ERRORS)

    def request(self, operation: str, *operands: Any, **keywords: Any) -> Any:
        """Have the other side do something; returns or raises what came of it.

        Raises Uncarriable for operands that cannot cross, LinkClosed and LinkBroken.
        """
        encoder = Encoder(self._export)
        message = ["do", operation, *self._encoded(encoder, operands, keywords)]
        self.requests += 1
        self.link.send(message)
        while (answer := self.link.receive())[0] == "do":
            self._serve(answer)
        return self._outcome(answer, encoder.containers)

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
            raise LinkBroken(f"a malformed request: {error}") from error
        before = [elements(container) for container in decoder.containers]
        answer: list[Any]
        try:
            result = function(*arguments, **named)
            answer = self._answer("value", result, decoder.containers, before)
        except Uncarriable as error:
            answer = ["uncarriable", str(error)]
        except (LinkBroken, KeyboardInterrupt):
            raise
        except BaseException as error:  # an exception of the program's is its answer
            answer = self._answer("raised", error, decoder.containers, before)
        self.link.send(answer)

    def _answer(
        self, kind: str, result: Any, containers: list[Any], before: list[list[Any]]
    ) -> list[Any]:
        encoder = Encoder(self._export, known=containers)
        encode = self._encoded_error if kind == "raised" else encoder.encode
        changes = {
            number: encoder.contents(container)
            for number, container in enumerate(containers)
            if not unchanged(container, before[number])
        }
        return [kind, encode(result), changes]

    # Answers of the other side

    def _outcome(self, answer: list[Any], containers: list[Any]) -> Any:
        if answer[0] == "uncarriable":
            raise Uncarriable(str(answer[1:]))
        decoder = Decoder(self._resolve, known=containers)
        try:
            kind, result, changes = answer
            for number, contents in changes.items():
                decoder.refill(containers[int(number)], contents)
            value = self._error(result) if kind == "raised" else decoder.decode(result)
        except (Malformed, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            raise LinkBroken(f"a malformed answer: {error}") from error
        if kind == "raised":
            raise value
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
        if isinstance(value, type):
            if issubclass(value, Proxy):
                return {"own": value._number}
            if value in _TYPE_NAMES:
                return {"type": _TYPE_NAMES[value]}
        # (The type is asked, not the object, which may say of itself what it likes.)
        if issubclass(type(value), Proxy):
            return {"own": object.__getattribute__(value, "_number")}
        if not self._may_export(value):
            raise Uncarriable(f"an object of type {type(value).__name__} cannot cross")
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self._exported)
            self._exported.append(value)
        return {"object": [number, _kind(value), _name(value)]}

    def _resolve(self, tag: str, content: Any) -> Any:
        if tag == "own":
            if type(content) is not int or content < 0:
                raise ValueError("no such object")
            return self._exported[content]
        if tag == "type":
            return BUILTIN_TYPES[content]
        if tag != "object":
            raise ValueError(f"no such tag: {tag!r}")
        number, kind, name = content
        if type(number) is not int or type(kind) is not str or type(name) is not str:
            raise ValueError("no such object")
        if number not in self._proxies:
            self._proxies[number] = self._wrap(self, number, kind, name)
        return self._proxies[number]

    def _encoded_error(self, error: BaseException) -> dict[str, Any]:
        """An exception as data: the name of its class, of those it derives from, and its text."""
        kind = type(error)
        names = [each.__name__ for each in kind.__mro__]
        if not issubclass(kind, Exception):
            return {"exit": f"{kind.__name__}: {_text(error)}"}
        arguments: list[Any] | None = None
        try:
            encoder = Encoder(_nothing)
            arguments = [encoder.encode(each) for each in error.args]
        except Uncarriable:
            arguments = None
        return {"names": names, "args": arguments, "text": _text(error)}

    def _error(self, encoded: Any) -> BaseException:
        if "exit" in encoded:
            return CandidateExit(str(encoded["exit"]))
        names = [str(name) for name in encoded["names"]]
        decoder = Decoder(_no_resolving)
        arguments = encoded["args"]
        if arguments is None:
            arguments = [str(encoded["text"])]
        else:
            arguments = [decoder.decode(each) for each in arguments]
        kind = self.error_class(names)
        try:
            error = kind(*arguments)
        except TypeError:  # UnicodeDecodeError and its like want more than their text
            error = self.error_class([f"{names[0]}*", "Exception"])(*arguments)
        error.from_candidate = True  # type: ignore[attr-defined] # tells whose exception it is
        return error

    def error_class(self, names: Sequence[str]) -> type[BaseException]:
        """The exception class of that name and ancestry; one for each name."""
        name = names[0]
        if name not in self._errors:
            base = next(
                (self._errors[each] for each in names[1:] if each in self._errors), Exception
            )
            self._errors[name] = type(name, (base,), {})
        return self._errors[name]


def _kind(value: Any) -> str:
    kind = type(value)
    if issubclass(kind, type):
        return "error" if issubclass(value, BaseException) else "class"
    if kind in (types.FunctionType, types.BuiltinFunctionType, types.MethodType):
        return "function"
    return "object"


def _name(value: Any) -> str:
    """The name of a class or function, with what an exception derives from; else of the type."""
    if issubclass(type(value), type):
        mro = type.mro(value) if issubclass(value, BaseException) else [value]
        return " ".join(type.__getattribute__(each, "__name__") for each in mro)
    name = getattr(value, "__name__", "") if _kind(value) == "function" else type(value).__name__
    return name if type(name) is str else ""


def _text(error: BaseException) -> str:
    try:
        text = str(error)
    except BaseException:  # the program's own __str__ may do anything
        return ""
    return str.__str__(text)[:10_000]


def _nothing(value: Any) -> dict[str, Any]:
    raise Uncarriable(type(value).__name__)


def _no_resolving(tag: str, content: Any) -> Any:
    raise ValueError("an exception carries plain values only")
