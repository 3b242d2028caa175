"""JSON as it goes over the wire: bodies in, within their limit, and values out."""

import json
import math
import re
from typing import Any

import orjson
from pydantic import BaseModel

_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")
#: Shorter runs of digits fit into the 64-bit integers of orjson, which rounds longer ones.
_LONG_NUMBER = b"0" * 19
#: Every escape of JSON, so that `\\ud800` (a backslash, then text) is not taken for a surrogate.
_ESCAPES = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F]..|.)"
)
_LONE_SURROGATE_LENGTH = len(rb"\ud800")


def parse(body: bytes) -> Any:
    """The value of a JSON text, integers of any size exact.

    Half of a surrogate pair becomes U+FFFD, as such text cannot be written in UTF-8. Raises
    json.JSONDecodeError for what is no JSON: `NaN` and `Infinity` too, and more than 1,024 levels.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if "surrogate" in error.msg and (repaired := _ESCAPES.sub(_repair, body)) != body:
            return parse(repaired)
        if "infinity" in error.msg:
            return _parse_exactly(body)
        raise
    if _LONG_NUMBER in body.translate(_DIGITS_TO_ZERO):
        return _parse_exactly(body)
    return value


def _repair(escape: re.Match[bytes]) -> bytes:
    text = escape[0]
    lone = len(text) == _LONE_SURROGATE_LENGTH and text[1:3] in (b"ud", b"uD")
    return rb"\ufffd" if lone else text


def _parse_exactly(body: bytes) -> Any:
    try:
        return json.loads(body, parse_float=_finite, parse_constant=_finite)
    except json.JSONDecodeError:
        raise
    except RecursionError:
        raise json.JSONDecodeError("depth limit exceeded", "", 0) from None
    except ValueError as error:  # of int() or _finite
        raise json.JSONDecodeError(str(error), "", 0) from None


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is not finite")
    return number


def dump(value: Any) -> bytes:
    """Compact JSON of plain data, dataclasses and pydantic models."""
    try:
        return orjson.dumps(value, default=_fields)
    except orjson.JSONEncodeError:
        # Integers past 64 bits, and half surrogate pairs, of which a plugin may be the author.
        text = json.dumps(value, default=_fields, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")


def _fields(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.__dict__
    raise TypeError(f"{type(value).__name__} is no JSON")
