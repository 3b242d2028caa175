"""Limits that rows state for their tasks, in the units of their datasets."""

import math
import re
from collections.abc import Mapping
from typing import Any

from verifiers.code.datasets.fields import kind, refuse

LEAST_MEMORY_BYTES = 256 * 1024 * 1024
"""Limits of old contests were set for compiled programs, not for interpreters."""
_MIB = 1024 * 1024
_AMOUNT = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)\s*", re.IGNORECASE)
_SECONDS = {"": 1.0, "s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "ms": 0.001}
_BYTES = {
    "b": 1,
    "byte": 1,
    "bytes": 1,
    "kilobyte": 1024,
    "kilobytes": 1024,
    "kb": 1024,
    "megabyte": _MIB,
    "megabytes": _MIB,
    "mb": _MIB,
    "mib": _MIB,
    "gigabyte": 1024 * _MIB,
    "gigabytes": 1024 * _MIB,
    "gb": 1024 * _MIB,
}


def limits(time: Any = None, memory: Any = None, *, memory_unit: int = _MIB) -> dict[str, Any]:
    """Options with the limits of a row; what is null, 0 or "" is not limited by the row.

    `time` is a number of seconds, text such as "2.0 seconds", or CodeContests' object; `memory` a
    number of `memory_unit` bytes, or text such as "256 megabytes".
    """
    found: dict[str, Any] = {}
    if seconds := _seconds(time):
        found["cpu_s"] = seconds
    if size := _bytes(memory, memory_unit):
        found["memory_bytes"] = max(size, LEAST_MEMORY_BYTES)
    return {"limits": found} if found else {}


def _seconds(value: Any) -> float:
    if isinstance(value, Mapping):
        whole, nanos = value.get("seconds") or 0, value.get("nanos") or 0
        return _number(whole, "time_limit.seconds") + _number(nanos, "time_limit.nanos") / 1e9
    if isinstance(value, str):
        return _amount(value, _SECONDS, "time_limit")
    return _number(value, "time_limit")


def _bytes(value: Any, unit: int) -> int:
    if isinstance(value, str):
        return math.ceil(_amount(value, {"": unit, **_BYTES}, "memory_limit"))
    return math.ceil(_number(value, "memory_limit") * unit)


def _amount(text: str, units: Mapping[str, float], field: str) -> float:
    if not text.strip():
        return 0.0
    found = _AMOUNT.fullmatch(text)
    if found is None or found[2].lower() not in units:
        refuse(field, f"is {text[:40]!r}", f"write it with one of {', '.join(filter(None, units))}")
    return _number(float(found[1]), field) * units[found[2].lower()]


def _number(value: Any, field: str) -> float:
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float):
        refuse(field, f"must be a number, not {kind(value)}")
    if not 0 <= value <= 1e12:
        refuse(field, "is no amount of time or memory", "give a number above 0, or leave it out")
    return float(value)
