"""Points at which functions are compared that may turn far from zero, such as max(x, 1000).

Analytic functions that agree near zero agree everywhere, but |x - 1000| is 1000 - x there, and
floor(n/100) is 0. So those with such parts are also compared far out, and on both sides of wherever
the numbers that are written in them say that they may turn.
"""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from verifiers.math.arithmetic import Rational
from verifiers.math.errors import TooLarge, Undefined
from verifiers.math.exact import rational
from verifiers.math.nodes import Add, Apply, Div, Neg, Node, Number, Pow, walk

TURNING = frozenset(
    "abs floor ceil round sgn max min mod gcd lcm totient sqrt root cbrt arg "  # noqa: SIM905
    "arcsin arccos arctan arccot arcsec arccsc".split()
)
"""Functions that are not the same formula everywhere."""
_JUMPING = frozenset({"floor", "ceil", "sgn", "mod", "round"})
"""Those whose value at one point may be unlike those on both sides of it."""
_FAR = (Fraction(682, 7), Fraction(3029, 3), Fraction(70003, 7), 10**6 + Fraction(1, 3), 10**12)
_SIGNS = ((1, 1), (-1, -1), (1, -1), (-1, 1))
_BEHIND = (Fraction(1, 3),)
_AROUND = (Fraction(-1, 3), Fraction(0), Fraction(1, 3))
_FAR_INTEGERS = (17, 34, 60, 97, 100, 200, 1000)
_MAX_CONSTANTS = 6
_MAX_ARGUMENTS = 8
_MAX_INTEGER = 10**6

Point = dict[str, Rational]


def turns(node: Node) -> bool:
    """Whether this one node, apart from what is below it, may be another formula elsewhere."""
    if isinstance(node, Apply):
        return node.function in TURNING
    return isinstance(node, Pow) and isinstance(node.exponent, Div)


def real_points(nodes: Sequence[Node], names: Sequence[str]) -> Iterator[Point]:
    """Points far from zero, and around where the expressions may turn."""
    home: Point = {name: Fraction(17 + 2 * j, 9 + j) for j, name in enumerate(names)}
    for size in _FAR if len(names) == 1 else _FAR[1:4]:
        for signs in _SIGNS[: 2 * len(names)]:
            yield {name: signs[j % 2] * size * Fraction(7 + j, 7) for j, name in enumerate(names)}
    jumps = any(_jumps(part) for node in nodes for part in walk(node))
    for constant in _constants(nodes)[: max(_MAX_CONSTANTS // len(names), 1)]:
        for place in (constant, -constant):
            for aside in _AROUND if jumps else _BEHIND:
                yield from ({**home, name: place + aside} for name in names)
    for name, zero in _zeros(nodes, home):
        yield from ({**home, name: zero + aside} for aside in _AROUND)


def _jumps(part: Node) -> bool:
    return isinstance(part, Apply) and part.function in _JUMPING


def integer_points(nodes: Sequence[Node], names: Sequence[str]) -> Iterator[Point]:
    """Positive integers that are large, and multiples of those in the expressions."""
    home: Point = {name: 2 + 3 * j for j, name in enumerate(names)}
    for far in _FAR_INTEGERS:
        yield {name: far + j for j, name in enumerate(names)}
        if len(names) > 1:
            yield {name: max(far // (3 * j + 1), 1) for j, name in enumerate(names)}
    turning = list(_zeros(nodes, home))
    integers: list[int] = [int(one) for one in _constants(nodes)[:_MAX_CONSTANTS] if one >= 1]
    common = [math.lcm(*pair) for pair in combinations(integers, 2)] + [math.lcm(*integers)]
    for number in dict.fromkeys((*integers, *common)):
        turning += [(name, multiple * number) for multiple in (1, 2, 3) for name in names]
    for name, place in turning:
        for near in (math.floor(place) - 1, math.floor(place), math.floor(place) + 1):
            if 0 < near <= _MAX_INTEGER:
                yield {**home, name: near}


def _constants(nodes: Sequence[Node]) -> list[Rational]:
    """The numbers that are written in the expressions, without signs, the larger ones first."""
    found: set[Rational] = set()
    for node in nodes:
        for part in walk(node):
            power = isinstance(part, Pow) and isinstance(part.base, Number)
            value = _value(part, {}) if power or isinstance(part, Number) else None
            if value is not None:
                found.add(value if value >= 0 else -value)
    return sorted(found, reverse=True)


def _zeros(nodes: Sequence[Node], home: Point) -> Iterator[tuple[str, Rational]]:
    """Where the arguments of functions that turn are zero, if they are linear in a variable."""
    arguments = [argument for node in nodes for argument in _turning_arguments(node)]
    for argument in arguments[:_MAX_ARGUMENTS]:
        for name in home:
            values = [_value(argument, {**home, name: value}) for value in range(3)]
            known = [Fraction(value) for value in values if value is not None]
            if len(known) == 3 and known[1] - known[0] == known[2] - known[1] != 0:
                yield name, -known[0] / (known[1] - known[0])


def _turning_arguments(node: Node) -> Iterator[Node]:
    for part in walk(node):
        if not isinstance(part, Apply) or part.function not in TURNING:
            continue
        if part.function in {"max", "min"}:
            for left, right in combinations(part.arguments, 2):
                negated = Neg(right.start, right.end, right)
                yield Add(left.start, right.end, (left, negated))
        else:
            yield from part.arguments


def _value(node: Node, values: Point) -> Rational | None:
    try:
        return rational(node, values)
    except (TooLarge, Undefined):
        return None
