"""Whether two expressions are the same number or the same function, by the cheapest sure means.

Tiers: exact rationals, residues modulo a prime, prime powers, and balls at fixed points.
"""

import random
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from verifiers.math.errors import Costly, TooLarge, Undecided, Undefined
from verifiers.math.exact import MODULUS, Rational, rational
from verifiers.math.nodes import Big, Constant, Node, Symbol, free_symbols, walk
from verifiers.math.numeric import (
    HIGH_BITS,
    HIGHEST_BITS,
    LOW_BITS,
    agree,
    ball,
    is_real,
    precision,
)
from verifiers.math.residues import prime_powers, residue

MAX_SYMBOLS = 24
MAX_NODES = 400
"""Of both expressions together; more is work for a worker."""
_NEEDED_POINTS = 3
_RANGES = (
    ("0.1", "0.6"),
    ("1.05", "1.4"),
    ("1.5", "2.9"),
    ("0.05", "0.3"),
    ("-2.9", "2.9"),
    ("-0.9", "-0.2"),
    ("3", "9"),
    ("0.6", "0.95"),
    ("-7", "-1.1"),
    ("12", "40"),
    ("-0.4", "0.4"),
)


def _points() -> list[list[Rational]]:
    """Fixed points of many sizes and signs: what one hides, another shows."""
    source = random.Random(20)  # noqa: S311 - fixed points, not secrets
    return [
        [
            Fraction(round(source.uniform(float(low), float(high)) * 9973), 9973)
            for _ in range(MAX_SYMBOLS)
        ]
        for low, high in _RANGES
    ]


_REAL_POINTS: list[list[Rational]] = _points()
_INTEGER_POINTS: list[list[Rational]] = [
    [(7 * j + 3 * k) % 9 + 1 for j in range(MAX_SYMBOLS)] for k in range(6)
]
_POINTS = _REAL_POINTS + _INTEGER_POINTS
_RESIDUE_POINTS = [
    [pow(11 + 2 * j, 10**9 + 7 * k + 1, MODULUS) for j in range(MAX_SYMBOLS)] for k in range(4)
]


