"""Python values as JSON and back, exactly: what crosses between examiner and candidate.

A value is taken by what its type is, never by what it claims to be: instances of other classes stay
where they are and cross as handles; those of classes that derive from an immutable built-in type
(named tuples, IntEnum) bring a copy of their built-in part along. Lists, dictionaries and the other
mutable containers are numbered in the order they are met, so that a container that is met twice
arrives as one object, and changes made to it elsewhere can be brought home.

    null, true, 1, 1.5, "text", [...]       themselves (integers beyond 64 bits excepted)
    {tag: content}                           everything else; TAGS below
"""

import base64
import collections
import datetime
import decimal
import fractions
import operator
from collections.abc import Callable
from typing import Any

from .arrays import array_from, encoded_array
from .parts import IMMUTABLE, builtin_part

MAX_DEPTH = 400
"""Nesting of containers; below what the interpreter's own recursion allows."""
# What is larger is no answer to anything, and arithmetic with it takes forever.
_MOST_BITS = 1 << 23
_LARGEST_EXPONENT = 10_000
_LONGEST_RANGE = 1_000_000

_SCALARS = frozenset((type(None), bool, float, str))
_SMALL_INT = 1 << 63

_MALFORMED = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)

Contents = list[Any]


def elements(container: Any) -> list[Any]:
    """What is directly in a mutable container; unchanged, the same objects in the same order."""
    if isinstance(container, dict):
        return [*container.keys(), *container.values()]
    return [bytes(container)] if isinstance(container, bytearray) else list(container)


def unchanged(container: Any, before: list[Any]) -> bool:
    """Whether a container still holds exactly what `elements` told before."""
    now = elements(container)
    if isinstance(container, bytearray):
        return now == before
    return len(now) == len(before) and all(map(operator.is_, now, before))


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
    "time": (datetime.time, datetime.time.isoformat, datetime.time.fromisoformat),
    "datetime": (datetime.datetime, datetime.datetime.isoformat, datetime.datetime.fromisoformat),
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
_SEQUENCES: dict[type, str] = {tuple: "tuple", frozenset: "frozenset"}
_MUTABLE: dict[type, str] = {
    list: "list",
    dict: "dict",
    set: "set",
    bytearray: "bytearray",
    collections.deque: "deque",
    collections.OrderedDict: "ordereddict",
    collections.Counter: "counter",
    collections.defaultdict: "defaultdict",
}
CONTAINERS = frozenset(_MUTABLE)
_PAIRED = frozenset(("dict", "ordereddict", "counter", "defaultdict"))
_EMPTY: dict[str, Callable[[], Any]] = {tag: kind for kind, tag in _MUTABLE.items()}


class Encoder:
    """Encodes the values of one message.

    `known` are mutable containers that the other side has already, by number. `export` gives the
    handle of an object that must stay here, or raises Uncarriable.
    """

    def __init__(
        self, export: Callable[[Any], dict[str, Any]], known: list[Any] | None = None
    ) -> None:
        self.containers: list[Any] = [] if known is None else list(known)
        """Every numbered container; kept alive so that no identity is used twice."""
        self._numbers = {id(each): number for number, each in enumerate(self.containers)}
        self._export = export

    def encode(self, value: Any, depth: int = 0) -> Any:
        kind = type(value)
        if kind in _SCALARS:
            return value
        if kind is int and -_SMALL_INT <= value < _SMALL_INT:
            return value
        if depth > MAX_DEPTH:
            raise Uncarriable(f"a value nested more than {MAX_DEPTH} deep")
        if kind in _MUTABLE:
            number = self._numbers.get(id(value))
            if number is not None:
                return {"ref": number}
            self._numbers[id(value)] = len(self.containers)
            self.containers.append(value)
            contents = self.contents(value, depth)
            return contents if kind is list else {_MUTABLE[kind]: contents}
        if kind in _SEQUENCES:
            return {_SEQUENCES[kind]: [self.encode(each, depth + 1) for each in value]}
        if kind in _ATOM_TAGS and _is_bounded(value):
            tag = _ATOM_TAGS[kind]
            return {tag: _ATOMS[tag][1](value)}
        array = encoded_array(value)
        return self._handle(value, depth) if array is None else array

    def _handle(self, value: Any, depth: int) -> Any:
        handle = self._export(value)
        if "object" not in handle:
            return handle
        part = builtin_part(value)
        if type(part) not in IMMUTABLE:
            return handle
        return {"object": [*handle["object"], self.encode(part, depth + 1)]}

    def contents(self, value: Any, depth: int = 0) -> Contents:
        """What is in a mutable container, encoded."""
        kind = type(value)
        if kind is list and _SCALARS.issuperset(map(type, value)):
            return list(value)
        if kind is bytearray:
            return [base64.b64encode(value).decode()]
        if issubclass(kind, dict):
            pairs = [
                [self.encode(k, depth + 1), self.encode(v, depth + 1)] for k, v in value.items()
            ]
            if kind is collections.defaultdict:
                return [self._factory(value.default_factory), *pairs]
            return pairs
        inner = [self.encode(each, depth + 1) for each in value]
        return [value.maxlen, *inner] if kind is collections.deque else inner

    def _factory(self, factory: Any) -> Any:
        """A defaultdict's factory: one of the usual types by name, or whatever it is."""
        name = next((name for name, kind in _FACTORIES.items() if kind is factory), None)
        return self._export(factory) if name is None and factory is not None else name


