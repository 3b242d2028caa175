"""Sets of real numbers as unions of intervals, from brackets, inequalities and set operations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeGuard

from verifiers.math.identity import real_value
from verifiers.math.nodes import (
    Apply,
    Bracketed,
    Listing,
    Neg,
    Node,
    Number,
    Relation,
    SetOperation,
    SuchThat,
    Symbol,
    Text,
)
from verifiers.math.shapes import ORDER, both_signs, has_plus_minus, infinity_sign, is_inequality

_INFINITY = float("inf")
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "="}


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """A place on the line: just before, at or just behind a number (side -1, 0, 1)."""

    value: float
    side: int


@dataclass(frozen=True, slots=True)
class Interval:
    """Everything between two edges; the nodes are the exact ends, None for infinity."""

    low: Edge
    high: Edge
    low_node: Node | None
    high_node: Node | None


RealSet = tuple[Interval, ...]
"""Disjoint intervals in ascending order."""

EVERYTHING: RealSet = (Interval(Edge(-_INFINITY, 1), Edge(_INFINITY, -1), None, None),)


def is_set_of_reals(node: Node) -> bool:
    """Whether the node can only be read as a set of real numbers."""
    match node:
        case SetOperation() | Text(words="all real numbers"):
            return True
        case Symbol(name=name):
            return name.startswith("mathbb R")
        case Bracketed(left="{", items=(SuchThat(),)):
            return True
        case Bracketed(left=left, right=right, items=(low, high)) if left != "{":
            mixed = (left, right) in {("(", "]"), ("[", ")")}
            return mixed or bool(infinity_sign(low) or infinity_sign(high))
        case Listing(items=items):
            together = len({variable_of(item) for item in items}) == 1
            return (together and all(map(is_inequality, items))) or bool(excluded_values(node))
        case Relation():
            return is_inequality(node)
    return False


def real_set(node: Node, *, as_said: bool = False) -> RealSet | None:
    """The set that the node describes, None if its ends are no real constants or it is no set.

    "x < 1 and x > 2" means both parts of the line in a gold answer; `as_said`, it is empty.
    """
    match node:
        case Symbol(name="mathbb R") | Text(words="all real numbers"):
            return EVERYTHING
        case Symbol(name="mathbb R+" | "mathbb R_+" | "mathbb R_>0"):
            return (Interval(Edge(0, 1), Edge(_INFINITY, -1), Number(0, 0, 0), None),)
        case Symbol(name="mathbb R-" | "mathbb R_-" | "mathbb R_<0"):
            return (Interval(Edge(-_INFINITY, 1), Edge(0, -1), None, Number(0, 0, 0)),)
        case Text(words="no solution"):
            return ()
        case Bracketed(left="{", items=(SuchThat(variable=variable, condition=condition),)):
            return _such_that(variable, condition)
        case Bracketed(left="{", items=items):
            return _union([_point(item) for item in items])
        case Bracketed(left=left, right=right, items=(low, high)):
            return _interval(low, high, low_closed=left == "[", high_closed=right == "]")
        case SetOperation(operator=operator, operands=operands):
            return _combined(operator, [real_set(operand) for operand in operands])
        case Listing() if excluded := excluded_values(node):
            return _without(excluded)
        case Listing(items=items, words=words):
            together = any(isinstance(item, Bracketed) for item in items)
            sets = [_part(item) if together else real_set(item) for item in items]
            if as_said and "and" in words and not together:
                return _combined("intersection", sets)
            return _combined("union" if "or" in words or together else _implied(sets), sets)
        case Relation():
            return _solutions(node)
    return None


def variable_of(node: Node) -> str | None:
    """The variable that an inequality speaks of."""
    if isinstance(node, Relation):
        inner = [part.arguments[0] if _is_distance(part) else part for part in node.operands]
        names = [part.name for part in inner if isinstance(part, Symbol)]
        return names[0] if names else None
    if isinstance(node, Listing) and node.items:
        return variable_of(node.items[0])
    return None


def _is_distance(node: Node) -> TypeGuard[Apply]:
    return isinstance(node, Apply) and node.function == "abs"


def same_sets(gold: RealSet, answer: RealSet, equal: Callable[[Node, Node], bool]) -> bool:
    """Whether the sets are the same, with ends compared by `equal`."""
    if len(gold) != len(answer):
        return False
    return all(
        left.low.side == right.low.side
        and left.high.side == right.high.side
        and _same_end(left.low_node, right.low_node, equal)
        and _same_end(left.high_node, right.high_node, equal)
        for left, right in zip(gold, answer, strict=True)
    )


def _same_end(gold: Node | None, answer: Node | None, equal: Callable[[Node, Node], bool]) -> bool:
    if gold is None or answer is None:
        return gold is answer
    return equal(gold, answer)


def _part(item: Node) -> RealSet | None:
    """An interval, or a number, of those that are listed as (0, 1), 2."""
    known = real_set(item)
    return _point(item) if known is None and not isinstance(item, Bracketed | Relation) else known


def _implied(sets: list[RealSet | None]) -> str:
    """Inequalities side by side hold together, unless nothing could satisfy them all."""
    together = _combined("intersection", sets)
    return "intersection" if together else "union"


def _combined(operator: str, sets: list[RealSet | None]) -> RealSet | None:
    known = [one for one in sets if one is not None]
    if len(known) < len(sets):
        return None
    if operator == "union":
        return _union(list(known))
    result = known[0]
    for other in known[1:]:
        result = _intersection(result, _complement(other) if operator == "difference" else other)
    return result


def _union(sets: list[RealSet | None]) -> RealSet | None:
    intervals: list[Interval] = []
    for one in sets:
        if one is None:
            return None
        intervals += one
    merged: list[Interval] = []
    for interval in sorted(intervals, key=lambda interval: (interval.low, interval.high)):
        if merged and _touch(merged[-1].high, interval.low):
            last = merged[-1]
            longer = max((last, interval), key=lambda one: one.high)
            merged[-1] = Interval(last.low, longer.high, last.low_node, longer.high_node)
        else:
            merged.append(interval)
    return tuple(merged)


def _touch(high: Edge, low: Edge) -> bool:
    if high.value == low.value:
        return not (high.side < 0 and low.side > 0)
    return high >= low


def _complement(given: RealSet) -> RealSet:
    ends: list[tuple[Edge, Node | None]] = [(Edge(-_INFINITY, 0), None)]
    for interval in given:
        ends.append((interval.low, interval.low_node))
        ends.append((interval.high, interval.high_node))
    ends.append((Edge(_INFINITY, 0), None))
    gaps: list[Interval] = []
    for (low, low_node), (high, high_node) in list(pairwise(ends))[::2]:
        start = Edge(low.value, _beyond(low.side, up=True))
        stop = Edge(high.value, _beyond(high.side, up=False))
        if start <= stop:
            empty = start.value == stop.value and (start.side, stop.side) != (0, 0)
            if not empty:
                gaps.append(Interval(start, stop, low_node, high_node))
    return tuple(gaps)


def _beyond(side: int, *, up: bool) -> int:
    """The edge of the gap beside an interval's edge: open beside closed, closed beside open."""
    if side == 0:
        return 1 if up else -1
    return 0


