"""Calls between two processes, either way: each side keeps its objects and hands out numbers.

A request names an operation and its operands; the answer brings the result, or the exception. While
waiting for an answer a side serves the other's requests, so that callbacks nest as calls do.

    ["do", operation, [operand, ...], {name: operand}, memo, gone]
    ["value" | "raised" | "uncarriable", result, memo, gone]

Memo is the codec's; `gone` are numbers of containers that the sender has forgotten.
"""

import builtins
import collections
import datetime
import decimal
import fractions
import threading
import types
from collections.abc import Callable, Mapping
from typing import Any

from .codec import Decoder, Encoder, Malformed, Uncarriable
from .containers import add_arrays
from .errors import Errors, Refused, is_error, names_of
from .link import Link, LinkBroken
from .sharing import Shared
from .specials import specials_of

#: Types that cross by name: each side has its own.
BUILTIN_TYPES: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        *(bool, int, float, complex, str, bytes, bytearray, range, type(None), object),
        *(list, tuple, set, frozenset, dict, BaseException, Exception),
        *(decimal.Decimal, fractions.Fraction, datetime.date, datetime.time, datetime.datetime),
        *(datetime.timedelta, collections.deque, collections.OrderedDict, collections.Counter),
        *(each for each in vars(builtins).values() if is_error(each)),
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

_NOTHING_TOLD: list[Any] = [None, None, NotImplemented]
"""What a handle says of an object that was handed out before."""
_MALFORMED = (Malformed, ValueError, TypeError, LookupError, AttributeError)


MODULE = "solution"
"""Name of the module that the program is."""


