"""Numbers that differ and are right nonetheless, where an option says so."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq

from verifiers.math.errors import TooLarge, Undefined
from verifiers.math.nodes import Node, Number, free_symbols
from verifiers.math.numeric import LOW_BITS, ball, precision
from verifiers.math.policies import Tolerance

if TYPE_CHECKING:
    from verifiers.math.compare import Comparison


def within_policy(comparison: Comparison, gold: Node, answer: Node) -> bool:
    """Whether tolerance or significant digits forgive the difference of two real numbers."""
    options = comparison.options
    if options.tolerance is None and options.significant_digits is None:
        return False
    if free_symbols(gold) or free_symbols(answer):
        return False
    try:
        left, right = ball(gold, {}, LOW_BITS), ball(answer, {}, LOW_BITS)
    except (Undefined, TooLarge):
        return False
    with precision(LOW_BITS):
        off = abs(left - right)
        if options.tolerance is not None and off <= _allowed(options.tolerance, left):
            comparison.tier = "tolerance"
            return True
    if options.significant_digits is not None and isinstance(answer, Number):
        comparison.tier = "rounded"
        return _rounds_to(answer, off, options.significant_digits)
    return False


def _allowed(tolerance: Tolerance | float, gold: Any) -> Any:
    if not isinstance(tolerance, Tolerance):
        tolerance = Tolerance(absolute=tolerance)
    # Decimal texts are meant: 0.1 is a tenth, and a distance of exactly that is allowed.
    slack = 1 + arb(2) ** -80
    absolute = arb(_exact(tolerance.absolute)) * slack
    relative = arb(_exact(tolerance.relative)) * abs(gold).abs_upper() * slack
    return absolute if absolute >= relative else relative


def _exact(value: float | Fraction) -> Any:
    fraction = Fraction(repr(value)) if isinstance(value, float) else value
    return fmpq(fraction.numerator, fraction.denominator)


def _rounds_to(answer: Number, off: Any, digits: int) -> bool:
    """Whether the decimal has enough digits and is the nearest one with that many places."""
    if answer.places is None:
        return False
    scaled = abs(answer.value) * 10**answer.places
    if len(str(int(scaled))) < digits:
        return False
    half = Fraction(1, 2 * 10**answer.places)
    return bool(off <= arb(_exact(half)))
