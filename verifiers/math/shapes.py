"""Questions about the shape of a node, and rewritings that keep its meaning."""

from collections.abc import Iterator

from verifiers.math.labels import is_label
from verifiers.math.nodes import (
    Add,
    Apply,
    Bracketed,
    Call,
    Cases,
    Constant,
    Div,
    Listing,
    Mul,
    Neg,
    Node,
    Number,
    PlusMinus,
    Pow,
    Quantity,
    Ratio,
    Relation,
    Symbol,
    Text,
    walk,
)
from verifiers.math.units import AMBIGUOUS

EQUALS = frozenset({"=", "≈", "≡"})
ORDER = frozenset({"<", ">", "<=", ">="})
_INTEGRATION_CONSTANTS = frozenset(
    ["C", "c", "K", "k", "C_1", "C_2", "C_3", "c_1", "c_2", "c_3", "C_0", "A", "B", "D"]
)


def is_equation(node: Node) -> bool:
    return isinstance(node, Relation) and all(sign in EQUALS for sign in node.operators)


def is_inequality(node: Node) -> bool:
    return isinstance(node, Relation) and any(
        sign in ORDER or sign in {"in", "!="} for sign in node.operators
    )


def members(node: Node) -> Node:
    """The set {1, 2} that x is said to be in, a list without "k in Z"; other nodes as they are."""
    match node:
        case Relation(
            start, end, (Ratio(items=(Symbol(name=name), Symbol() as argument)), value), ("to",)
        ):  # f : x -> x^2
            return Relation(start, end, (Call(start, end, name, (argument,)), value), ("=",))
        case Listing(start, end, items, words):
            kept = tuple(item for item in items if not _only_declares(item))
            if 0 < len(kept) < len(items) and not any(map(is_inequality, kept)):
                return kept[0] if len(kept) == 1 else Listing(start, end, kept, words)
        case Relation(
            operators=("in",), operands=(Symbol() | Bracketed(), Bracketed(left="{") as finite)
        ):
            return finite
    return node


def _only_declares(node: Node) -> bool:
    match node:
        case Relation(
            operators=("in",), operands=(_, Symbol(name="mathbb Z" | "mathbb N" | "mathbb R"))
        ):
            return True
        case Relation(operators=("!=",), operands=(Symbol(), _)):  # where a formula is defined
            return True
    return False


def has_plus_minus(node: Node) -> bool:
    return any(isinstance(part, PlusMinus) for part in walk(node))


def both_signs(node: Node) -> tuple[Node, Node]:
    """The node with every ± as plus (and ∓ as minus), and the other way round."""
    return with_sign(node, upper=True), with_sign(node, upper=False)


def with_sign(node: Node, *, upper: bool) -> Node:
    match node:
        case PlusMinus(start, end, operand, is_upper):
            inner = with_sign(operand, upper=upper)
            return inner if is_upper == upper else Neg(start, end, inner)
        case Add(start, end, terms):
            return Add(start, end, tuple(with_sign(term, upper=upper) for term in terms))
        case Mul(start, end, factors):
            return Mul(start, end, tuple(with_sign(part, upper=upper) for part in factors))
        case Div(start, end, top, bottom):
            return Div(start, end, with_sign(top, upper=upper), with_sign(bottom, upper=upper))
        case Neg(start, end, operand):
            return Neg(start, end, with_sign(operand, upper=upper))
        case Pow(start, end, base, exponent):
            return Pow(start, end, with_sign(base, upper=upper), with_sign(exponent, upper=upper))
        case Apply(start, end, function, arguments):
            signed = tuple(with_sign(part, upper=upper) for part in arguments)
            return Apply(start, end, function, signed)
        case Relation(start, end, operands, operators):
            return Relation(
                start, end, tuple(with_sign(part, upper=upper) for part in operands), operators
            )
        case Bracketed(start, end, left, right, items):
            return Bracketed(
                start, end, left, right, tuple(with_sign(item, upper=upper) for item in items)
            )
        case Quantity(start, end, value, unit):
            return Quantity(start, end, with_sign(value, upper=upper), unit)
    return node


