"""JSON as it goes over the wire: bodies in, within their limit, and values out."""

import json
import math
import re
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import BaseModel

#: Python's own bound for what it reads and writes in less than quadratic time.
MOST_DIGITS = 4300
_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")
#: Shorter runs of digits fit into the 64-bit integers of orjson, which rounds longer ones.
_LONG_NUMBER = b"0" * 19
#: Every escape of JSON, so that `\\ud800` (a backslash, then text) is not taken for a surrogate.
_ESCAPES = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F]..|.)"
)
_STRING = rb'"(?:[^"\\]|\\.)*+"'
_NO_CONSTANT = re.compile(rb'(?:[^NI"]++|' + _STRING + rb")*+", re.DOTALL)
_SEPARATORS = {mark.encode(): b"\\u%04x" % ord(mark) for mark in ("\u0085", "\u2028", "\u2029")}
_LONE_SURROGATE_LENGTH = len(rb"\ud800")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands in a value for a number that cannot be read, so that only its item need fail."""

    problem: str


class TooDeep:
    """Stands for an item that is nested too deep to be read, so that only this item need fail."""


def parse(body: bytes) -> Any:
    """The value of a JSON text, integers exact up to MOST_DIGITS digits.

    A longer one, or one past the range of a double, becomes Unreadable. Half of a surrogate pair
    becomes U+FFFD, as such text cannot be written in UTF-8. Raises json.JSONDecodeError for what
    is no JSON: `NaN` and `Infinity` too, and more than 1,024 levels.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if "surrogate" in error.msg and (repaired := _ESCAPES.sub(_repair, body)) != body:
            return parse(repaired)
        if "infinity" in error.msg:
            return _parse_exactly(_ESCAPES.sub(_repair, body))
        raise
    if _LONG_NUMBER in body.translate(_DIGITS_TO_ZERO):
        return _parse_exactly(body)
    return value


def is_about_depth(error: json.JSONDecodeError) -> bool:
    """Whether a text may be JSON, but is nested deeper than what reads it can go."""
    return "depth limit" in error.msg


def _repair(escape: re.Match[bytes]) -> bytes:
    text = escape[0]
    lone = len(text) == _LONE_SURROGATE_LENGTH and text[1:3] in (b"ud", b"uD")
    return rb"\ufffd" if lone else text


def _parse_exactly(body: bytes) -> Any:
    def refuse(name: str) -> None:
        before = _NO_CONSTANT.match(body)
        start = len(before[0].decode()) - name.startswith("-") if before else 0
        raise json.JSONDecodeError(f"{name} is no JSON", body.decode(), start)

    try:
        return json.loads(body, parse_int=_integer, parse_float=_number, parse_constant=refuse)
    except RecursionError:
        raise json.JSONDecodeError("depth limit exceeded", "", 0) from None


def _integer(text: str) -> int | Unreadable:
    digits = len(text.removeprefix("-"))
    if digits > MOST_DIGITS:
        return Unreadable(f"has {digits} digits, more than the {MOST_DIGITS} that are read")
    return int(text)


def _number(text: str) -> float | Unreadable:
    number = float(text)
    return number if math.isfinite(number) else Unreadable("is larger than a double can be")


def dump(value: Any) -> bytes:
    """Compact JSON of plain data, dataclasses and pydantic models."""
    try:
        return orjson.dumps(value, default=_fields)
    except orjson.JSONEncodeError:
        # Integers past 64 bits, and half surrogate pairs, of which a plugin may be the author.
        text = json.dumps(value, default=_fields, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")


def dump_line(value: Any) -> bytes:
    """A line of NDJSON, which stays one for readers that also break lines at Unicode's separators.

    Python's `str.splitlines` does, and with it the line iterators of HTTP clients.
    """
    line = dump(value)
    for separator, escape in _SEPARATORS.items():
        line = line.replace(separator, escape)
    return line + b"\n"


def _fields(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.__dict__
    raise TypeError(f"{type(value).__name__} is no JSON")
