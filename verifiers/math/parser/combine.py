"""What two operands with an operator between them become; flat where the operator associates."""

from collections.abc import Callable

from verifiers.math.errors import Unreadable
from verifiers.math.nodes import (
    Add,
    Apply,
    Bracketed,
    Div,
    Mul,
    Neg,
    Node,
    Number,
    PlusMinus,
    Quantity,
    Ratio,
    Relation,
    SetOperation,
    Symbol,
    Text,
)

_MAY_BE_SET = (Bracketed, SetOperation, Symbol)


def _plus(left: Node, right: Node) -> Node:
    terms = left.terms if isinstance(left, Add) else (left,)
    return Add(left.start, right.end, (*terms, right))


def _minus(left: Node, right: Node) -> Node:
    if isinstance(right, Bracketed) and right.left == "{" and isinstance(left, _MAY_BE_SET):
        return BINARY_NODES["difference"](left, right)
    return _plus(left, Neg(right.start, right.end, right))


def _plus_or_minus(left: Node, right: Node) -> Node:
    return _plus(left, PlusMinus(right.start, right.end, right, upper=True))


def _minus_or_plus(left: Node, right: Node) -> Node:
    return _plus(left, PlusMinus(right.start, right.end, right, upper=False))


def times(left: Node, right: Node) -> Node:
    if isinstance(right, Text):
        raise Unreadable("words in a formula")
    if isinstance(right, Relation) and "in" in right.operators:
        raise Unreadable("what a variable is beside a formula")
    if isinstance(right, Quantity) and not isinstance(left, Quantity):  # 2√3 cm is (2√3) cm
        return Quantity(left.start, right.end, times(left, right.value), right.unit)
    factors = left.factors if isinstance(left, Mul) else (left,)
    return Mul(left.start, right.end, (*factors, right))


def over(left: Node, right: Node) -> Node:
    if isinstance(right, Quantity) and isinstance(right.value, Number) and right.unit != "degree":
        return Quantity(left.start, right.end, over(left, right.value), right.unit)
    if isinstance(left, Div):  # flat, so that a/b/c/… does not nest
        return Div(left.start, right.end, left.numerator, times(left.denominator, right))
    return Div(left.start, right.end, left, right)


def _remainder(left: Node, right: Node) -> Node:
    return Apply(left.start, right.end, "mod", (left, right))


def _ratio(left: Node, right: Node) -> Node:
    items = left.items if isinstance(left, Ratio) else (left,)
    return Ratio(left.start, right.end, (*items, right))


def _set_operation(operator: str) -> Callable[[Node, Node], Node]:
    def build(left: Node, right: Node) -> Node:
        same = isinstance(left, SetOperation) and left.operator == operator
        operands = left.operands if isinstance(left, SetOperation) and same else (left,)
        return SetOperation(left.start, right.end, operator, (*operands, right))

    return build


BINARY_NODES: dict[str, Callable[[Node, Node], Node]] = {
    "+": _plus,
    "-": _minus,
    "±": _plus_or_minus,
    "∓": _minus_or_plus,
    "*": times,
    "/": over,
    "mod": _remainder,
    ":": _ratio,
    **{operator: _set_operation(operator) for operator in ("union", "intersection", "difference")},
}
