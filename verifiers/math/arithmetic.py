"""Arithmetic of rationals whose size is estimated before anything is computed."""

import math
from collections.abc import Callable
from fractions import Fraction

from verifiers.math.errors import TooLarge, Undefined

Rational = int | Fraction

MAX_BITS = 4096
"""No exact number larger than this is ever computed."""
MAX_FACTORIAL = 450
MAX_FACTORED = 10**8


def power(base: Rational, exponent: Rational) -> Rational | None:
    """base ** exponent where it is rational; raises TooLarge, Undefined for 1/0."""
    exponent = plain(exponent)
    if isinstance(exponent, Fraction):
        if base < 0 or exponent.denominator > 64:
            return None
        rooted = root(base, exponent.denominator)
        return None if rooted is None else power(rooted, exponent.numerator)
    if base == 0 and exponent <= 0:
        if exponent == 0:
            return 1
        raise Undefined("division by zero")
    if base in (0, 1, -1):
        return base if exponent % 2 else base * base
    size = max(abs(base.numerator), base.denominator).bit_length()
    if abs(exponent) * size > MAX_BITS:
        raise TooLarge(f"a power of about {abs(exponent)} times {size} bits")
    return plain(Fraction(base) ** exponent)


def root(value: Rational, index: int) -> Rational | None:
    """The non-negative root if it is rational."""
    if value < 0:
        return None
    numerator = _integer_root(value.numerator, index)
    if numerator is None:
        return None
    denominator = _integer_root(value.denominator, index)
    return None if denominator is None else plain(Fraction(numerator, denominator))


def _integer_root(value: int, index: int) -> int | None:
    if index == 2:
        found = math.isqrt(value)
    elif value < 2:
        found = value
    else:  # Newton's method from above
        found = 1 << -(-value.bit_length() // index)
        while True:
            better = ((index - 1) * found + value // found ** (index - 1)) // index
            if better >= found:
                break
            found = better
    return found if found**index == value else None


def plain(value: Rational) -> Rational:
    return value.numerator if value.denominator == 1 else value


def bounded(value: Rational) -> Rational:
    if value.numerator.bit_length() > MAX_BITS or value.denominator.bit_length() > MAX_BITS:
        raise TooLarge(f"a number of more than {MAX_BITS} bits")
    return plain(value)


def _factorial(value: Rational) -> Rational | None:
    if not isinstance(value, int):
        return None
    if value < 0:
        raise Undefined("the factorial of a negative number")
    if value > MAX_FACTORIAL:
        raise TooLarge(f"the factorial of {value}")
    return math.factorial(value)


def _double_factorial(value: Rational) -> Rational | None:
    if not isinstance(value, int) or value < -1:
        return None
    if value > MAX_FACTORIAL:
        raise TooLarge(f"the double factorial of {value}")
    return math.prod(range(value, 0, -2))


def _binomial(top: Rational, bottom: Rational) -> Rational | None:
    if not isinstance(top, int) or not isinstance(bottom, int):
        return None
    if bottom < 0:
        return 0
    if top < 0:
        rest = _binomial(bottom - top - 1, bottom)
        return None if rest is None else rest * (-1) ** (bottom % 2)
    fewer = min(bottom, top - bottom)
    if fewer > 0 and fewer * (math.log2(top) - math.log2(fewer) + 1.5) > MAX_BITS:
        raise TooLarge(f"a binomial coefficient of {top}")
    return math.comb(top, bottom)


def _floor(value: Rational) -> Rational | None:
    return math.floor(value)


def _ceil(value: Rational) -> Rational | None:
    return math.ceil(value)


def _rounded(value: Rational) -> Rational | None:
    return math.floor(value + Fraction(1, 2))


def _totient(value: Rational) -> Rational | None:
    """How many integers up to it have no factor in common with it."""
    if not isinstance(value, int) or not 0 < value <= MAX_FACTORED:
        return None
    count, rest, prime = value, value, 2
    while prime * prime <= rest:
        if rest % prime == 0:
            count -= count // prime
            while rest % prime == 0:
                rest //= prime
        prime += 1
    return count - count // rest if rest > 1 else count


def _remainder(value: Rational, modulus: Rational) -> Rational | None:
    if modulus == 0:
        raise Undefined("division by zero")
    return value % modulus


def _absolute(value: Rational) -> Rational | None:
    return value if value >= 0 else -value


def _square_root(value: Rational) -> Rational | None:
    return root(value, 2)


def _cube_root(value: Rational) -> Rational | None:
    return _root_of(value, 3)


def _root_of(value: Rational, index: Rational) -> Rational | None:
    if not isinstance(index, int) or not 0 < index <= 64:
        return None
    if value < 0 and index % 2:
        positive = root(-value, index)
        return None if positive is None else -positive
    return root(value, index)


def _sign(value: Rational) -> Rational | None:
    return (1 if value > 0 else 0) - (1 if value < 0 else 0)


def _exponential(value: Rational) -> Rational | None:
    return 1 if value == 0 else None


def _logarithm(value: Rational, base: Rational | None = None) -> Rational | None:
    if value == 1:
        return 0
    return 1 if base is not None and value == base and base > 0 else None


FUNCTIONS: dict[str, Callable[..., Rational | None]] = {
    "factorial": _factorial,
    "factorial2": _double_factorial,
    "binom": _binomial,
    "floor": _floor,
    "ceil": _ceil,
    "round": _rounded,
    "totient": _totient,
    "mod": _remainder,
    "abs": _absolute,
    "sqrt": _square_root,
    "cbrt": _cube_root,
    "root": _root_of,
    "sgn": _sign,
    "exp": _exponential,
    "ln": _logarithm,
    "log": _logarithm,
}