_FACTORIES: dict[str, Any] = {
    kind.__name__: kind for kind in (int, float, str, list, dict, set, tuple, bool)
}


class Decoder:
    """Decodes the values of one message; `resolve` turns a handle into an object.

    Raises Malformed for anything that Encoder does not make.
    """

    def __init__(self, resolve: Callable[[str, Any], Any], known: list[Any] | None = None) -> None:
        self.containers: list[Any] = [] if known is None else list(known)
        self._resolve = resolve

    def decode(self, value: Any) -> Any:
        try:
            return self._decode(value)
        except _MALFORMED as error:
            raise Malformed(f"{type(error).__name__}: {error}") from error
        except RecursionError as error:
            raise Malformed("nested too deep") from error

    def refill(self, container: Any, contents: Any) -> None:
        """Make a container of this side hold what it holds on the other."""
        try:
            self._fill(container, _MUTABLE[type(container)], contents)
        except _MALFORMED as error:
            raise Malformed(f"{type(error).__name__}: {error}") from error
        except RecursionError as error:
            raise Malformed("nested too deep") from error

    def _decode(self, value: Any) -> Any:
        kind = type(value)
        if kind in _SCALARS or kind is int:
            return value
        if kind is list:
            return self._new("list", value)
        if kind is not dict or len(value) != 1:
            raise ValueError("no encoded value")
        ((tag, content),) = value.items()
        if tag == "ref":
            if type(content) is not int or content < 0:
                raise ValueError("no such container")
            return self.containers[content]
        if tag in _EMPTY:
            return self._new(tag, content)
        if tag == "tuple":
            return tuple(map(self._decode, content))
        if tag == "frozenset":
            return frozenset(map(self._decode, content))
        if tag in _ATOMS:
            return _ATOMS[tag][2](content)
        if tag in ("ndarray", "npscalar"):
            return array_from(tag, content)
        if tag == "object" and len(content) == 4:
            part = self._decode(content[3])
            if type(part) not in IMMUTABLE:
                raise ValueError("no built-in part")
            return self._resolve(tag, [*content[:3], part])
        return self._resolve(tag, content)

    def _new(self, tag: str, contents: Any) -> Any:
        container = _EMPTY[tag]()
        if tag == "deque":
            container = collections.deque(maxlen=contents[0])
        self.containers.append(container)
        self._fill(container, tag, contents)
        return container

    def _fill(self, container: Any, tag: str, contents: Any) -> None:
        if type(contents) is not list:
            raise TypeError("contents are a list")
        if tag == "list":
            plain = _SCALARS.issuperset(map(type, contents))
            container[:] = contents if plain else map(self._decode, contents)
            return
        # What is decoded may hold the container itself, so it is emptied first and filled after.
        container.clear()
        if tag == "bytearray":
            container += base64.b64decode(contents[0])
        elif tag in _PAIRED:
            if tag == "defaultdict":
                setattr(container, "default_factory", self._factory(contents[0]))  # noqa: B010
                contents = contents[1:]
            for key, item in contents:
                container[self._decode(key)] = self._decode(item)
        elif tag == "set":
            container.update(map(self._decode, contents))
        else:
            container.extend(map(self._decode, contents[1:]))

    def _factory(self, factory: Any) -> Any:
        if factory is None:
            return None
        return _FACTORIES[factory] if type(factory) is str else self._decode(factory)
