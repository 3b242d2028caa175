"""NumPy arrays and scalars as JSON and back, where NumPy is there."""

import base64
import re
import sys
from typing import Any

_KINDS = frozenset("biufcSUmM")
_DTYPE = re.compile(r"[<>|=][biufcSUmM]\d{1,9}(\[\d{0,9}[a-zA-Z]{1,2}\])?")
"""Plain numbers, texts and times: nothing that holds references or fields."""


def encoded_array(value: Any) -> dict[str, Any] | None:
    """A NumPy array or scalar as data; None for anything else."""
    numpy = sys.modules.get("numpy")
    if numpy is None or not hasattr(numpy, "ndarray"):
        return None
    kind = type(value)
    if kind is numpy.ndarray and value.dtype.kind in _KINDS:
        data = base64.b64encode(value.tobytes()).decode()
        return {"ndarray": [value.dtype.str, list(value.shape), data]}
    if (
        issubclass(kind, numpy.generic)
        and kind.__module__ == "numpy"
        and value.dtype.kind in _KINDS
        and kind is value.dtype.type
    ):
        return {"npscalar": [value.dtype.str, base64.b64encode(value.tobytes()).decode()]}
    return None


def array_from(tag: str, content: Any) -> Any:
    """Raises ValueError and its like for what `encoded_array` does not make."""
    import numpy

    if _DTYPE.fullmatch(content[0]) is None:
        raise ValueError("no such array")
    dtype = numpy.dtype(content[0])
    data = base64.b64decode(content[-1])
    if dtype.itemsize == 0 or not data:
        array = numpy.zeros(0 if tag == "ndarray" else 1, dtype=dtype)
    else:
        array = numpy.frombuffer(data, dtype=dtype)
    return array.reshape(content[1]).copy() if tag == "ndarray" else array[0]
