"""Numbers as they are written: decimals, powers of ten, repeating decimals, other bases."""

import re
from fractions import Fraction

from verifiers.math.errors import Unreadable
from verifiers.math.spoken import CARDINALS

MAX_DIGITS = 1200
"""Of one number; int() of longer texts takes quadratic time."""
MAX_PERIOD = 200
BASE_WORDS = "two|three|four|five|six|seven|eight|nine|ten|twelve|sixteen"
DIGITS = re.compile(r"\d")
_BASE = re.compile(rf"\d+|{BASE_WORDS}")
_MAX_EXPONENT = 400

Written = tuple[int | Fraction, int | None]
"""A value, and how many decimal places it was written with."""


def decimal(digits: str) -> Written:
    """1234 or 12.34; raises Unreadable for one that is too long, as all of these do."""
    if len(digits) > MAX_DIGITS:
        raise Unreadable(f"a number of {len(digits)} digits")
    whole, point, decimals = digits.partition(".")
    if not point or not decimals:
        return int(whole), None
    return Fraction(int(whole + decimals), 10 ** len(decimals)), len(decimals)


def scientific(text: str) -> Written:
    """1.5e-3"""
    mantissa, _, exponent = text.lower().partition("e")
    if len(exponent) > 5 or abs(int(exponent)) > _MAX_EXPONENT or len(mantissa) > MAX_DIGITS:
        raise Unreadable("a number that large")
    value = Fraction(mantissa) * Fraction(10) ** int(exponent)
    places = len(mantissa.partition(".")[2]) - int(exponent)
    return _plain(value), places if places > 0 else None


def repeating(text: str) -> int | Fraction:
    """0.1\\overline{6} or 0.(3)"""
    if len(text) > MAX_PERIOD:
        raise Unreadable("a period that long")
    head, *tail = re.split(r"[\\(]", text, maxsplit=1)
    period = "".join(DIGITS.findall(tail[0]))
    whole, _, fixed = head.partition(".")
    scale = 10 ** len(fixed)
    value = Fraction(int(whole or "0") * scale + int(fixed or "0"), scale)
    return _plain(value + Fraction(int(period), scale * (10 ** len(period) - 1)))


def based(text: str) -> tuple[str, int]:
    """The digits and the base of 1011_2."""
    digits, _, base_text = text.partition("_")
    digits = digits.strip("() ")
    name = _BASE.search(base_text)
    base = CARDINALS.get(name[0]) or int(name[0][:4]) if name else 0
    if not 2 <= base <= 36 or any(int(digit, 36) >= base for digit in digits):
        raise Unreadable(f"{digits[:20]} is no number of base {base}")
    if len(digits) > MAX_DIGITS:
        raise Unreadable(f"a number of {len(digits)} digits")
    return digits, base


def _plain(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value
