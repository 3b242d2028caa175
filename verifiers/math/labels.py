"""What an equation names: x, f(2), |AB|, m + n; and the order of values that are given by name."""

import re
from itertools import pairwise

from verifiers.math import table
from verifiers.math.nodes import (
    Add,
    Apply,
    Bracketed,
    Call,
    Constant,
    Div,
    Listing,
    Matrix,
    Mul,
    Neg,
    Node,
    Number,
    Pow,
    Quantity,
    Relation,
    Symbol,
    Text,
    free_symbols,
    spelling,
    walk,
)

_ASKED_FOR = frozenset({"gcd", "lcm", "max", "min", "det", "dim", "rank", "arg"})
"""Functions whose value is what is asked for, of whatever; sqrt(x) = 5 is an unsolved equation."""
_OF_ANGLES = frozenset({"sin", "cos", "tan", "cot", "sec", "csc"})
_ANGLE = re.compile(rf"(?:[A-Z]|{'|'.join(sorted(table.GREEK))})(?:_.*|'*)")
_GIVEN = re.compile(r"(?:[A-Z]|[zw](?![a-z])|vec |hat |mathbf ).*")
"""Sets, matrices, segments, complex numbers and vectors: their size is no condition on a number."""
_ONE_LETTER = re.compile(r"[a-zA-Z]")
_NUMBERED = re.compile(r"([a-zA-Z])_(\d+)")


def is_label(node: Node) -> bool:
    """Whether the node only names something: x, f(x), |AB|, m + n, (x, y), P(X = 2), Area."""
    if isinstance(node, Bracketed):
        return node.left == "(" and all(isinstance(item, Symbol) for item in node.items)
    if isinstance(node, Constant | Number | Matrix | Neg | Pow | Quantity):
        return False
    named = False
    holds_numbers = _within_call(node)
    for part in walk(node):
        if isinstance(part, Number | Constant) and not holds_numbers:
            return False
        if isinstance(part, Apply) and not _names_value_of(part):
            return False
        named = named or isinstance(part, Symbol | Text | Call)
    return named and isinstance(node, Symbol | Text | Call | Add | Mul | Div | Apply)


def _names_value_of(applied: Apply) -> bool:
    """Whether a function of something may be what a question asks for."""
    if applied.function in _ASKED_FOR:
        return True
    names = free_symbols(applied)
    if applied.function in _OF_ANGLES:
        return all(map(_ANGLE.fullmatch, names))
    if applied.function == "abs":
        return len(names) > 1 or all(map(_GIVEN.fullmatch, names))
    return False


def _within_call(node: Node) -> bool:
    """f(2) and P(X = 2) name a value although they hold numbers; so do sin 2A and cos(90° - A)."""
    if isinstance(node, Call):
        return True
    if isinstance(node, Apply):
        return node.function in _OF_ANGLES
    return (
        isinstance(node, Mul)
        and isinstance(node.factors[0], Symbol)
        and any(isinstance(factor, Bracketed | Relation) for factor in node.factors[1:])
    )


def split_equation(relation: Relation) -> tuple[Node | None, list[Node]]:
    """The label of a chain of equations, if it has one, and the members that should agree."""
    operands = list(relation.operands)
    if is_label(operands[0]):
        return operands[0], operands[1:]
    if isinstance(operands[-1], Symbol) and len(operands) == 2:  # 5 = x
        return operands[-1], operands[:-1]
    return None, operands


def shared_value(node: Node) -> Bracketed | None:
    """x = y = z = 1 as the tuple (1, 1, 1)."""
    match node:
        case Relation(start, end, (*names, value), operators) if set(operators) == {"="}:
            distinct = {part.name for part in names if isinstance(part, Symbol)}
            if len(distinct) == len(names) > 1 and not isinstance(value, Symbol):
                return Bracketed(start, end, "(", ")", (value,) * len(names))
    return None


def as_named(node: Node) -> Node:
    """(a, b) = (1, 2) as a = 1, b = 2; other nodes as they are."""
    match node:
        case Relation(start, end, (Bracketed(items=names), Bracketed(items=values)), ("=",)):
            if len(names) == len(values) and all(isinstance(name, Symbol) for name in names):
                pairs = zip(names, values, strict=True)
                items = (Relation(start, end, pair, ("=",)) for pair in pairs)
                return Listing(start, end, tuple(items), frozenset())
    return node


def in_order_of(label: Bracketed, answer: Node) -> Node:
    """b = 2, a = 1 as the tuple that (a, b) names; other answers as they are."""
    if not all(isinstance(part, Symbol) for part in label.items):
        return answer
    names = [part.name for part in label.items if isinstance(part, Symbol)]
    shared = shared_value(answer)
    if shared is not None and isinstance(answer, Relation):
        values = dict(zip(_names_of(answer.operands[:-1]), shared.items, strict=True))
    elif isinstance(answer, Listing) and len(answer.items) == len(names):
        values = {}
        for item in answer.items:
            match item:
                case Relation(operators=("=",), operands=(Symbol(name=name), value)):
                    values[name] = value
    else:
        return answer
    if values.keys() != set(names):
        return answer
    return Bracketed(answer.start, answer.end, "(", ")", tuple(values[name] for name in names))


def _names_of(nodes: tuple[Node, ...]) -> list[str]:
    return [node.name for node in nodes if isinstance(node, Symbol)]


def names_in(items: tuple[Node, ...]) -> list[str]:
    """What each item of a list says that it is the value of; empty for one that does not say."""
    return [_name_in(item) for item in items]


def _name_in(item: Node) -> str:
    if not isinstance(item, Relation) or item.operators != ("=",) or not is_label(item.operands[0]):
        return ""
    label = item.operands[0]
    if isinstance(label, Symbol) or (isinstance(label, Call) and _defines(label, item)):
        return label.name
    return repr(spelling(label))


def _defines(function: Call, equation: Relation) -> bool:
    """x(t) = 2t says what x is; f(2) = 5 is only one of its values."""
    names = free_symbols(equation.operands[1])
    return all(isinstance(one, Symbol) and one.name in names for one in function.arguments)


def names_several(items: tuple[Node, ...]) -> bool:
    """Whether the items are values of different things, x = 1, y = 2: then none is another's."""
    return len({*names_in(items)} - {""}) > 1


def in_alphabetical_order(items: tuple[Node, ...]) -> tuple[Node, ...]:
    """y = 2, x = 1 as a tuple (x, y) has them, if the names are neighbours in the alphabet.

    Others, such as the height h and the radius r, have no order but that in which they are given.
    """
    places = [_place(name) for name in names_in(items)]
    known = [place for place in places if place is not None]
    ordered = sorted(known)
    near = all(0 < after - before <= 1 for before, after in pairwise(ordered))
    if len(known) < len(items) or not near:
        return items
    by_place = dict(zip(known, items, strict=True))
    return tuple(by_place[place] for place in ordered)


def _place(name: str) -> float | None:
    """The place of a name in its series, x y z or a_1 a_2; w may be before x or behind z."""
    if _ONE_LETTER.fullmatch(name) and name not in "wW":
        return float(ord(name))
    numbered = _NUMBERED.fullmatch(name)
    return ord(numbered[1]) * 10_000.0 + int(numbered[2]) if numbered else None
