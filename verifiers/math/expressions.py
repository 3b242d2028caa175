"""Expressions with what has been computed of them, and the points at which they are evaluated."""

import random
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from verifiers.math.arithmetic import Rational
from verifiers.math.distant import turns
from verifiers.math.errors import TooLarge, Undefined
from verifiers.math.exact import rational
from verifiers.math.nodes import Apply, Big, Constant, Node, free_symbols, walk
from verifiers.math.numeric import ball
from verifiers.math.residues import MODULUS, residue

MAX_SYMBOLS = 24
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


def _mixed_signs() -> list[list[Rational]]:
    """Points with every pattern of signs of three variables, where sqrt(x²y) is not x sqrt(y)."""
    source = random.Random(21)  # noqa: S311 - fixed points, not secrets
    return [
        [
            Fraction(round(source.uniform(0.2, 5) * 9973), 9973)
            * (-1 if pattern >> j % 3 & 1 else 1)
            for j in range(MAX_SYMBOLS)
        ]
        for pattern in range(1, 7)
    ]


PLAIN_POINTS = _points()
REAL_POINTS: list[list[Rational]] = PLAIN_POINTS + _mixed_signs()
_INTEGER_POINTS: list[list[Rational]] = [
    [(k * (2 * j + 1) + 5 * j) % 13 + 1 for j in range(MAX_SYMBOLS)] for k in range(13)
]
"""The first variable takes every value up to 13, and the others not in step with it."""
_INTEGER_NAMES = frozenset("nmkNMKijl")
_FOR_INTEGERS = frozenset(["floor", "ceil", "round", "mod", "binom", "factorial", "factorial2"])
POINTS = REAL_POINTS + _INTEGER_POINTS
RESIDUE_POINTS = [
    [pow(11 + 2 * j, 10**9 + 7 * k + 1, MODULUS) for j in range(MAX_SYMBOLS)] for k in range(4)
]


Names = Sequence[str]
"""Variables, in the order in which points give them values."""


class Expression:
    """A node with what has been computed of it; the gold's is used again and again."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.symbols = free_symbols(node)
        self.names = sorted(self.symbols)
        self.size = 0
        self.is_complex = False
        self.needs_algebra = False
        self.may_turn = False
        """Whether it may be another formula far from zero than near it."""
        rounds = False
        for part in walk(node):
            self.size += 1
            self.needs_algebra = self.needs_algebra or isinstance(part, Big)
            if isinstance(part, Constant) and part.name == "i":
                self.is_complex = True
            self.may_turn = self.may_turn or turns(part)
            rounds = rounds or (isinstance(part, Apply) and part.function in _FOR_INTEGERS)
        self.is_sequence = rounds and self.symbols <= _INTEGER_NAMES
        """Whether its variables can only mean integers."""
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
            values = dict(zip(names, RESIDUE_POINTS[point], strict=False))
            self._cache[key] = residue(self.node, values)
        value: int | None = self._cache[key]
        return value

    def ball_at(self, names: Sequence[str], number: int, bits: int, *, real: bool = False) -> Any:
        """Its value at the numbered point; raises Undefined, Costly, TooLarge."""
        key = ("real" if real else "ball", number, bits)
        if key not in self._cache:
            values = dict(zip(names, POINTS[number], strict=False))
            try:
                self._cache[key] = ball(self.node, values, bits, real=real)
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