def _intersection(left: RealSet, right: RealSet) -> RealSet:
    found: list[Interval] = []
    for one in left:
        for other in right:
            low = max((one, other), key=lambda interval: interval.low)
            high = min((one, other), key=lambda interval: interval.high)
            if low.low <= high.high:
                empty = low.low.value == high.high.value and (
                    low.low.side != 0 or high.high.side != 0
                )
                if not empty:
                    found.append(Interval(low.low, high.high, low.low_node, high.high_node))
    return tuple(sorted(found, key=lambda interval: interval.low))


def _interval(low: Node, high: Node, *, low_closed: bool, high_closed: bool) -> RealSet | None:
    start, stop = _end(low), _end(high)
    if start is None or stop is None or start > stop:
        return None
    low_node = None if infinity_sign(low) else low
    high_node = None if infinity_sign(high) else high
    if start == stop and not (low_closed and high_closed):
        return ()
    return (
        Interval(
            Edge(start, 0 if low_closed and low_node else 1),
            Edge(stop, 0 if high_closed and high_node else -1),
            low_node,
            high_node,
        ),
    )


def excluded_values(listing: Listing) -> tuple[Node, ...]:
    """The values that x is said not to have in "x != 1, 2"; none for other lists."""
    match listing.items:
        case (Relation(operators=("!=",), operands=(Symbol(), first)), *rest) if rest:
            values = (first, *rest)
            return values if not any(isinstance(value, Relation) for value in values) else ()
    return ()


