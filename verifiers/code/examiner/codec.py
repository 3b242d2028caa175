"""Python values as JSON and back, exactly: what crosses between examiner and candidate.

A value is taken by what its type is, never by what it claims to be: instances of other classes stay
where they are and cross as handles; those of classes that derive from an immutable built-in type
(named tuples, IntEnum) bring a copy of their built-in part along.

    null, true, 1, 1.5, "text"      themselves (integers beyond 64 bits excepted)
    [...]                            a tuple of such
    {tag: content}                   everything else: atoms (below), {"ref": n} for a container that
                                     both sides have (see sharing), {"fixed": n} for what is in the
                                     message's list of tuples and frozensets

A message brings beside its values a memo: `[news, fixed, changes, gone]`. Containers and tuples
lie there side by side and name each other by number, so depth costs nothing, and what is met twice
crosses once.
"""

import base64
import datetime
import decimal
import fractions
from collections.abc import Callable
from typing import Any

from .arrays import encoded_scalar, scalar_from
from .containers import TAGS, contents_of, empty, fill
from .frames import FRAMES, encoded_frame
from .parts import IMMUTABLE, builtin_part
from .sharing import Shared
from .times import (
    datetime_from,
    encoded_zone,
    moment_parts,
    named_zone,
    time_from,
    zone_from,
    zone_parts,
)

MAX_DEPTH = 400
"""Nesting of tuples; below what the interpreter's own recursion allows."""
# What is larger is no answer to anything, and arithmetic with it takes forever.
_MOST_BITS = 1 << 23
_LARGEST_EXPONENT = 10_000
_LONGEST_RANGE = 1_000_000

_SCALARS = frozenset((type(None), bool, float, str))
_SMALL_INT = 1 << 63

_MALFORMED = (
    *(TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError),
    ImportError,  # of a library that has the type, and is not here
)

Memo = list[Any]
Export = Callable[[Any], dict[str, Any]]
Resolve = Callable[[str, Any], Any]


class Uncarriable(Exception):
    """A value that cannot cross."""


class Malformed(Exception):
    """What came from the other side is no encoded value."""


def _int(text: Any) -> int:
    number = int(text, 16)
    if number.bit_length() > _MOST_BITS:
        raise ValueError("too large a number")
    return number


def _decimal(text: Any) -> decimal.Decimal:
    number = decimal.Decimal(text)
    if number.is_finite() and abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError("too large an exponent")
    return number


def _range(content: Any) -> range:
    numbers = range(*content)
    if numbers[_LONGEST_RANGE:]:
        raise ValueError("too long a range")
    return numbers


def _is_bounded(value: Any) -> bool:
    """Whether an atom is of a size that crosses as data."""
    kind = type(value)
    if kind is int:
        return bool(value.bit_length() <= _MOST_BITS)
    if kind is decimal.Decimal:
        return bool(not value.is_finite() or abs(value.adjusted()) <= _LARGEST_EXPONENT)
    return bool(kind is not range or not value[_LONGEST_RANGE:])


# tag: type, how to take it apart into plain values, how to put it together. Immutable ones only.
_ATOMS: dict[str, tuple[type, Callable[[Any], Any], Callable[[Any], Any]]] = {
    "int": (int, hex, _int),
    "bytes": (bytes, lambda v: base64.b64encode(v).decode(), base64.b64decode),
    "complex": (complex, lambda v: [v.real, v.imag], lambda c: complex(*c)),
    "decimal": (decimal.Decimal, str, _decimal),
    "fraction": (
        fractions.Fraction,
        lambda v: [hex(v.numerator), hex(v.denominator)],
        lambda c: fractions.Fraction(_int(c[0]), _int(c[1])),
    ),
    "date": (datetime.date, datetime.date.isoformat, datetime.date.fromisoformat),
    "time": (datetime.time, moment_parts, time_from),
    "datetime": (datetime.datetime, moment_parts, datetime_from),
    "timezone": (datetime.timezone, zone_parts, zone_from),
    "timedelta": (
        datetime.timedelta,
        lambda v: [v.days, v.seconds, v.microseconds],
        lambda c: datetime.timedelta(*c),
    ),
    "range": (range, lambda v: [v.start, v.stop, v.step], _range),
    "ellipsis": (type(...), lambda v: 0, lambda c: ...),
    "notimplemented": (type(NotImplemented), lambda v: 0, lambda c: NotImplemented),
}
_ATOM_TAGS = {kind: tag for tag, (kind, _, _) in _ATOMS.items()}


