"""Mutable containers: what is in them, and how to make them hold what they hold elsewhere."""

import base64
import collections
from collections.abc import Callable
from typing import Any

from . import arrays

Coding = Callable[[Any], Any]

TAGS: dict[type, str] = {
    list: "list",
    dict: "dict",
    set: "set",
    bytearray: "bytearray",
    collections.deque: "deque",
    collections.OrderedDict: "ordereddict",
    collections.Counter: "counter",
    collections.defaultdict: "defaultdict",
}
"""The types that are taken for containers, with what each is called on its way."""
RECORDS: dict[str, type] = {}
"""Classes of the task whose instances cross as their attributes, by name; see `add_record`."""
_TYPES: dict[str, type] = {tag: kind for kind, tag in TAGS.items()}
_PAIRED = frozenset(("dict", "ordereddict", "counter", "defaultdict"))
_PLAIN = frozenset((type(None), bool, float, str))
_FLAT = _PLAIN | {int}
_SMALL_INT = 1 << 63


def add_record(kind: Any) -> None:
    """From now on instances of that class are containers of their attributes.

    Raises TypeError for what is no class, or one whose instances are more than their attributes.
    """
    if not isinstance(kind, type) or vars(object.__new__(kind)) != {}:
        raise TypeError("no class of records")
    RECORDS[kind.__name__] = kind
    TAGS[kind] = "record"


def add_arrays() -> None:
    """The same for NumPy's arrays, where NumPy is."""
    kind = arrays.array_type()
    if kind is not None:
        TAGS[kind] = "ndarray"


def elements(container: Any) -> list[Any]:
    """What is directly in a container; unchanged, the same objects in the same order."""
    tag = TAGS[type(container)]
    if tag in _PAIRED:
        return [*container.keys(), *container.values()]
    if tag == "record":
        return [*vars(container).keys(), *vars(container).values()]
    if tag == "ndarray":
        return arrays.elements(container)
    return [bytes(container)] if tag == "bytearray" else list(container)


def is_bulk(container: Any) -> bool:
    """Whether its elements are made anew each time they are asked for."""
    return TAGS[type(container)] == "bytearray" or arrays.is_plain_array(container)


def empty(tag: str, contents: Any) -> Any:
    """A new container of that kind; raises LookupError and its like if there is none."""
    if tag == "record":
        kind = RECORDS[contents[0]]
        return object.__new__(kind)
    if tag == "ndarray":
        array = arrays.empty(contents)
        add_arrays()  # which this may have been the first to import
        return array
    if tag == "deque":
        return collections.deque(maxlen=contents[0])
    return _TYPES[tag]()


def contents_of(value: Any, encode: Coding) -> list[Any]:
    """What is in a container, encoded."""
    tag = TAGS[type(value)]
    if tag == "list":
        return list(value) if _is_flat(value) else list(map(encode, value))
    if tag == "bytearray":
        return [base64.b64encode(value).decode()]
    if tag == "ndarray":
        return arrays.contents_of(value, encode)
    if tag in _PAIRED:
        pairs = [[encode(key), encode(item)] for key, item in value.items()]
        return [_factory(value.default_factory, encode), *pairs] if tag == "defaultdict" else pairs
    if tag == "record":
        pairs = [[name, encode(item)] for name, item in vars(value).items()]
        return [type(value).__name__, *pairs]
    inner = list(map(encode, value))
    return [value.maxlen, *inner] if tag == "deque" else inner


def fill(container: Any, contents: Any, decode: Coding) -> None:
    """Make a container hold that, and nothing else."""
    if type(contents) is not list:
        raise TypeError("contents are a list")
    tag = TAGS[type(container)]
    if tag == "list":
        container[:] = contents if _FLAT.issuperset(map(type, contents)) else map(decode, contents)
    elif tag == "ndarray":
        arrays.fill(container, contents, decode)
    elif tag == "record":
        attributes = {_attribute(name): decode(item) for name, item in contents[1:]}
        vars(container).clear()
        vars(container).update(attributes)
    else:
        container.clear()
        _put(container, tag, contents, decode)


def _put(container: Any, tag: str, contents: list[Any], decode: Coding) -> None:
    if tag == "bytearray":
        container.extend(base64.b64decode(contents[0]))
    elif tag == "deque":
        container.extend(map(decode, contents[1:]))
    elif tag == "set":
        container.update(map(decode, contents))
    else:
        if tag == "defaultdict":
            factory, *contents = contents
            known = type(factory) is str
            container.default_factory = _FACTORIES[factory] if known else decode(factory)
        for key, item in contents:
            container[decode(key)] = decode(item)


def _attribute(name: Any) -> str:
    if type(name) is not str:
        raise TypeError("no name of an attribute")
    return name


def _is_flat(value: list[Any]) -> bool:
    kinds = set(map(type, value))
    if int not in kinds or not kinds <= _FLAT:
        return kinds <= _PLAIN
    # Large integers are written in another way.
    numbers = value if kinds == {int} else [each for each in value if type(each) is int]
    return min(numbers) >= -_SMALL_INT and max(numbers) < _SMALL_INT


def _factory(factory: Any, encode: Coding) -> Any:
    """A defaultdict's factory: one of the usual types by name, or whatever it is."""
    name = next((name for name, kind in _FACTORIES.items() if kind is factory), None)
    return encode(factory) if name is None and factory is not None else name


_FACTORIES: dict[str, Any] = {
    kind.__name__: kind for kind in (int, float, str, list, dict, set, tuple, bool)
}
