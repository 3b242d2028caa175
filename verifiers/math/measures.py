"""Comparing quantities with units, percentages, angles and clock times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifiers.math.identity import real_value
from verifiers.math.nodes import Clock, Mul, Node, Number, Quantity, Ratio, Relation, Text
from verifiers.math.shapes import as_listing, is_equation, letter_unit
from verifiers.math.units import measure

if TYPE_CHECKING:
    from verifiers.math.compare import Comparison

_DEGREES = measure("degree")[0]
_ANGLES = {_DEGREES, measure("radian")[0]}


def same_quantity(comparison: Comparison, gold: Node, answer: Node) -> bool:
    """At least one of the two has a unit."""
    if isinstance(gold, Quantity) and isinstance(answer, Quantity):
        return _both_measured(comparison, gold, answer)
    if isinstance(gold, Quantity):
        return _answer_without_unit(comparison, gold, answer)
    if isinstance(answer, Quantity):
        return _gold_without_unit(comparison, gold, answer)
    return False


def _both_measured(comparison: Comparison, gold: Quantity, answer: Quantity) -> bool:
    if gold.unit == answer.unit:
        return comparison.equal(gold.value, answer.value)
    dimension, size = measure(gold.unit)
    other, other_size = measure(answer.unit)
    if {dimension, other} == _ANGLES:
        if dimension == _DEGREES:
            return comparison.scalars(gold, answer.value)
        return comparison.scalars(gold.value, answer)
    if dimension != other:
        comparison.reason = f"{answer.unit} is another unit than {gold.unit}"
        return False
    factor = Number(answer.start, answer.start, other_size / size)
    if isinstance(answer.value, Relation) or as_listing(answer.value) is not None:
        return False
    return comparison.equal(gold.value, Mul(answer.start, answer.end, (answer.value, factor)))


def _answer_without_unit(comparison: Comparison, gold: Quantity, answer: Node) -> bool:
    if isinstance(answer, Relation) and is_equation(answer):
        return comparison.unlabelled(gold, answer)
    measured = letter_unit(answer)
    if measured is not None:
        return _both_measured(comparison, gold, measured)
    if gold.unit in {"%", "degree"} and _value_in_ones(comparison, gold, answer):
        return True
    if comparison.options.unit_required:
        comparison.reason = f"the unit {gold.unit} is missing"
        return False
    if gold.unit == "%" and not _bare_percent_allowed(comparison, gold.value):
        return False
    return comparison.equal(gold.value, answer)


def _gold_without_unit(comparison: Comparison, gold: Node, answer: Quantity) -> bool:
    measured = letter_unit(gold)
    if measured is not None:
        return _both_measured(comparison, measured, answer)
    if isinstance(gold, Relation) and is_equation(gold):
        return comparison.equal(gold.operands[-1], answer)
    if isinstance(gold, Text | Clock | Ratio):
        return False
    if answer.unit in {"%", "degree"} and _value_in_ones(comparison, gold, answer):
        return True
    if answer.unit == "%" and not _bare_percent_allowed(comparison, answer.value):
        return False
    return comparison.equal(gold, answer.value)


def _value_in_ones(comparison: Comparison, gold: Node, answer: Node) -> bool:
    """50% is 1/2, and 180 degrees are pi."""
    plain = answer if isinstance(gold, Quantity) else gold
    if as_listing(plain) is not None or isinstance(plain, Relation | Text | Clock | Ratio):
        return False
    return comparison.scalars(gold, answer)


def _bare_percent_allowed(comparison: Comparison, value: Node) -> bool:
    number = real_value(value)
    if comparison.options.percent == "strict" or number is None or abs(number) <= 1:
        comparison.reason = "a percentage and a bare number"
        return False
    return True


def same_clock(comparison: Comparison, gold: Node, answer: Node) -> bool:
    """Times of day; without am or pm, the same figures. A pair of figures may be a ratio."""
    comparison.tier = "exact"
    if isinstance(gold, Clock) and isinstance(answer, Clock):
        if (gold.half and answer.half) or _is_afternoon(gold) or _is_afternoon(answer):
            return _minutes(gold) == _minutes(answer)
        return (gold.hour, gold.minute) == (answer.hour, answer.minute)
    clock, other = (gold, answer) if isinstance(gold, Clock) else (answer, gold)
    if not isinstance(clock, Clock) or clock.half or not clock.minute:
        return False
    start, end = clock.start, clock.end
    ratio = Ratio(start, end, (Number(start, end, clock.hour), Number(start, end, clock.minute)))
    if isinstance(other, Text | Clock):
        return False
    if clock is gold:
        return comparison.ratios(ratio, other)
    return comparison.ratios(other, ratio)


def _is_afternoon(clock: Clock) -> bool:
    return clock.hour > 12


def _minutes(clock: Clock) -> int:
    hour = clock.hour % 12 if clock.half else clock.hour
    return (hour + (12 if clock.half == "pm" else 0)) * 60 + clock.minute
