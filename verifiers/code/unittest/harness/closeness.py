"""pytest.approx: equality of numbers within a tolerance, also inside of containers."""

import math
import numbers
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

_RELATIVE, _ABSOLUTE = 1e-6, 1e-12


class Approximation:
    """Equals what is close to the expected value. Only plain values are ever close."""

    # Arrays must leave the comparison to this side.
    __array_ufunc__ = None
    __array_priority__ = 100
    __hash__ = None  # type: ignore[assignment] # what is equal within a tolerance has no hash

    def __init__(self, expected: Any, rel: Any, abs_: Any, nan_ok: bool) -> None:
        self._expected = expected
        self._rel = rel
        self._abs = abs_
        self._nan_ok = nan_ok

    def __eq__(self, actual: object) -> bool:
        return self._is_close(actual, self._expected)

    def __repr__(self) -> str:
        return f"approx({self._expected!r})"

    def _is_close(self, actual: Any, expected: Any) -> bool:
        actual, expected = _plain(actual), _plain(expected)
        if isinstance(expected, Mapping):
            return (
                isinstance(actual, Mapping)
                and actual.keys() == expected.keys()
                and all(self._is_close(actual[key], expected[key]) for key in expected)
            )
        if isinstance(expected, Sequence) and not isinstance(expected, str | bytes):
            return (
                isinstance(actual, Sequence)
                and not isinstance(actual, str | bytes)
                and len(actual) == len(expected)
                and all(map(self._is_close, actual, expected))
            )
        if isinstance(expected, bool) or not isinstance(expected, numbers.Number | Decimal):
            return bool(actual == expected)
        return isinstance(actual, numbers.Number | Decimal) and self._is_near(actual, expected)

    def _is_near(self, actual: Any, expected: Any) -> bool:
        if actual == expected:
            return True
        if isinstance(expected, float) and math.isnan(expected):
            return self._nan_ok and actual != actual
        try:
            if math.isinf(abs(expected)) or math.isinf(abs(actual)):
                return False
        except OverflowError:
            return False
        return bool(abs(actual - expected) <= self._tolerance(expected))

    def _tolerance(self, expected: Any) -> Any:
        kind = type(expected) if isinstance(expected, Decimal) else float
        absolute = kind(str(_ABSOLUTE)) if self._abs is None else self._abs
        if self._rel is None and self._abs is not None:
            return absolute
        relative = kind(str(_RELATIVE)) if self._rel is None else self._rel
        return max(relative * abs(expected), absolute)


def approx(expected: Any, rel: Any = None, abs: Any = None, nan_ok: bool = False) -> Approximation:  # noqa: A002 - pytest's name
    """As pytest.approx: close within 1e-6 of the expected value, or 1e-12, unless told."""
    return Approximation(expected, rel, abs, nan_ok)


def _plain(value: Any) -> Any:
    """A NumPy array or scalar as a list or number."""
    return value.tolist() if type(value).__module__ == "numpy" else value
