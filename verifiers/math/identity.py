"""Whether two expressions are the same number or the same function, by the cheapest sure means.

Tiers: exact rationals, residues modulo a prime, prime powers, and balls at fixed points.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from verifiers.math.distant import Point, integer_points, real_points
from verifiers.math.errors import Costly, TooLarge, Undecided, Undefined
from verifiers.math.exact import rational
from verifiers.math.expressions import (
    MAX_SYMBOLS,
    PLAIN_POINTS,
    POINTS,
    REAL_POINTS,
    RESIDUE_POINTS,
    Expression,
    Names,
    expression,
)
from verifiers.math.nodes import Node, Symbol
from verifiers.math.numeric import (
    HIGH_BITS,
    HIGHEST_BITS,
    INTEGRAL_BITS,
    LOW_BITS,
    agree,
    ball,
    is_real,
    precision,
)
from verifiers.math.residues import prime_powers

Points = Callable[[Sequence[Node], Names], Iterator[Point]]
MAX_NODES = 400
"""Of both expressions together; more is work for a worker."""
_NEEDED_POINTS = 3


def identical(gold: Node, answer: Node, *, patient: bool = False) -> tuple[bool, str]:
    """Whether they are equal wherever both are defined, and the tier that decided.

    `patient` allows what takes longer. Raises Undecided, Costly.
    """
    left, right = expression(gold), Expression(answer)
    if isinstance(right.node, Symbol) and right.node.name not in left.symbols:
        return False, "symbols"
    # What the gold does not speak of may only stand in the answer if an identity of functions, such
    # as sin² + cos² = 1, takes it away; 2 + 0x is no answer.
    names = [*left.names, *sorted(right.symbols - left.symbols)]
    if len(names) > MAX_SYMBOLS:
        raise Undecided("too many variables")
    if left.size + right.size > MAX_NODES and not patient:
        raise Costly("long expressions")
    same, tier = _same_function(left, right, names) if names else _same_number(left, right)
    if tier == "numeric" and (left.needs_algebra or right.needs_algebra):
        tier = "symbolic"  # whether or not its value was known from another comparison
    return same, tier


def _same_number(left: Expression, right: Expression) -> tuple[bool, str]:
    try:
        exact_left, exact_right = left.exact(), right.exact()
    except TooLarge:
        powers = prime_powers(left.node), prime_powers(right.node)
        if None not in powers:
            return powers[0] == powers[1], "prime powers"
        if _same_residues(left, right, ()) is False:  # agreeing proves nothing of numbers
            return False, "modular"
    except Undefined as error:
        raise Undecided(str(error)) from error
    else:
        if exact_left is not None and exact_right is not None:
            return exact_left == exact_right, "exact"
        if isinstance(right.node, Symbol) != isinstance(left.node, Symbol):
            return False, "symbols"
    enough = INTEGRAL_BITS if left.needs_algebra or right.needs_algebra else HIGHEST_BITS
    agreed_bits = 0
    for bits in (LOW_BITS, enough, HIGHEST_BITS):
        try:
            same = agree(left.ball_at((), 0, bits), right.ball_at((), 0, bits), bits)
        except (Undefined, TooLarge) as error:
            raise Undecided(str(error)) from error
        if same is False:
            return False, "numeric"
        agreed_bits = bits if same else agreed_bits
    if agreed_bits >= enough:
        return True, "numeric"
    raise Undecided("too large to compare digit by digit")


def _same_function(left: Expression, right: Expression, names: Names) -> tuple[bool, str]:
    by_residues = _same_residues(left, right, names)
    if by_residues is not None:
        return by_residues and len(names) == len(left.names), "modular"
    if left.is_sequence:
        return _same_sequence(left, right, names)
    real = not (left.is_complex or right.is_complex)
    agreeing: list[int] = []
    for number in range(len(PLAIN_POINTS if len(names) == 1 else REAL_POINTS)):
        same = _agree_at(left, right, names, number, real=real)
        if same is False:
            return False, "numeric"
        if same:
            agreeing.append(number)
    if len(agreeing) < _NEEDED_POINTS:
        return _same_sequence(left, right, names)
    # Once more with many digits, as a difference might be too small to be seen in a few.
    sure = _agree_at(left, right, names, agreeing[0], real=real, precisions=(HIGHEST_BITS,))
    if sure is False:
        return False, "numeric"
    return _agree_far_out(left, right, names, real_points, real=real), "numeric"


def _same_sequence(left: Expression, right: Expression, names: Names) -> tuple[bool, str]:
    """Expressions that only make sense for positive integers, such as sums up to n."""
    agreeing = 0
    for number in range(len(REAL_POINTS), len(POINTS)):
        same = _agree_at(left, right, names, number, real=False)
        if same is False:
            return False, "numeric"
        agreeing += same is True
    if agreeing >= _NEEDED_POINTS:
        same = _agree_far_out(left, right, names, integer_points, real=False)
        return same, "numeric at integers"
    raise Undecided("they are defined at too few points")


def _agree_far_out(
    left: Expression, right: Expression, names: Names, points: Points, *, real: bool
) -> bool:
    """Whether they agree wherever both can be evaluated that may be another formula there."""
    if not (left.may_turn or right.may_turn):
        return True
    for values in points((left.node, right.node), names):
        for bits in (LOW_BITS, HIGH_BITS, HIGHEST_BITS):
            try:
                first = ball(left.node, values, bits, real=real)
                second = ball(right.node, values, bits, real=real)
            except (Undefined, TooLarge, Costly):
                break
            same = agree(first, second, bits)
            if same is False:
                return False
            if same:
                break
    return True


def _same_residues(left: Expression, right: Expression, names: Names) -> bool | None:
    agreeing = 0
    for point in range(len(RESIDUE_POINTS)):
        try:
            first, second = left.residue_at(names, point), right.residue_at(names, point)
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
    names: Names,
    number: int,
    *,
    real: bool,
    precisions: Sequence[int] = (LOW_BITS, HIGH_BITS),
) -> bool | None:
    """None where one of them is not defined: with `real`, over the real numbers."""
    for bits in precisions:
        try:
            first = left.ball_at(names, number, bits, real=real)
            second = right.ball_at(names, number, bits, real=real)
        except (Undefined, TooLarge):
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
    for one, other in _pairs(first, second):
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
    for one, other in _pairs(first, second):
        if is_real(one) and is_real(other):
            with precision(HIGH_BITS):
                values.append(other - one)
    same = all(agree(values[0], value, HIGH_BITS) is True for value in values[1:])
    return len(values) >= _NEEDED_POINTS and same


def _pairs(left: Expression, right: Expression) -> Iterator[tuple[Any, Any]]:
    """The values of both, of the same variables, at all points where both have one."""
    for number in range(len(REAL_POINTS)):
        with contextlib.suppress(Undefined, TooLarge):
            yield (
                left.ball_at(left.names, number, HIGH_BITS),
                right.ball_at(left.names, number, HIGH_BITS),
            )
    if left.may_turn or right.may_turn:
        for values in real_points((left.node, right.node), left.names):
            with contextlib.suppress(Undefined, TooLarge, Costly):
                pair = ball(left.node, values, HIGH_BITS), ball(right.node, values, HIGH_BITS)
                if all(abs(one).abs_upper() < 2.0 ** (HIGH_BITS // 4) for one in pair):
                    yield pair


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
