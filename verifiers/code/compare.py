"""Whether a program printed what was expected: one pure function for each kind of checker.

Every checker takes the output and the expected output and returns None when they are equal, or the
first difference. Each says which texts are equal; none is equal to an empty one but what is empty
in the same sense. Time and memory are linear, with lines and tokens cut off the text in pieces.
"""

import decimal
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import zip_longest
from typing import NamedTuple

_PIECE_BYTES = 65_536
_SHOWN_BYTES = 80
_LONGEST_NUMBER = 1_000
"""Characters of a number that is compared as one, unless it is an integer."""
_EXACT = decimal.Context(prec=2 * _LONGEST_NUMBER, traps=[])
_SPACE = re.compile(rb"\s")
_INTEGER = re.compile(rb"[+-]?[0-9]+")
_NUMBER = re.compile(
    rb"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?|nan|inf|infinity)", re.IGNORECASE
)


class Difference(NamedTuple):
    """The first place where two outputs differ; None stands for the end of one of them."""

    where: str
    """Such as "line 3"."""
    actual: bytes | None
    expected: bytes | None

    def describe(self, *, reveal_expected: bool = False) -> str:
        """A sentence for a reader, which names the expected text only where that is wanted."""
        if self.actual is None:
            found = f"the output ends before {self.where}"
        elif self.expected is None:
            found = f"the output goes on with {self.where} where it should have ended"
        else:
            found = f"{self.where} differs"
        if not reveal_expected:
            return found
        return f"{found}: expected {_shown(self.expected)}, found {_shown(self.actual)}"


Checker = Callable[[bytes, bytes], Difference | None]


def compare_exact(actual: bytes, expected: bytes) -> Difference | None:
    """Equal are the same bytes and nothing else: a missing last newline or a CRLF is different."""
    if actual == expected:
        return None
    at = _common_prefix(actual, expected)
    return Difference(
        f"byte {at + 1}",
        actual[at : at + _SHOWN_BYTES] or None,
        expected[at : at + _SHOWN_BYTES] or None,
    )


def compare_lines(actual: bytes, expected: bytes) -> Difference | None:
    """Equal are the same lines in the same order, but for white space at the end of a line.

    So CRLF equals LF. Empty lines at the end do not count, nor does a missing last newline. White
    space at the start of a line and empty lines between others do count.
    """
    return _first_difference("line", actual, expected, _lines)


def compare_tokens(actual: bytes, expected: bytes) -> Difference | None:
    """Equal are the same words in the same order, however much white space of any kind is between.

    Line breaks are white space: "1 2\\n3" equals "1\\n2 3".
    """
    return _first_difference("token", actual, expected, _tokens)


def compare_float(
    actual: bytes, expected: bytes, *, abs_tolerance: float, rel_tolerance: float
) -> Difference | None:
    """Equal are as many words, each the same word or a number close to the expected number.

    Close is what `math.isclose` says: the difference is at most `abs_tolerance`, or at most
    `rel_tolerance` times the greater magnitude. Where an integer is expected, only `abs_tolerance`
    counts, and two integers must be the same, at any size: a count is not right to six digits. NaN
    equals NaN only, an infinity the same infinity only. A number that is longer than
    1,000 characters, or beyond the range of a double, equals only its own spelling.
    """

    def equal(one: bytes, other: bytes) -> bool:
        return one == other or _close(one, other, abs_tolerance, rel_tolerance)

    return _first_difference("token", actual, expected, _tokens, equal)


def compare_unordered_lines(actual: bytes, expected: bytes) -> Difference | None:
    """Equal are the same lines, each as often, in any order.

    White space at the end of a line does not count, nor do empty lines, wherever they are.
    """
    if actual == expected:
        return None
    missing = Counter(line for line in _lines(expected) if line)
    for number, line in enumerate(_lines(actual), start=1):
        if not line:
            continue
        if not missing[line]:
            return Difference(f"line {number}", line, _most_wanted(missing))
        missing[line] -= 1
    left = _most_wanted(missing)
    return None if left is None else Difference("some of the lines", None, left)


def _first_difference(
    what: str,
    actual: bytes,
    expected: bytes,
    parts: Callable[[bytes], Iterator[bytes]],
    equal: Callable[[bytes, bytes], bool] = bytes.__eq__,
) -> Difference | None:
    if actual == expected:
        return None
    pairs = zip_longest(parts(actual), parts(expected))
    for number, (found, wanted) in enumerate(pairs, start=1):
        if found is None or wanted is None or not equal(found, wanted):
            return Difference(f"{what} {number}", found, wanted)
    return None


def _lines(data: bytes) -> Iterator[bytes]:
    """Lines without white space at their ends, and without the empty ones at the very end."""
    end = len(data.rstrip())
    start = 0
    while start < end:
        stop = data.find(b"\n", min(start + _PIECE_BYTES, end), end)
        stop = end if stop < 0 else stop
        for line in data[start:stop].split(b"\n"):
            yield line.rstrip()
        start = stop + 1


def _tokens(data: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(data):
        space = _SPACE.search(data, start + _PIECE_BYTES)
        stop = space.start() if space else len(data)
        yield from data[start:stop].split()
        start = stop


def _close(actual: bytes, expected: bytes, abs_tolerance: float, rel_tolerance: float) -> bool:
    if _INTEGER.fullmatch(actual) and _INTEGER.fullmatch(expected):
        # As text: reading a number of a million digits takes Python minutes.
        return _plain_integer(actual) == _plain_integer(expected)
    if max(len(actual), len(expected)) > _LONGEST_NUMBER:
        return False
    if not (_NUMBER.fullmatch(actual) and _NUMBER.fullmatch(expected)):
        return False
    if _is_word(actual) or _is_word(expected):
        return _is_word(actual) == _is_word(expected) and repr(float(actual)) == repr(
            float(expected)
        )
    one, other = float(actual), float(expected)
    if math.isinf(one) or math.isinf(other):
        return False
    if _INTEGER.fullmatch(expected):
        return _away(actual, expected) <= abs_tolerance
    return math.isclose(one, other, abs_tol=abs_tolerance, rel_tol=rel_tolerance)


def _away(one: bytes, other: bytes) -> Decimal:
    """How far two numbers are apart, without the rounding of doubles."""
    return abs(_EXACT.subtract(Decimal(one.decode()), Decimal(other.decode())))


def _is_word(number: bytes) -> bool:
    """Whether it is spelt NaN or infinity, rather than with digits."""
    return number.lstrip(b"+-")[:1].lower() in (b"n", b"i")


def _plain_integer(text: bytes) -> bytes:
    digits = text.lstrip(b"+-").lstrip(b"0")
    return b"-" + digits if digits and text.startswith(b"-") else digits


def _most_wanted(missing: Counter[bytes]) -> bytes | None:
    return next((line for line, count in missing.items() if count > 0), None)


def _common_prefix(one: bytes, other: bytes) -> int:
    """Length of what both begin with, found by halving: comparing slices is fast."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _shown(text: bytes | None) -> str:
    if text is None:
        return "the end"
    shown = repr(text[:_SHOWN_BYTES].decode(errors="replace"))
    return f"{shown}…" if len(text) > _SHOWN_BYTES else shown
