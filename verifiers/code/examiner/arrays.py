"""NumPy's arrays and scalars as JSON and back, where NumPy is."""

import base64
import re
import sys
from collections.abc import Callable
from typing import Any

_KINDS = frozenset("biufcSUmM")
_RECORDS = "V"
_DTYPE = re.compile(r"[<>|=][biufcSUmM]\d{1,9}(\[\d{0,9}[a-zA-Z]{1,2}\])?")
"""Plain numbers, texts and times: nothing that holds references or fields."""
_OBJECTS = "|O"

Coding = Callable[[Any], Any]


def array_type() -> type | None:
    """The type of arrays, once somebody has imported NumPy."""
    kind = getattr(sys.modules.get("numpy"), "ndarray", None)
    return kind if isinstance(kind, type) else None


def is_plain_array(value: Any) -> bool:
    """Whether it is an array of numbers, texts or times, or of records of these."""
    kind: Any = type(value)
    return kind is array_type() and value.dtype.kind != "O"


def elements(array: Any) -> list[Any]:
    """What `containers.elements` tells of an array."""
    return (
        [array.dtype, *_form_of(array), array.tobytes()]
        if is_plain_array(array)
        else list(array.flat)
    )


def contents_of(array: Any, encode: Coding) -> list[Any]:
    """Type, shape, whether it may be written to, and what is in it.

    Raises ValueError for an array of anything else.
    """
    name = _name_of(array.dtype)
    if name == _OBJECTS:
        return [name, *_form_of(array), [encode(each) for each in array.flat]]
    return [name, *_form_of(array), base64.b64encode(array.tobytes()).decode()]


def empty(contents: Any) -> Any:
    """An array to `fill`; raises ValueError and its like for what contents_of does not make."""
    import numpy

    name, shape, _, data = contents
    if name == _OBJECTS:
        if type(data) is not list:
            raise TypeError("no objects")
        return numpy.empty(len(data), dtype=object).reshape(shape)
    raw = base64.b64decode(data)
    dtype = _dtype_of(name)
    if not raw or dtype.itemsize == 0:
        return numpy.zeros(0, dtype=dtype).reshape(shape)
    return numpy.frombuffer(raw, dtype=dtype).reshape(shape).copy()


def fill(array: Any, contents: Any, decode: Coding) -> None:
    """Make an array hold what it holds elsewhere."""
    name, shape, writable, data = contents
    if _name_of(array.dtype) != name:
        raise ValueError("an array changes its type")
    if list(array.shape) != shape:
        array.shape = shape
    if not array.flags.writeable:
        array.flags.writeable = True
    if name == _OBJECTS:
        array.flat = None
        for place, item in enumerate(data):
            array.flat[place] = decode(item)
    else:
        array[...] = empty(contents)
    array.flags.writeable = writable is True


def _form_of(array: Any) -> list[Any]:
    return [list(array.shape), bool(array.flags.writeable)]


def _name_of(dtype: Any) -> Any:
    """What a type is called on its way: its text, or of records a list of their fields. Raises
    ValueError for types that cannot cross."""
    if dtype.kind in _KINDS or dtype.str == _OBJECTS:
        return dtype.str
    if dtype.kind == _RECORDS and dtype.names:
        fields = [_field_of(name, dtype.fields[name][0]) for name in dtype.names]
        if _dtype_of(fields) == dtype:  # with nothing between its fields
            return fields
    raise ValueError(f"an array of {dtype} cannot cross")


def _field_of(name: str, dtype: Any) -> list[Any]:
    inner = dtype.base
    if inner.hasobject:
        raise ValueError("records that hold objects cannot cross")
    return [name, _name_of(inner), list(dtype.shape)]


def _dtype_of(name: Any) -> Any:
    import numpy

    if type(name) is list:
        return numpy.dtype(
            [(str(field), _dtype_of(inner), tuple(shape)) for field, inner, shape in name]
        )
    if _DTYPE.fullmatch(name) is None:
        raise ValueError("no such array")
    return numpy.dtype(name)


def encoded_scalar(value: Any) -> dict[str, Any] | None:
    """One of NumPy's scalars as data; None for anything else."""
    numpy = sys.modules.get("numpy")
    kind: Any = type(value)
    if numpy is None or not issubclass(kind, getattr(numpy, "generic", ())):
        return None
    if kind is numpy.str_:
        return {"npscalar": ["str", str.__str__(value)]}
    if kind is numpy.bytes_:
        return {"npscalar": ["bytes", base64.b64encode(value).decode()]}
    if kind.__module__ != "numpy" or kind is not value.dtype.type or value.dtype.kind not in _KINDS:
        return None
    return {"npscalar": [value.dtype.str, base64.b64encode(value.tobytes()).decode()]}


def scalar_from(content: Any) -> Any:
    """Raises ValueError and its like for what encoded_scalar does not make."""
    import numpy

    name, data = content
    if name == "str":
        return numpy.str_(str.__str__(data))
    raw = base64.b64decode(data)
    return numpy.bytes_(raw) if name == "bytes" else numpy.frombuffer(raw, _dtype_of(name))[0]