class Expression:
    """A node with what has been computed of it; the gold's is used again and again."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.symbols = free_symbols(node)
        self.names = sorted(self.symbols)
        self.size = 0
        self.is_complex = False
        self.needs_algebra = False
        for part in walk(node):
            self.size += 1
            self.needs_algebra = self.needs_algebra or isinstance(part, Big)
            if isinstance(part, Constant) and part.name == "i":
                self.is_complex = True
        self._cache: dict[tuple[str, int, int], Any] = {}

    def exact(self) -> Rational | None:
        """Its rational value; raises TooLarge, Undefined."""
        key = ("exact", 0, 0)
        if key not in self._cache:
            self._cache[key] = rational(self.node)
        value: Rational | None = self._cache[key]
        return value

    def residue_at(self, names: Sequence[str], point: int) -> int | None:
        """Its residue at a fixed point; None if it is no rational function."""
        key = ("residue", point, len(names))
        if key not in self._cache:
            values = dict(zip(names, _RESIDUE_POINTS[point], strict=False))
            self._cache[key] = residue(self.node, values)
        value: int | None = self._cache[key]
        return value

    def ball_at(self, names: Sequence[str], number: int, bits: int) -> Any:
        """Its value at the numbered point; raises Undefined, Costly, TooLarge."""
        key = ("ball", number, bits)
        if key not in self._cache:
            values = dict(zip(names, _POINTS[number], strict=False))
            try:
                self._cache[key] = ball(self.node, values, bits)
            except (Undefined, TooLarge) as error:
                self._cache[key] = error
        found = self._cache[key]
        if isinstance(found, Undefined | TooLarge):
            raise found
        return found


@lru_cache(maxsize=4096)
def expression(node: Node) -> Expression:
    """The expression of a node; the same one for the same node."""
    return Expression(node)


def identical(gold: Node, answer: Node, *, patient: bool = False) -> tuple[bool, str]:
    """Whether they are equal wherever both are defined, and the tier that decided.

    `patient` allows what takes longer. Raises Undecided, Costly.
    """
    left, right = expression(gold), Expression(answer)
    if not right.symbols <= left.symbols:  # what the gold does not speak of says nothing
        return False, "symbols"
    if len(left.symbols) > MAX_SYMBOLS:
        raise Undecided("too many variables")
    if left.size + right.size > MAX_NODES and not patient:
        raise Costly("long expressions")
    return _same_function(left, right) if left.symbols else _same_number(left, right)


def _same_number(left: Expression, right: Expression) -> tuple[bool, str]:
    try:
        exact_left, exact_right = left.exact(), right.exact()
    except TooLarge:
        powers = prime_powers(left.node), prime_powers(right.node)
        if None not in powers:
            return powers[0] == powers[1], "prime powers"
    except Undefined as error:
        raise Undecided(str(error)) from error
    else:
        if exact_left is not None and exact_right is not None:
            return exact_left == exact_right, "exact"
        if isinstance(right.node, Symbol) != isinstance(left.node, Symbol):
            return False, "symbols"
    enough = LOW_BITS if left.needs_algebra or right.needs_algebra else HIGH_BITS
    for bits in (LOW_BITS, HIGH_BITS, HIGHEST_BITS):
        try:
            same = agree(left.ball_at((), 0, bits), right.ball_at((), 0, bits), bits)
        except (Undefined, TooLarge) as error:
            raise Undecided(str(error)) from error
        if same is False or (same and bits >= enough):
            return same, "numeric"
    raise Undecided("too large to compare digit by digit")


def _same_function(left: Expression, right: Expression) -> tuple[bool, str]:
    by_residues = _same_residues(left, right)
    if by_residues is not None:
        return by_residues, "modular"
    complex_values = left.is_complex or right.is_complex
    agreeing = 0
    for number in range(len(_REAL_POINTS)):
        same = _agree_at(left, right, number, complex_values=complex_values)
        if same is False:
            return False, "numeric"
        agreeing += same is True
    if agreeing >= _NEEDED_POINTS:
        return True, "numeric"
    return _same_sequence(left, right)


def _same_sequence(left: Expression, right: Expression) -> tuple[bool, str]:
    """Expressions that only make sense for positive integers, such as sums up to n."""
    agreeing = 0
    for number in range(len(_REAL_POINTS), len(_POINTS)):
        same = _agree_at(left, right, number, complex_values=True)
        if same is False:
            return False, "numeric"
        agreeing += same is True
    if agreeing >= _NEEDED_POINTS:
        return True, "numeric at integers"
    raise Undecided("they are defined at too few points")


def _same_residues(left: Expression, right: Expression) -> bool | None:
    agreeing = 0
    for point in range(len(_RESIDUE_POINTS)):
        try:
            first, second = left.residue_at(left.names, point), right.residue_at(left.names, point)
        except Undefined:
            continue
        except TooLarge:
            return None
        if first is None or second is None:
            return None
        if first != second:
            return False
        agreeing += 1
        if agreeing == 2:
            return True
    return None


def _agree_at(
    left: Expression,
    right: Expression,
    number: int,
    *,
    complex_values: bool,
) -> bool | None:
    """None where one of them is not defined (over the reals, unless they speak of i)."""
    for bits in (LOW_BITS, HIGH_BITS):
        try:
            first = left.ball_at(left.names, number, bits)
            second = right.ball_at(left.names, number, bits)
        except (Undefined, TooLarge):
            return None
        if not complex_values and not (is_real(first) and is_real(second)):
            return None
        same = agree(first, second, bits)
        if same is not None:
            return same
    return None


def proportional(left: Node, right: Node, *, positive: bool = False) -> bool:
    """Whether right is a constant multiple of left, not zero, as equations F = 0 may differ by."""
    first, second = expression(left), Expression(right)
    if first.symbols != second.symbols or not first.symbols or len(first.symbols) > MAX_SYMBOLS:
        return False
    ratio: Any = None
    found = 0
    for number in range(len(_REAL_POINTS)):
        try:
            one = first.ball_at(first.names, number, HIGH_BITS)
            other = second.ball_at(first.names, number, HIGH_BITS)
        except (Undefined, TooLarge):
            continue
        if one.contains(0) or other.contains(0):
            return False
        with precision(HIGH_BITS):
            now = other / one
        if ratio is not None and agree(ratio, now, HIGH_BITS) is not True:
            return False
        ratio, found = now, found + 1
    return found >= _NEEDED_POINTS and (not positive or bool(ratio.real > 0))


def differ_by_constant(left: Node, right: Node) -> bool:
    """Whether right - left is the same everywhere, as for two antiderivatives."""
    first, second = expression(left), Expression(right)
    values: list[Any] = []
    if first.symbols != second.symbols or len(first.symbols) > MAX_SYMBOLS:
        return False
    for number in range(len(_REAL_POINTS)):
        try:
            one = first.ball_at(first.names, number, HIGH_BITS)
            other = second.ball_at(first.names, number, HIGH_BITS)
        except (Undefined, TooLarge):
            continue
        if is_real(one) and is_real(other):
            with precision(HIGH_BITS):
                values.append(other - one)
    same = all(agree(values[0], value, HIGH_BITS) is True for value in values[1:])
    return len(values) >= _NEEDED_POINTS and same


def real_value(node: Node) -> float | None:
    """An approximation, for putting numbers in order; None if it is no real constant."""
    try:
        exact = rational(node)
        if exact is not None:
            return float(exact)
        value = ball(node, {}, LOW_BITS)
    except (Undefined, TooLarge, Costly, OverflowError):
        return None
    return float(value.real.mid()) if is_real(value) else None
