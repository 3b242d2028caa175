"""The grammar of LaTeX commands: fractions, roots, decorations, sums, environments."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from verifiers.math import table
from verifiers.math.errors import Unreadable
from verifiers.math.nodes import (
    Apply,
    Big,
    Call,
    Cases,
    Constant,
    Div,
    Listing,
    Matrix,
    Mul,
    Node,
    Relation,
    Symbol,
)

if TYPE_CHECKING:
    from verifiers.math.parser import Parser
    from verifiers.math.tokens import Token

_SUM_POWER, _NEGATION_POWER = 40, 50
"""The parser's binding powers."""
_MATRICES = frozenset({"matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "array"})
_DETERMINANTS = frozenset({"vmatrix", "Vmatrix"})
_LINES = frozenset({"aligned", "align", "align*", "gathered", "split", "alignedat"})


def command(parser: Parser, token: Token) -> Node:
    """What a LaTeX command builds; raises Unreadable for one that is not in the table."""
    name = str(token.value)
    build = _COMMANDS.get(name)
    if build is None:
        raise Unreadable(f"\\{name} is not known")
    return build(parser, token)


def _fraction(parser: Parser, token: Token) -> Node:
    numerator = parser.argument(splits_digits=True)
    denominator = parser.argument(splits_digits=True)
    if _is_differential(denominator) and _is_differential(numerator, bare=True):
        name = f"d{_letters(numerator)}/d{_letters(denominator)}"
        return Symbol(token.start, parser.end(), name)
    return Div(token.start, parser.end(), numerator, denominator)


def _is_differential(node: Node, *, bare: bool = False) -> bool:
    match node:
        case Mul(factors=(Symbol(name="d"), Symbol())):
            return True
    return bare and isinstance(node, Symbol) and node.name == "d"


def _letters(node: Node) -> str:
    match node:
        case Mul(factors=(_, Symbol(name=name))):
            return name
    return ""


def _root(parser: Parser, token: Token) -> Node:
    index: Node | None = None
    if parser.accept("["):
        index = parser.expression(0)
        parser.expect("]")
    radicand = parser.argument()
    if index is None:
        return Apply(token.start, parser.end(), "sqrt", (radicand,))
    return Apply(token.start, parser.end(), "root", (radicand, index))


def _binomial(parser: Parser, token: Token) -> Node:
    top = parser.argument(splits_digits=True)
    bottom = parser.argument(splits_digits=True)
    return Apply(token.start, parser.end(), "binom", (top, bottom))


def _transparent(parser: Parser, _token: Token) -> Node:
    return parser.argument()


def _decorated(parser: Parser, token: Token) -> Node:
    """A name under a hat, an arrow or a bar."""
    inner = parser.argument()
    name = "".join(part.name for part in _symbols(inner))
    return Symbol(token.start, parser.end(), f"{token.value} {name}")


def _symbols(node: Node) -> list[Symbol | Constant]:
    parts = node.factors if isinstance(node, Mul) else (node,)
    symbols = [part for part in parts if isinstance(part, Symbol | Constant)]
    if len(symbols) != len(parts):
        raise Unreadable("a decoration over more than a name")
    return symbols


def _overline(parser: Parser, token: Token) -> Node:
    inner = parser.argument()
    if isinstance(inner, Mul):  # the line AB, or the digits ABC
        return inner
    if isinstance(inner, Symbol):
        return Symbol(token.start, parser.end(), f"bar {inner.name}")
    return Call(token.start, parser.end(), "overline", (inner,))


def _blackboard(parser: Parser, token: Token) -> Node:
    inner = parser.argument()
    if not isinstance(inner, Symbol):
        raise Unreadable("\\mathbb of more than a letter")
    return Symbol(token.start, parser.end(), f"mathbb {inner.name}")


def _angle(parser: Parser, token: Token) -> Node:
    inner = parser.expression(_NEGATION_POWER)
    return Call(token.start, parser.end(), str(token.value), (inner,))


def _styled(parser: Parser, _token: Token) -> Node:
    return parser.argument()


# Sums, integrals, limits


def _sum(parser: Parser, token: Token) -> Node:
    lower, upper = _bounds(parser)
    match lower:
        case Relation(operators=("=",), operands=(Symbol(name=name), first)):
            return parser.big(token, name, (first, upper))
        case Relation(operators=("=",), operands=(Constant(name="i"), first)):
            return parser.big(token, "i", (first, upper))
    raise Unreadable("a sum or product without its range")


def _bounds(parser: Parser) -> tuple[Node | None, Node | None]:
    lower = upper = None
    while parser.peek().kind in {"^", "_"}:
        if parser.next().kind == "_":
            lower = parser.argument()
        else:
            upper = parser.argument()
    return lower, upper


def _integral(parser: Parser, token: Token) -> Node:
    lower, upper = _bounds(parser)
    if lower is None or upper is None:
        raise Unreadable("an integral without bounds")
    parser.integrals += 1
    body = parser.expression(_SUM_POWER - 1)
    parser.integrals -= 1
    if not parser.at_differential():
        raise Unreadable("an integral without its variable")
    parser.position += 1
    variable = str(parser.next().value)
    return Big(token.start, parser.end(), "int", variable, lower, upper, body)


def _limit(parser: Parser, token: Token) -> Node:
    lower, _ = _bounds(parser)
    match lower:
        case Relation(operators=("to",), operands=(Symbol(name=name), point)):
            return parser.big(token, name, (point, None))
    raise Unreadable("a limit without its point")


# Environments


def _environment(parser: Parser, token: Token) -> Node:
    name = _environment_name(parser)
    if name == "array":
        _skip_group(parser)
    rows = _rows(parser)
    if _environment_name(parser) != name:
        raise Unreadable("an environment that another one ends")
    end = parser.end()
    if name in _MATRICES:
        return Matrix(token.start, end, _rectangular(rows))
    if name in _DETERMINANTS:
        matrix = Matrix(token.start, end, _rectangular(rows))
        return Apply(token.start, end, "det", (matrix,))
    if name == "cases":
        return Cases(token.start, end, rows)
    if name in _LINES and all(len(row) == 1 for row in rows):
        items = tuple(row[0] for row in rows)
        return items[0] if len(items) == 1 else Listing(token.start, end, items, frozenset())
    raise Unreadable(f"the environment {name} is not known")


def _environment_name(parser: Parser) -> str:
    parser.expect("{")
    parts: list[str] = []
    while parser.peek().kind not in {"}", "end"}:
        parts.append(str(parser.next().value))
    parser.expect("}")
    return "".join(parts)


def _skip_group(parser: Parser) -> None:
    parser.expect("{")
    while parser.next().kind not in {"}", "end"}:
        pass


def _rows(parser: Parser) -> tuple[tuple[Node, ...], ...]:
    rows: list[tuple[Node, ...]] = []
    while not _at_end(parser):
        row: list[Node] = []
        while True:
            row.append(_cell(parser))
            if not parser.accept("&"):
                break
        rows.append(tuple(row))
        if not parser.accept("newline"):
            break
    parser.expect("command")  # \end
    if not rows:
        raise Unreadable("an environment without rows")
    return tuple(rows)


def _at_end(parser: Parser) -> bool:
    token = parser.peek()
    return token.kind == "command" and token.value in {"end", "hline"}


def _cell(parser: Parser) -> Node:
    node = parser.expression(0)
    while parser.peek().kind in {",", ".", ";"}:  # "x, & if x > 0"
        parser.position += 1
    return node


def _rectangular(rows: tuple[tuple[Node, ...], ...]) -> tuple[tuple[Node, ...], ...]:
    if len({len(row) for row in rows}) != 1:
        raise Unreadable("a matrix whose rows differ in length")
    return rows


_COMMANDS: dict[str, Callable[[Parser, Token], Node]] = {
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), _fraction),
    "sqrt": _root,
    **dict.fromkeys(("binom", "dbinom", "tbinom"), _binomial),
    **dict.fromkeys(table.TRANSPARENT, _transparent),
    **dict.fromkeys(table.DECORATIONS, _decorated),
    "overline": _overline,
    "mathbb": _blackboard,
    **dict.fromkeys(("angle", "triangle", "measuredangle"), _angle),
    **dict.fromkeys(("sum", "prod"), _sum),
    "int": _integral,
    "lim": _limit,
    "begin": _environment,
    **dict.fromkeys(("mathcal", "mathfrak", "mathscr", "rm", "bf", "it", "mathrm"), _styled),
}
