"""Equations, chains, labels and inequalities: what stands on which side, and what it names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from verifiers.math import labels, shapes
from verifiers.math.errors import Undecided
from verifiers.math.identity import identical, proportional, real_value
from verifiers.math.intervals import is_set_of_reals, real_set
from verifiers.math.nodes import (
    Add,
    Apply,
    Based,
    Bracketed,
    Call,
    Div,
    Listing,
    Mul,
    Neg,
    Node,
    Number,
    Quantity,
    Relation,
    Symbol,
    Text,
    free_symbols,
    spelling,
)

if TYPE_CHECKING:
    from verifiers.math.compare import Comparison

_COORDINATES = frozenset({"x", "y", "z"})


def same_relation(comparison: Comparison, gold: Relation, answer: Node) -> bool:
    if shapes.is_equation(gold):
        return _equation(comparison, gold, answer)
    if is_set_of_reals(answer) and not isinstance(answer, Relation):
        return comparison.sets(gold, answer)
    if not isinstance(answer, Relation):
        return isinstance(answer, Bracketed | Listing | Text) and comparison.sets(gold, answer)
    if real_set(gold) is not None and real_set(answer) is not None:
        return comparison.sets(gold, answer)
    return _same_inequality(comparison, gold, answer)


def _equation(comparison: Comparison, gold: Relation, answer: Node) -> bool:
    listing = shapes.as_listing(gold)
    if listing is not None:
        return comparison.listing(listing, answer)
    label, members = labels.split_equation(gold)
    if isinstance(label, Bracketed):
        answer = labels.in_order_of(label, answer)
    if isinstance(answer, Relation) and _same_names(gold, answer):
        return True
    if "≈" in gold.operators and not isinstance(answer, Relation):
        return any(comparison.equal(member, answer) for member in members)
    if label is None and not free_symbols(gold):
        return comparison.equal(members[-1], answer)
    if _is_congruence(answer) and not _is_congruence(gold):
        return comparison.differ("a class of remainders is no value")
    if isinstance(answer, Relation) and _turned(comparison, gold, answer):
        return True
    if not isinstance(label, Symbol | Call | Bracketed) and _is_identity(comparison, gold):
        return isinstance(answer, Relation) and _same_identity(comparison, gold, answer)
    if label is None:
        return isinstance(answer, Relation) and _same_equation(comparison, gold, answer)
    # A curve may be written in many ways; an equation that is solved may not be unsolved.
    curve = comparison.kind == "equation" or free_symbols(gold) <= _COORDINATES
    curve = curve and (bool(free_symbols(members[-1])) or not isinstance(label, Symbol | Call))
    if curve and isinstance(answer, Relation) and _same_equation(comparison, gold, answer):
        return True
    if not isinstance(answer, Relation):
        return comparison.equal(members[-1], answer)
    if not shapes.is_equation(answer):
        return comparison.differ("the gold answer is an equation")
    other, values = labels.split_equation(answer)
    if other is None or not _same_label(label, other):
        return comparison.differ("they speak of different things")
    return _members(comparison, members[-1], values)


def _same_equation(comparison: Comparison, gold: Relation, answer: Relation) -> bool:
    if len(gold.operands) != 2 or len(answer.operands) != 2:
        return False
    if not shapes.is_equation(answer) or not free_symbols(answer):
        return False
    comparison.tier = "numeric"
    return proportional(_cleared(gold), _cleared(answer))


def _same_names(gold: Relation, answer: Relation) -> bool:
    """m = n and n = m"""
    if set(gold.operators) != {"="} or set(answer.operators) != {"="}:
        return False
    names, others = (_symbol_names(side.operands) for side in (gold, answer))
    all_names = len(names) == len(gold.operands) and len(others) == len(answer.operands)
    return all_names and sorted(names) == sorted(others)


def _is_congruence(node: Node) -> bool:
    match node:
        case Relation(operands=(*_, Apply(function="pmod"))):
            return True
    return False


def _turned(comparison: Comparison, gold: Relation, answer: Relation) -> bool:
    """AB = CD and CD = AB: the same two sides, of which neither is a number."""
    if gold.operators != ("=",) or answer.operators != ("=",):
        return False
    if not all(map(free_symbols, (*gold.operands, *answer.operands))):
        return False
    pairs = zip(gold.operands, reversed(answer.operands), strict=True)
    return all(_identical(comparison, one, other) for one, other in pairs)


def _is_identity(comparison: Comparison, equation: Relation) -> bool:
    """Whether the two sides are the same function, so that any multiple of them is."""
    return len(equation.operands) == 2 and _identical(comparison, *equation.operands)


def _same_identity(comparison: Comparison, gold: Relation, answer: Relation) -> bool:
    """An identity is right if it is one of the same things, and does not only repeat itself."""
    if len(answer.operands) != 2 or not shapes.is_equation(answer):
        return False
    left, right = answer.operands
    if free_symbols(gold) != free_symbols(answer) or spelling(left) == spelling(right):
        return False
    return _identical(comparison, left, right)


def _identical(comparison: Comparison, left: Node, right: Node) -> bool:
    try:
        return identical(left, right, patient=comparison.patient)[0]
    except Undecided:
        return False


def _same_inequality(comparison: Comparison, gold: Relation, answer: Relation) -> bool:
    if gold.operators == answer.operators and comparison.ordered(gold.operands, answer.operands):
        return True
    if len(gold.operators) != 1 or len(answer.operators) != 1:
        return False
    sign, other = gold.operators[0], answer.operators[0]
    if sign not in shapes.ORDER or other not in shapes.ORDER or ("=" in sign) != ("=" in other):
        return False
    if isinstance(gold.operands[0], Symbol) and not free_symbols(gold.operands[1]):
        return False  # solved: the answer must be, too
    left, right = _difference(gold), _difference(answer)
    if sign[0] != other[0]:
        right = Neg(right.start, right.end, right)
    comparison.tier = "numeric"
    return proportional(left, right, positive=True)


def unlabelled(comparison: Comparison, gold: Node, answer: Relation) -> bool:
    """An answer `x = 5` or `2 + 3 = 5` for the gold 5."""
    if len(answer.operands) > 2 and not comparison.options.chains:
        return comparison.differ("chains of equations are not accepted")
    listing = shapes.as_listing(answer)
    if listing is not None:
        return comparison.equal(gold, listing)
    shared = labels.shared_value(answer)
    if shared is not None and isinstance(gold, Bracketed):
        return comparison.equal(gold, shared)
    if _is_congruence(answer):
        return _remainder(comparison, gold, answer)
    label, members = labels.split_equation(answer)
    while len(members) > 1 and label is not None and isinstance(members[0], Symbol):
        label, members = members[0], members[1:]  # x = y = 5
    if label is not None and _names_value(label, members):
        return comparison.differ("the equation says nothing")
    between = answer.operators[len(answer.operators) - len(members) + 1 :]
    return _members(comparison, gold, members, signs=between)


def _remainder(comparison: Comparison, gold: Node, answer: Relation) -> bool:
    """N ≡ 204 (mod 1000) for 204, if that is the least remainder and what is before it agrees."""
    last = answer.operands[-1]
    if not isinstance(last, Apply):
        return False
    value, modulus = last.arguments
    for operand in answer.operands[:-1]:
        if isinstance(operand, Symbol) and operand.name[0].islower():  # x = 5 (mod 6) is a class
            return comparison.differ("a class of remainders is no value")
        if not labels.is_label(operand) and not comparison.congruent(operand, value, modulus):
            return comparison.differ("the congruence does not hold")
    return is_least_remainder(last) and comparison.equal(gold, value)


def is_least_remainder(applied: Apply) -> bool:
    """Whether a (mod n) is written with the remainder that a division leaves."""
    value, modulus = (real_value(argument) for argument in applied.arguments)
    return value is not None and modulus is not None and 0 <= value < modulus


def names_last_digits(applied: Apply) -> bool:
    """204 (mod 1000) says the last digits of a number; 2 (mod 5) is a class of many."""
    modulus = applied.arguments[1]
    is_power = isinstance(modulus, Number) and str(modulus.value).strip("0") == "1"
    return is_power and is_least_remainder(applied)


def _members(
    comparison: Comparison, gold: Node, members: Sequence[Node], signs: Sequence[str] | None = None
) -> bool:
    """All members of a chain are the gold; those behind ≈ are it roughly."""
    if signs and "≈" in signs:
        first_rough = list(signs).index("≈") + 1
        exact, rough = members[:first_rough], members[first_rough:]
        if _rounded_to(comparison, gold, exact, rough):
            return True
        return all(comparison.equal(gold, member) for member in exact) and all(
            _close(gold, member) for member in rough
        )
    if isinstance(gold, Based):  # 2516_8 = 1358_10
        members = [one for one in members if not _has_value(one, gold.value)] or members
    if all(comparison.equal(gold, member) for member in members):
        return True
    return comparison.differ("not all members of the chain are the gold answer")


def _has_value(node: Node, value: int) -> bool:
    return isinstance(node, Number) and node.value == value


def _rounded_to(
    comparison: Comparison, gold: Node, exact: Sequence[Node], rough: Sequence[Node]
) -> bool:
    """22/7 ≈ 3.14 for the gold 3.14: the gold is what the exact value is rounded to."""
    if len(rough) != 1 or not comparison.equal(gold, rough[0]):
        return False
    return all(_close(member, rough[0]) for member in exact)


def _close(value: Node, rounded: Node) -> bool:
    """Whether a decimal is the value, rounded or cut off where it ends."""
    if isinstance(value, Quantity):
        value = value.value
    if isinstance(rounded, Quantity):
        rounded = rounded.value
    if not isinstance(rounded, Number):
        return False
    exact = real_value(value)
    if exact is None:
        return False
    unit = 10.0 ** -(rounded.places or 0)
    written = float(rounded.value)
    cut_off = 0 <= abs(exact) - abs(written) < unit and exact * written >= 0
    return cut_off or abs(exact - written) <= unit / 2 * (1 + 1e-9)


def _same_label(gold: Node, answer: Node) -> bool:
    if isinstance(gold, Symbol) and isinstance(answer, Symbol):
        return gold.name == answer.name
    if isinstance(gold, Bracketed) and isinstance(answer, Bracketed):
        return _symbol_names(gold.items) == _symbol_names(answer.items)
    if isinstance(gold, Call) and isinstance(answer, Call):
        same = gold.name == answer.name and len(gold.arguments) == len(answer.arguments)
        return same and _symbol_names(gold.arguments) == _symbol_names(answer.arguments)
    function, name = (gold, answer) if isinstance(gold, Call) else (answer, gold)
    if isinstance(function, Call) and isinstance(name, Symbol):
        customary = name.name == "y" and function.name[0] in "fgF"
        return customary or name.name == function.name
    left, right = free_symbols(gold), free_symbols(answer)
    return left == right


def _names_value(label: Node, members: Sequence[Node]) -> bool:
    """x = x: what is named stands in its own value."""
    if isinstance(label, Call):
        return False
    names = _named(label)
    return bool(names) and any(names & free_symbols(member) for member in members)


def _named(label: Node) -> frozenset[str]:
    """The names that a label defines; P(x) defines P, which was read as P times x."""
    match label:
        case Mul(factors=(Symbol(name=name), Symbol())) if name[0].isupper() or name[-1] == "'":
            return frozenset((name,))
    return free_symbols(label)


def _symbol_names(items: Sequence[Node]) -> list[str]:
    return [item.name for item in items if isinstance(item, Symbol)]


def _difference(relation: Relation) -> Node:
    left, right = relation.operands
    return Add(relation.start, relation.end, (left, Neg(right.start, right.end, right)))


def _cleared(relation: Relation) -> Node:
    """The difference of the sides of y = 1/x, times x: where that is zero, neither holds."""
    left, right = relation.operands
    for side, other in ((left, right), (right, left)):
        if isinstance(side, Div) and isinstance(side.numerator, Number) and side.numerator.value:
            product = Mul(other.start, other.end, (other, side.denominator))
            return Add(
                relation.start, relation.end, (product, Neg(side.start, side.end, side.numerator))
            )
    return _difference(relation)