class Encoder:
    """Encodes the values of one message.

    `export` gives the handle of an object that must stay here, or raises Uncarriable; then nothing
    may be sent, and `shared` has to be told so.
    """

    def __init__(self, export: Export, shared: Shared) -> None:
        self._export = export
        self._shared = shared
        self._fixed: list[Any] = []
        self._met: dict[int, tuple[int, Any]] = {}

    def encode(self, value: Any) -> Any:
        """Raises Uncarriable."""
        try:
            return self._encode(value, 0)
        except RecursionError as error:
            raise Uncarriable("a value nested too deep") from error

    def _encode(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind in _SCALARS or (kind is int and -_SMALL_INT <= value < _SMALL_INT):
            return value
        if kind in TAGS:
            return {"ref": self._shared.number_of(value)}
        if depth > MAX_DEPTH:
            raise Uncarriable(f"a value nested more than {MAX_DEPTH} deep")
        if kind is tuple and _SCALARS.issuperset(map(type, value)):
            return list(value)
        if kind in (tuple, frozenset):
            return {"fixed": self._number_of(value, depth)}
        if kind in _ATOM_TAGS and _is_bounded(value):
            tag = _ATOM_TAGS[kind]
            return {tag: _ATOMS[tag][1](value)}
        if kind is slice:
            return {"slice": self._encode((value.start, value.stop, value.step), depth + 1)}
        data = encoded_scalar(value) or encoded_zone(value) or encoded_frame(value, self.encode)
        return self._handle(value, depth) if data is None else data

    def memo(self) -> Memo:
        """What the values of the message are made of, to be sent with them."""
        try:
            changes = [
                [number, contents_of(container, self.encode)]
                for number, container in self._shared.changed()
            ]
            news = [
                [TAGS[type(each)], contents_of(each, self.encode)] for each in self._shared.unsent()
            ]
        except ValueError as error:
            raise Uncarriable(str(error)) from error
        return [news, self._fixed, changes]

    def _number_of(self, value: Any, depth: int) -> int:
        if id(value) not in self._met:
            content = [self._encode(each, depth + 1) for each in value]
            self._met[id(value)] = len(self._fixed), value  # which keeps it, and its id, alive
            self._fixed.append([type(value).__name__, content])
        return self._met[id(value)][0]

    def _handle(self, value: Any, depth: int) -> Any:
        handle = self._export(value)
        content = handle.get("object")
        if content is None or len(content) == 1:
            return handle
        part = builtin_part(value)
        if type(part) not in IMMUTABLE:
            return handle
        return {"object": [*content, self._encode(part, depth + 1)]}


class Decoder:
    """Decodes the values of one message; `resolve` turns a handle into an object.

    Raises Malformed for anything that Encoder does not make.
    """

    def __init__(self, resolve: Resolve, shared: Shared, memo: Memo) -> None:
        self._resolve = resolve
        self._shared = shared
        self._fixed: list[Any] = []
        try:
            self._take(*memo)
        except _MALFORMED as error:
            raise Malformed(f"{type(error).__name__}: {error}") from error

    def decode(self, value: Any) -> Any:
        try:
            return self._decode(value)
        except _MALFORMED as error:
            raise Malformed(f"{type(error).__name__}: {error}") from error

    def _take(self, news: Any, fixed: Any, changes: Any) -> None:
        made = [(empty(tag, contents), contents) for tag, contents in news]
        for container, _ in made:
            self._shared.received(container)
        for kind, content in fixed:
            self._fixed.append(_FIXED[kind](map(self._decode, content)))
        # What was met later is further in: keys that are objects are whole before they are hashed.
        for container, contents in reversed(made):
            fill(container, contents, self._decode)
        for number, contents in changes:
            fill(self._shared.changing(number), contents, self._decode)

    def _decode(self, value: Any) -> Any:
        kind = type(value)
        if kind in _SCALARS or kind is int:
            return value
        if kind is list:
            return tuple(map(self._decode, value))
        if kind is not dict or len(value) != 1:
            raise ValueError("no encoded value")
        ((tag, content),) = value.items()
        if tag == "ref":
            return self._shared.theirs(content)
        if tag == "fixed":
            if type(content) is not int or content < 0:
                raise ValueError("no such tuple")
            return self._fixed[content]
        if tag in _ATOMS:
            return _ATOMS[tag][2](content)
        if tag == "npscalar":
            return scalar_from(content)
        if tag == "zone":
            return named_zone(content)
        if tag in FRAMES:
            return FRAMES[tag](content, self._decode)
        if tag == "slice":
            return slice(*self._decode(content))
        if tag == "object" and len(content) == 4:
            part = self._decode(content[3])
            if type(part) not in IMMUTABLE:
                raise ValueError("no built-in part")
            return self._resolve(tag, [*content[:3], part])
        return self._resolve(tag, content)


_FIXED: dict[Any, Callable[[Any], Any]] = {"tuple": tuple, "frozenset": frozenset}