def flattened(items: tuple[Node, ...]) -> Iterator[Node]:
    """Items of a list, with ± as two of them and lists within it as theirs."""
    for item in items:
        if isinstance(item, Listing):
            yield from flattened(item.items)
        elif has_plus_minus(item):
            yield from both_signs(item)
        else:
            yield item


def as_listing(node: Node) -> Listing | None:
    """The node as a bare list, if that is what it says."""
    if isinstance(node, Listing):
        return Listing(node.start, node.end, tuple(flattened(node.items)), node.words)
    if has_plus_minus(node) and not isinstance(node, Bracketed):
        return Listing(node.start, node.end, both_signs(node), frozenset({"or"}))
    if isinstance(node, Cases) and all(len(row) == 1 for row in node.rows):
        return Listing(node.start, node.end, tuple(row[0] for row in node.rows), frozenset())
    match node:
        case Relation(operators=("=",), operands=(label, Bracketed(left="{") as finite)):
            if is_label(label):
                return Listing(node.start, node.end, tuple(flattened(finite.items)), frozenset())
    return None


def letter_unit(node: Node) -> Quantity | None:
    """5 m or 5 m/s^2 with its unit, for a node that was read as a product of variables."""
    top, bottom = (node.numerator, node.denominator) if isinstance(node, Div) else (node, None)
    if not isinstance(top, Mul) or len(top.factors) != 2 or not isinstance(top.factors[0], Number):
        return None
    unit = _letter_power(top.factors[1], 1)
    if bottom is not None and unit is not None:
        below = _letter_power(bottom, -1)
        unit = f"{unit}*{below}" if below is not None else None
    return None if unit is None else Quantity(node.start, node.end, top.factors[0], unit)


def _letter_power(node: Node, sign: int) -> str | None:
    match node:
        case Symbol(name=name) if name in AMBIGUOUS:
            return f"{name}^{sign}"
        case Pow(base=Symbol(name=name), exponent=Number(value=int() as power)):
            return f"{name}^{sign * power}" if name in AMBIGUOUS and 0 < power < 9 else None
    return None


def with_letter_units(gold: Node, answer: Node) -> tuple[Node, Node]:
    """The two, with 5 m read as five metres where the other is a plain number."""
    if isinstance(gold, Number) and isinstance(answer, Mul) and _has_spaced_unit(answer):
        return gold, letter_unit(answer) or answer
    if isinstance(answer, Number) and isinstance(gold, Mul) and _has_spaced_unit(gold):
        return letter_unit(gold) or gold, answer
    return gold, answer


def _has_spaced_unit(node: Mul) -> bool:
    """Whether a space sets the letter off from the number, as units are written."""
    match node.factors:
        case (Number() as value, Symbol() as letter):
            return value.end < letter.start
    return False


def integration_constant(node: Node) -> tuple[Node, str] | None:
    """The rest of a sum and the arbitrary constant that is added to it."""
    if not isinstance(node, Add):
        return None
    for index, term in enumerate(node.terms):
        symbol = term.operand if isinstance(term, Neg) else term
        if isinstance(symbol, Symbol) and symbol.name in _INTEGRATION_CONSTANTS:
            rest = node.terms[:index] + node.terms[index + 1 :]
            others = {part.name for item in rest for part in walk(item) if isinstance(part, Symbol)}
            if symbol.name not in others:
                kept = rest[0] if len(rest) == 1 else Add(node.start, node.end, rest)
                return kept, symbol.name
    return None


def infinity_sign(node: Node) -> int:
    """1 or -1 for plus or minus infinity, 0 for anything else."""
    match node:
        case Constant(name="infinity"):
            return 1
        case Neg(operand=Constant(name="infinity")):
            return -1
    return 0


def plain_letters(node: Node) -> str | None:
    """The letters of a name or word that was read as a product or as text; None for the rest."""
    match node:
        case Symbol(name=name) if len(name) == 1:
            return name
        case Constant(name=name) if len(name) == 1:
            return name
        case Text(words=words):
            return words
        case Mul(factors=factors):
            parts = [plain_letters(factor) for factor in factors]
            letters = [part for part in parts if part is not None]
            return "".join(letters) if len(letters) == len(parts) else None
    return None
