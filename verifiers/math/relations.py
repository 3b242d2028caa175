"""Equations, chains, labels and inequalities: what stands on which side, and what it names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from verifiers.math import shapes
from verifiers.math.identity import proportional, real_value
from verifiers.math.intervals import is_set_of_reals, real_set
from verifiers.math.nodes import (
    Add,
    Bracketed,
    Call,
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
    label, members = shapes.split_equation(gold)
    if "≈" in gold.operators and not isinstance(answer, Relation):
        return any(comparison.equal(member, answer) for member in members)
    if label is None:
        if not free_symbols(gold):
            return comparison.equal(members[-1], answer)
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
    other, values = shapes.split_equation(answer)
    if other is None or not _same_label(label, other):
        return comparison.differ("they speak of different things")
    return _members(comparison, members[-1], values)


def _same_equation(comparison: Comparison, gold: Relation, answer: Relation) -> bool:
    if len(gold.operands) != 2 or len(answer.operands) != 2:
        return False
    if not shapes.is_equation(answer) or not free_symbols(answer):
        return False
    comparison.tier = "numeric"
    return proportional(_difference(gold), _difference(answer))


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
    label, members = shapes.split_equation(answer)
    if label is not None and _names_value(label, members):
        return comparison.differ("the equation says nothing")
    between = answer.operators[len(answer.operators) - len(members) + 1 :]
    return _members(comparison, gold, members, signs=between)


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
    if all(comparison.equal(gold, member) for member in members):
        return True
    return comparison.differ("not all members of the chain are the gold answer")


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
        return gold.name == answer.name and len(gold.arguments) == len(answer.arguments)
    function, name = (gold, answer) if isinstance(gold, Call) else (answer, gold)
    if isinstance(function, Call) and isinstance(name, Symbol):
        return name.name == "y" or name.name == function.name
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
