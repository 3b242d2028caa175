"""What the parser builds: typed nodes that know where in the text they stand.

Every node has `start` and `end`, offsets into the normalised text. Nodes are never changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction


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
    match node:
        case Add(terms=nodes) | Mul(factors=nodes) | Apply(arguments=nodes) | Call(arguments=nodes):
            return nodes
        case Relation(operands=nodes) | SetOperation(operands=nodes):
            return nodes
        case Bracketed(items=nodes) | Listing(items=nodes) | Ratio(items=nodes):
            return nodes
        case Div(numerator=left, denominator=right) | Pow(base=left, exponent=right):
            return (left, right)
        case SuchThat(variable=left, condition=right):
            return (left, right)
        case Neg(operand=operand) | PlusMinus(operand=operand) | Quantity(value=operand):
            return (operand,)
        case Matrix(rows=rows) | Cases(rows=rows):
            return tuple(cell for row in rows for cell in row)
        case Big(lower=lower, upper=upper, body=body):
            return tuple(part for part in (lower, upper, body) if part is not None)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(children(current))


def free_symbols(node: Node) -> frozenset[str]:
    """Names of the variables, without those that a sum, integral or limit binds."""
    if isinstance(node, Symbol):
        return frozenset((node.name,))
    found: frozenset[str] = frozenset()
    for child in children(node):
        found |= free_symbols(child)
    return found - {node.variable} if isinstance(node, Big) else found