def _without(values: Sequence[Node]) -> RealSet | None:
    excluded = _union([_point(value) for value in values])
    return None if excluded is None else _complement(excluded)


def _end(node: Node) -> float | None:
    sign = infinity_sign(node)
    return sign * _INFINITY if sign else real_value(node)


def _point(node: Node) -> RealSet | None:
    return _interval(node, node, low_closed=True, high_closed=True)


def _such_that(variable: Node, condition: Node) -> RealSet | None:
    match variable:
        case Symbol():
            return real_set(condition)
        case Relation(operators=("in",), operands=(Symbol(), Symbol(name="mathbb R"))):
            return real_set(condition)
    return None


def _solutions(relation: Relation) -> RealSet | None:
    """The solutions of an inequality that is solved for one variable."""
    match relation:
        case Relation(
            operators=(sign,), operands=(Apply(function="abs", arguments=(Symbol(),)), bound)
        ) if sign in ORDER:
            return _distances(sign, bound)
        case Relation(
            start,
            end,
            operators=(first, second),
            operands=(low, Apply(function="abs", arguments=(Symbol(),)) as distance, high),
        ) if first in ORDER and second in ORDER:
            below = Relation(start, end, (distance, low), (_FLIPPED[first],))
            above = Relation(start, end, (distance, high), (second,))
            return _combined("intersection", [_solutions(below), _solutions(above)])
        case Relation(operators=("in",), operands=(Symbol(), target)):
            return real_set(target)
        case Relation(operators=("!=",), operands=(Symbol(), value)):
            return _without(both_signs(value) if has_plus_minus(value) else (value,))
        case Relation(operators=(sign,), operands=(Symbol(), bound)) if sign in {*ORDER, "="}:
            return _ray(sign, bound)
        case Relation(operators=(sign,), operands=(bound, Symbol())) if sign in {*ORDER, "="}:
            return _ray(_FLIPPED[sign], bound)
        case Relation(operators=(first, second), operands=(low, Symbol(), high)):
            if first in ORDER and second in ORDER and first[0] == second[0]:
                if first[0] == ">":
                    low, high, first, second = high, low, second, first
                return _interval(low, high, low_closed="=" in first, high_closed="=" in second)
    return None


def _distances(sign: str, bound: Node) -> RealSet | None:
    """|x| < 3 is -3 < x < 3, and |x| > 3 is all the rest without the ends."""
    value = real_value(bound)
    if value is None or value <= 0:
        return None
    low = Neg(bound.start, bound.end, bound)
    within_closed = sign in {"<=", ">"}
    within = _interval(low, bound, low_closed=within_closed, high_closed=within_closed)
    if within is None or sign[0] == "<":
        return within
    return _complement(within)


def _ray(sign: str, bound: Node) -> RealSet | None:
    value = real_value(bound)
    if value is None:
        return None
    if sign == "=":
        return _point(bound)
    if sign[0] == ">":
        low = Edge(value, 0 if "=" in sign else 1)
        return (Interval(low, Edge(_INFINITY, -1), bound, None),)
    return (Interval(Edge(-_INFINITY, 1), Edge(value, 0 if "=" in sign else -1), None, bound),)
