"""The grammar of LaTeX commands: fractions, roots, decorations, sums, integrals, limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from verifiers.math import table
from verifiers.math.errors import Unreadable
from verifiers.math.nodes import (
    Apply,
    Big,
    Call,
    Constant,
    Div,
    Mul,
    Node,
    Number,
    Relation,
    Symbol,
)
from verifiers.math.parser import environments
from verifiers.math.parser.binding import NEGATION, RATIO

if TYPE_CHECKING:
    from verifiers.math.parser.grammar import Parser
    from verifiers.math.parser.rules import Rule
    from verifiers.math.tokens import Token


_SAME_MARKS = {"overrightarrow": "vec", "widehat": "hat", "widetilde": "tilde"}


def command(parser: Parser, token: Token) -> Node | Rule[Node]:
    """What a LaTeX command builds; raises Unreadable for one that is not in the table."""
    name = str(token.value)
    build = _COMMANDS.get(name)
    if build is None:
        raise Unreadable(f"\\{name} is not known")
    return build(parser, token)


def _fraction(parser: Parser, token: Token) -> Rule[Node]:
    numerator = yield parser.argument(splits_digits=True)
    denominator = yield parser.argument(splits_digits=True)
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


def _root(parser: Parser, token: Token) -> Rule[Node]:
    index: Node | None = None
    if parser.accept("["):
        index = yield parser.expression(0)
        parser.expect("]")
    radicand = yield parser.argument()
    if index is None:
        return Apply(token.start, parser.end(), "sqrt", (radicand,))
    return Apply(token.start, parser.end(), "root", (radicand, index))


def _binomial(parser: Parser, token: Token) -> Rule[Node]:
    top = yield parser.argument(splits_digits=True)
    bottom = yield parser.argument(splits_digits=True)
    return Apply(token.start, parser.end(), "binom", (top, bottom))


def _transparent(parser: Parser, _token: Token) -> Node | Rule[Node]:
    return parser.argument()


def _decorated(parser: Parser, token: Token) -> Rule[Node]:
    """A name under a hat, an arrow or a bar."""
    inner = yield parser.argument()
    name = "".join(part.name for part in _symbols(inner))
    mark = _SAME_MARKS.get(str(token.value), str(token.value))
    return Symbol(token.start, parser.end(), f"{mark} {name}")


def _symbols(node: Node) -> list[Symbol | Constant]:
    parts = node.factors if isinstance(node, Mul) else (node,)
    symbols = [part for part in parts if isinstance(part, Symbol | Constant)]
    if len(symbols) != len(parts):
        raise Unreadable("a decoration over more than a name")
    return symbols


def _overline(parser: Parser, token: Token) -> Rule[Node]:
    inner = yield parser.argument()
    if isinstance(inner, Mul):  # the line AB, or the digits ABC
        return inner
    if isinstance(inner, Symbol):
        return Symbol(token.start, parser.end(), f"bar {inner.name}")
    return Call(token.start, parser.end(), "overline", (inner,))


def _blackboard(parser: Parser, token: Token) -> Rule[Node]:
    inner = yield parser.argument()
    if not isinstance(inner, Symbol):
        raise Unreadable("\\mathbb of more than a letter")
    return Symbol(token.start, parser.end(), f"mathbb {inner.name}")


def _transposition(parser: Parser, token: Token) -> Node:
    return Symbol(token.start, parser.end(), "T")


def _set_of_numbers(parser: Parser, token: Token) -> Node:
    r"""\R, which many documents define."""
    return Symbol(token.start, parser.end(), f"mathbb {token.value}")


def _angle(parser: Parser, token: Token) -> Rule[Node]:
    inner = yield parser.expression(NEGATION)
    return Call(token.start, parser.end(), str(token.value), (inner,))


def _styled(parser: Parser, _token: Token) -> Node | Rule[Node]:
    return parser.argument()


# Sums, integrals, limits


def _sum(parser: Parser, token: Token) -> Rule[Node]:
    lower, upper = yield _bounds(parser)
    match lower:
        case Relation(
            operators=("=",), operands=(Symbol(name=name) | Constant(name="i" as name), first)
        ):
            series: Node = yield parser.big(token, name, (first, upper))
            return series
    raise Unreadable("a sum or product without its range")


def _bounds(parser: Parser) -> Rule[tuple[Node | None, Node | None]]:
    lower = upper = None
    while parser.peek().kind in {"^", "_"}:
        if parser.next().kind == "_":
            lower = yield parser.argument()
        else:
            upper = yield parser.argument()
    return lower, upper


def _integral(parser: Parser, token: Token) -> Rule[Node]:
    lower, upper = yield _bounds(parser)
    if lower is None or upper is None:
        raise Unreadable("an integral without bounds")
    parser.integrals += 1
    if parser.at_differential():  # of dx alone
        body: Node = Number(token.end, token.end, 1)
    else:
        body = yield parser.expression(RATIO)
    parser.integrals -= 1
    if parser.at_differential():
        parser.position += 1
        variable = str(parser.next().value)
    else:
        variable, body = _differential_within(body)
    return Big(token.start, parser.end(), "int", variable, lower, upper, body)


def _differential_within(body: Node) -> tuple[str, Node]:
    """The variable and the integrand of dx/x."""
    match body:
        case Div(start, end, Mul(factors=(*rest, Symbol(name="d"), Symbol(name=name))), bottom):
            top = Mul(start, end, (Number(start, start, 1), *rest))
            return name, Div(start, end, top, bottom)
    raise Unreadable("an integral without its variable")


def _limit(parser: Parser, token: Token) -> Rule[Node]:
    lower, _ = yield _bounds(parser)
    match lower:
        case Relation(operators=("to",), operands=(Symbol(name=name), point)):
            limit: Node = yield parser.big(token, name, (point, None))
            return limit
    raise Unreadable("a limit without its point")


_COMMANDS: dict[str, Callable[[Parser, Token], Node | Rule[Node]]] = {
    **dict.fromkeys(table.FRACTIONS, _fraction),
    "sqrt": _root,
    **dict.fromkeys(("binom", "dbinom", "tbinom"), _binomial),
    **dict.fromkeys(table.TRANSPARENT, _transparent),
    **dict.fromkeys(table.DECORATIONS, _decorated),
    "overline": _overline,
    "mathbb": _blackboard,
    "top": _transposition,
    **dict.fromkeys("NZQRC", _set_of_numbers),
    **dict.fromkeys(("angle", "triangle", "measuredangle"), _angle),
    **dict.fromkeys(("sum", "prod"), _sum),
    "int": _integral,
    "lim": _limit,
    "begin": environments.environment,
    **dict.fromkeys(("mathcal", "mathfrak", "mathscr", "rm", "bf", "it", "mathrm"), _styled),
}
