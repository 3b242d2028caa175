"""Exact tests without large numbers: rational functions modulo a prime, and prime powers.

Two rational functions that differ modulo a prime differ. Two that agree at random points modulo a
prime near 2**61 are equal but for a chance of degree / 2**61 (Schwartz 1980, Zippel 1979).
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

from verifiers.math.arithmetic import Rational
from verifiers.math.errors import TooLarge, Undefined
from verifiers.math.exact import rational
from verifiers.math.nodes import (
    Add,
    Apply,
    Based,
    Bracketed,
    Constant,
    Div,
    Mul,
    Neg,
    Node,
    Number,
    Pow,
    Symbol,
)

MODULUS = 2305843009213693921
"""A prime just below 2**61 that is 1 modulo 4, so that -1 has a square root."""
MAX_DEGREE = 10**6
"""Far below the modulus, so that different polynomials rarely agree at a random point."""
_ROOT_OF_MINUS_ONE = pow(7, (MODULUS - 1) // 4, MODULUS)
_MAX_BASE = 10**6
_MAX_FACTORIAL = 5000


def residue(node: Node, values: Mapping[str, int]) -> int | None:
    """The value of a rational function modulo MODULUS; None if it is not one.

    Raises Undefined where a denominator is zero at that point.
    """
    match node:
        case Number(value=value) | Based(value=value):
            return _of_rational(value)
        case Symbol(name=name):
            return values.get(name)
        case Add(terms=terms):
            return _sum(terms, values)
        case Mul(factors=factors):
            return _product(factors, values)
        case Neg(operand=operand):
            negated = residue(operand, values)
            return None if negated is None else -negated % MODULUS
        case Div(numerator=numerator, denominator=denominator):
            return _quotient(numerator, denominator, values)
        case Pow(base=base, exponent=exponent):
            return _power(base, exponent, values)
        case Constant(name="i"):
            return _ROOT_OF_MINUS_ONE
        case Bracketed(left="[", items=(only,)):
            return residue(only, values)
        case Apply(function="factorial", arguments=(argument,)):
            number = rational(argument)
            return _factorial_residue(number) if isinstance(number, int) else None
    return None


@lru_cache(maxsize=512)
def _factorial_residue(number: int) -> int | None:
    if not 0 <= number <= _MAX_FACTORIAL:
        return None
    total = 1
    for factor in range(2, number + 1):
        total = total * factor % MODULUS
    return total


def _of_rational(value: Rational) -> int:
    if isinstance(value, int):
        return value % MODULUS
    return value.numerator * _inverse(value.denominator) % MODULUS


def _inverse(value: int) -> int:
    if value % MODULUS == 0:
        raise Undefined("division by zero")
    return pow(value, -1, MODULUS)


def _sum(terms: tuple[Node, ...], values: Mapping[str, int]) -> int | None:
    total = 0
    for term in terms:
        value = residue(term, values)
        if value is None:
            return None
        total += value
    return total % MODULUS


def _product(factors: tuple[Node, ...], values: Mapping[str, int]) -> int | None:
    total = 1
    for factor in factors:
        value = residue(factor, values)
        if value is None:
            return None
        total = total * value % MODULUS
    return total


def _quotient(numerator: Node, denominator: Node, values: Mapping[str, int]) -> int | None:
    top = residue(numerator, values)
    if top is None:
        return None
    bottom = residue(denominator, values)
    return None if bottom is None else top * _inverse(bottom) % MODULUS


def _power(base: Node, exponent: Node, values: Mapping[str, int]) -> int | None:
    power = rational(exponent)
    if not isinstance(power, int) or abs(power) > MAX_DEGREE:
        return None
    value = residue(base, values)
    if value is None:
        return None
    return pow(value if power >= 0 else _inverse(value), abs(power), MODULUS)


def prime_powers(node: Node) -> dict[int, int] | None:
    """Exponents of the primes of a product of powers, with -1 for its sign; None if it is none.

    Decides whether numbers are equal that nobody could write down, such as 4^(10^9) and 2^(2*10^9).
    """
    match node:
        case Number(value=value) | Based(value=value):
            return _factors(value)
        case Neg(operand=operand):
            return _merge(prime_powers(operand), {-1: 1}, 1)
        case Mul(factors=factors):
            total: dict[int, int] | None = {}
            for factor in factors:
                total = _merge(total, prime_powers(factor), 1)
            return total
        case Div(numerator=numerator, denominator=denominator):
            return _merge(prime_powers(numerator), prime_powers(denominator), -1)
        case Pow(base=base, exponent=exponent):
            return _raised(base, exponent)
        case Apply(function="factorial", arguments=(Number(value=int() as number),)):
            return _factorial(number)
        case Apply(
            function="binom",
            arguments=(Number(value=int() as top), Number(value=int() as bottom)),
        ) if 0 <= bottom <= top:
            below = _merge(_factorial(bottom), _factorial(top - bottom), 1)
            return _merge(_factorial(top), below, -1)
    return None


@lru_cache(maxsize=512)
def _factorial(number: int) -> dict[int, int] | None:
    """Legendre's formula."""
    if not 0 <= number <= _MAX_FACTORIAL:
        return None
    found: dict[int, int] = {}
    for prime in _PRIMES:
        if prime > number:
            break
        rest = number
        while rest:
            rest //= prime
            found[prime] = found.get(prime, 0) + rest
    return found


def _primes(limit: int) -> list[int]:
    sieve = bytearray([1]) * (limit + 1)
    for number in range(2, int(limit**0.5) + 1):
        if sieve[number]:
            sieve[number * number :: number] = bytes(len(range(number * number, limit + 1, number)))
    return [number for number in range(2, limit + 1) if sieve[number]]


_PRIMES = _primes(_MAX_FACTORIAL)


def _raised(base: Node, exponent: Node) -> dict[int, int] | None:
    try:
        power = rational(exponent)
    except TooLarge:
        return None
    return _merge({}, prime_powers(base), power) if isinstance(power, int) else None


def _merge(
    left: dict[int, int] | None, right: dict[int, int] | None, times: int
) -> dict[int, int] | None:
    if left is None or right is None:
        return None
    merged = dict(left)
    for prime, exponent in right.items():
        merged[prime] = merged.get(prime, 0) + exponent * times
    if -1 in merged:
        merged[-1] %= 2
    return {prime: exponent for prime, exponent in merged.items() if exponent}


def _factors(value: Rational) -> dict[int, int] | None:
    if value == 0 or max(abs(value.numerator), value.denominator) > _MAX_BASE:
        return None
    if isinstance(value, Fraction):
        return _merge(_factors(value.numerator), _factors(value.denominator), -1)
    found: dict[int, int] = {} if value > 0 else {-1: 1}
    rest, prime = abs(value), 2
    while prime * prime <= rest:
        while rest % prime == 0:
            found[prime] = found.get(prime, 0) + 1
            rest //= prime
        prime += 1 if prime == 2 else 2
    if rest > 1:
        found[rest] = found.get(rest, 0) + 1
    return found
