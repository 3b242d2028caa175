"""What the parser builds: typed nodes that know where in the text they stand.

Every node has `start` and `end`, offsets into the normalised text. Nodes are never changed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from operator import attrgetter
from typing import Any


@dataclass(slots=True, eq=False)
class Node:
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Number(Node):
    value: int | Fraction
    places: int | None = None
    """Digits written after the decimal point; None for an integer."""


@dataclass(slots=True, eq=False)
class Based(Node):
    """Digits in a base that is written with them, such as 1011_2."""

    digits: str
    base: int

    @property
    def value(self) -> int:
        return int(self.digits, self.base)


@dataclass(slots=True, eq=False)
class Constant(Node):
    """One of pi, e, i, infinity."""

    name: str


@dataclass(slots=True, eq=False)
class Symbol(Node):
    name: str


@dataclass(slots=True, eq=False)
class Text(Node):
    """Words in place of maths, in lower case; synonyms have one spelling."""

    words: str


@dataclass(slots=True, eq=False)
class Add(Node):
    terms: tuple[Node, ...]


@dataclass(slots=True, eq=False)
class Mul(Node):
    factors: tuple[Node, ...]


@dataclass(slots=True, eq=False)
class Div(Node):
    numerator: Node
    denominator: Node


@dataclass(slots=True, eq=False)
class Pow(Node):
    base: Node
    exponent: Node


@dataclass(slots=True, eq=False)
class Neg(Node):
    operand: Node


@dataclass(slots=True, eq=False)
class PlusMinus(Node):
    """Plus or minus the operand; where `upper` is plus, all others of that text agree."""

    operand: Node
    upper: bool


@dataclass(slots=True, eq=False)
class Apply(Node):
    """A known function of its arguments."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(slots=True, eq=False)
class Call(Node):
    """A function that the text names but does not define, such as f(x) or P(A)."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(slots=True, eq=False)
class Relation(Node):
    """A chain such as a < b <= c: one operator fewer than operands."""

    operands: tuple[Node, ...]
    operators: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Bracketed(Node):
    """A tuple, list, interval or set, told apart by its brackets where they tell."""

    left: str
    right: str
    items: tuple[Node, ...]


@dataclass(slots=True, eq=False)
class Listing(Node):
    """Items side by side, without brackets; `words` are the "and", "or" between them."""

    items: tuple[Node, ...]
    words: frozenset[str]


@dataclass(slots=True, eq=False)
class SetOperation(Node):
    """union, intersection or difference."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(slots=True, eq=False)
class SuchThat(Node):
    """{ variable | condition }."""

    variable: Node
    condition: Node


@dataclass(slots=True, eq=False)
class Matrix(Node):
    rows: tuple[tuple[Node, ...], ...]


@dataclass(slots=True, eq=False)
class Cases(Node):
    """Rows of a piecewise definition or of a system."""

    rows: tuple[tuple[Node, ...], ...]


@dataclass(slots=True, eq=False)
class Big(Node):
    """sum, product, integral or limit over a bound variable."""

    operator: str
    variable: str
    lower: Node | None
    upper: Node | None
    body: Node


@dataclass(slots=True, eq=False)
class Quantity(Node):
    """A value with a unit, as `verifiers.math.units` names it."""

    value: Node
    unit: str


@dataclass(slots=True, eq=False)
class Ratio(Node):
    """a : b : c"""

    items: tuple[Node, ...]


@dataclass(slots=True, eq=False)
class Clock(Node):
    """A time of day as it is written on a clock."""

    hour: int
    minute: int
    half: str | None
    """am, pm, or None where the text does not say."""


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below."""
    below = _CHILDREN.get(type(node))
    return below(node) if below is not None else ()


def _cells(node: Any) -> tuple[Node, ...]:
    return tuple(cell for row in node.rows for cell in row)


def _parts(node: Any) -> tuple[Node, ...]:
    return tuple(part for part in (node.lower, node.upper, node.body) if part is not None)


_CHILDREN: dict[type[Node], Callable[[Any], tuple[Node, ...]]] = {
    Add: attrgetter("terms"),
    Mul: attrgetter("factors"),
    **dict.fromkeys((Apply, Call), attrgetter("arguments")),
    **dict.fromkeys((Relation, SetOperation), attrgetter("operands")),
    **dict.fromkeys((Bracketed, Listing, Ratio), attrgetter("items")),
    Div: attrgetter("numerator", "denominator"),
    Pow: attrgetter("base", "exponent"),
    SuchThat: attrgetter("variable", "condition"),
    **dict.fromkeys((Neg, PlusMinus), lambda node: (node.operand,)),
    Quantity: lambda node: (node.value,),
    **dict.fromkeys((Matrix, Cases), _cells),
    Big: _parts,
}
"""A table, as this is asked more often than anything else."""


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(children(current))


def mapped(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with each of those right below it changed."""
    if not children(node):
        return node
    changed = {field.name: _mapped(getattr(node, field.name), change) for field in fields(node)}
    return replace(node, **changed)


def _mapped(value: Any, change: Callable[[Node], Node]) -> Any:
    if isinstance(value, Node):
        return change(value)
    return tuple(_mapped(item, change) for item in value) if isinstance(value, tuple) else value


def is_deeper(node: Node, levels: int) -> bool:
    """Whether nodes are nested more than `levels` deep."""
    level: list[Node] = [node]
    for _ in range(levels):
        level = [child for parent in level for child in children(parent)]
        if not level:
            return False
    return True


def spelling(node: Node) -> list[Any]:
    """What it says, wherever that stands in its text: the same for the same formula."""
    return [
        (type(part), getattr(part, "name", None), getattr(part, "value", None))
        if not children(part)
        else (type(part), getattr(part, "name", None), getattr(part, "function", None))
        for part in walk(node)
    ]


def free_symbols(node: Node) -> frozenset[str]:
    """Names of the variables, without those that a sum, integral or limit binds."""
    if isinstance(node, Symbol):
        return frozenset((node.name,))
    found: frozenset[str] = frozenset()
    for child in children(node):
        found |= free_symbols(child)
    return found - {node.variable} if isinstance(node, Big) else found