TOLD = frozenset(
    ("__doc__", "__name__", "__dict__", "__annotations__", "__defaults__", "__slots__")
)
"""Special names that are looked up on the other side; any other is not there."""


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
        wrap: Callable[["Peer", int, str, Any, Any], Any],
    ) -> None:
        """`operations` are what the other side may ask for, `kind_of` says as what kind of thing an
        object is handed out (None if it is not), and `wrap` makes the proxy of an object of the
        other side (number, kind, description, built-in part)."""
        self.link = link
        self.requests = 0
        """Requests made so far."""
        self.refused: str | None = None
        """What this side last could not hand out."""
        self.errors = Errors()
        self.judges_classes = False
        """Whether it is the task that says that something of the other side's is a class."""
        self.blocks: dict[str, list[list[int]]] = {}
        """With statements of this side's sources that assertions depend on, by file; see
        assertions.blocks."""
        self._turn = threading.RLock()
        self._operations = operations
        self._kind_of = kind_of
        self._wrap = wrap
        self._shared = Shared()
        self._exported: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._described: set[int] = set()
        self._describing: list[int] = []
        self._proxies: dict[int, Any] = {}

    def request(self, operation: str, /, *operands: Any, **keywords: Any) -> Any:
        """Have the other side do something; returns or raises what came of it.

        Raises Uncarriable for operands that cannot cross, LinkClosed and LinkBroken.
        """
        with self._turn:
            self.requests += 1
            try:
                encoder = self._encoder()
                positional = list(map(encoder.encode, operands))
                named = {name: encoder.encode(value) for name, value in keywords.items()}
                self._send(["do", operation, positional, named], encoder)
            except Uncarriable as error:
                self._undo()
                self.refused = str(error)
                raise
            while (answer := self.link.receive())[0] == "do":
                self._serve(answer)
            return self._outcome(answer, iterating=operation == "next")

    def attribute(self, proxy: Any, name: str) -> Any:
        """What the other side's object has under that name. Raises AttributeError."""
        # Special names make libraries trust what is there, down to addresses.
        if name.startswith("__") and name not in TOLD:
            raise AttributeError(name)
        return self.request("getattr", proxy, name)

    def serve(self) -> None:
        """Serve until the other side has gone (LinkClosed)."""
        while True:
            self._serve(self.link.receive())

    # Requests of the other side

    def _serve(self, message: list[Any]) -> None:
        try:
            _, operation, operands, keywords, memo, gone = message
            decoder = self._decoder(memo)
            arguments = list(map(decoder.decode, operands))
            named = {str(name): decoder.decode(value) for name, value in keywords.items()}
            function = self._operations[operation]
            self._shared.gone(gone)
        except _MALFORMED as error:
            raise self.link.broken(f"a malformed request: {error}") from error
        encoder = self._encoder()
        try:
            try:
                answer = ["value", encoder.encode(function(*arguments, **named))]
            except (Uncarriable, LinkBroken, KeyboardInterrupt):
                raise
            except BaseException as error:  # an exception of the program's is its answer
                answer = ["raised", self.errors.encoded(error)]
            del arguments, named, decoder  # what nobody else holds is forgotten on both sides
            self._send(answer, encoder)
        except Uncarriable as error:
            self._undo()
            self._send(["uncarriable", str(error)], self._encoder())

    # Answers of the other side

    def _outcome(self, answer: list[Any], *, iterating: bool) -> Any:
        try:
            kind, result, memo, gone = answer
            decoder = self._decoder(memo)
            if kind == "uncarriable":
                error: BaseException | None = Refused(f"gave what cannot cross: {result}"[:1000])
            elif kind == "raised":
                error = self.errors.decoded(result, iterating=iterating)
            else:
                value, error = {"value": decoder.decode(result)}[kind], None
            self._shared.gone(gone)
        except _MALFORMED as wrong:
            raise self.link.broken(f"a malformed answer: {wrong}") from wrong
        if error is not None:
            raise error
        return value

    # Messages

    def _encoder(self) -> Encoder:
        add_arrays()
        return Encoder(self._export, self._shared)

    def _decoder(self, memo: Any) -> Decoder:
        add_arrays()
        decoder = Decoder(self._value, self._shared, memo)
        self._shared.settle()
        return decoder

    def _send(self, message: list[Any], encoder: Encoder) -> None:
        """Send it with its memo; raises Uncarriable when something in there cannot cross."""
        memo = encoder.memo()
        self.link.send([*message, memo, self._shared.release()])
        self._shared.settle()
        self._described.update(self._describing)
        self._describing.clear()

    def _undo(self) -> None:
        self._shared.undo()
        self._describing.clear()

    # Objects

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
        if number in self._described or number in self._describing:
            return {"object": [number]}
        self._describing.append(number)
        return {"object": [number, kind, self._description(value, kind)]}

    def _description(self, value: Any, kind: str) -> Any:
        """A name, and what special methods there are."""
        if kind == "class":
            return [name_of(value), specials_of(value)]
        if kind in ("object", "instance"):
            own = type(value)
            of_program = getattr(own, "__module__", None) == MODULE and kind == "object"
            return [own.__name__, specials_of(own), self._export(own) if of_program else None]
        return name_of(value)

    def resolved(self, handle: Any) -> Any:
        """The object of the other side that a handle names; raises ValueError and its like."""
        ((tag, content),) = handle.items()
        return self._resolve(tag, content)

    def _value(self, tag: str, content: Any) -> Any:
        """The same for a handle that is, or is in, what the other side says."""
        is_known = tag == "object" and content[0] in self._proxies
        value = self._resolve(tag, content)
        if is_known:
            self._met_again(value)
        return value

    def _resolve(self, tag: str, content: Any) -> Any:
        if tag == "own":
            if type(content) is not int or content < 0:
                raise ValueError("no such object")
            return self._exported[content]
        if tag == "type":
            return self._builtin_type(content)
        if tag == "shared":
            return SHARED[content]
        if tag != "object":
            raise ValueError(f"no such tag: {tag!r}")
        number, *rest = content
        kind, description, part = rest + _NOTHING_TOLD[len(rest) :]
        if type(number) is not int:
            raise ValueError("no such object")
        if number not in self._proxies:
            if type(kind) is not str:
                raise ValueError("no such object")
            self._proxies[number] = self._wrap(self, number, kind, description, part)
        return self._proxies[number]

    def _builtin_type(self, name: str) -> type:
        return BUILTIN_TYPES[name]

    def _met_again(self, proxy: Any) -> None:
        """The other side has named an object that it had named before."""


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
        if issubclass(value, BaseException):
            return " ".join(names_of(value))
        own: str = type.__getattribute__(value, "__name__")
        return own
    name = getattr(value, "__name__", "") if kind_of(value) == "function" else type(value).__name__
    return name if type(name) is str else ""
