"""The parts of the grammar that belong to one construct: scripts, functions, commands, units."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from verifiers.math import table, units
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
    Number,
    Pow,
    Quantity,
    Relation,
    Symbol,
    Text,
)
from verifiers.math.words import may_be_gloss

if TYPE_CHECKING:
    from verifiers.math.parser import Parser
    from verifiers.math.tokens import Token

_SUM_POWER, _NEGATION_POWER, _PRODUCT_POWER, _APPLICATION_POWER = 40, 50, 60, 70
"""The parser's binding powers."""
_ARGUMENT_STARTS = frozenset({"number", "symbol", "constant", "command"})
_MATRICES = frozenset({"matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "array"})
_DETERMINANTS = frozenset({"vmatrix", "Vmatrix"})
_LINES = frozenset({"aligned", "align", "align*", "gathered", "split", "alignedat"})
_INVERSES = {
    "sin": "arcsin",
    "cos": "arccos",
    "tan": "arctan",
    "cot": "arccot",
    "sec": "arcsec",
    "csc": "arccsc",
    "sinh": "arsinh",
    "cosh": "arcosh",
    "tanh": "artanh",
}


# Scripts


def attach(parser: Parser, base: Node, sign: str) -> Node:
    """The base with the exponent, subscript, prime or factorial that follows it."""
    token = parser.next()
    if sign == "!":
        name = "factorial2" if parser.accept("!") else "factorial"
        return Apply(base.start, parser.end(), name, (base,))
    if sign == "'":
        return _renamed(base, "'", token.end)
    if sign == "_":
        return _renamed(base, f"_{_subscript(parser)}", parser.end())
    return _power(parser, base)


def _power(parser: Parser, base: Node) -> Node:
    braced = parser.peek().kind == "{"
    if braced and parser.peek(1).kind == "'":
        parser.position += 1
        primes = 0
        while parser.accept("'"):
            primes += 1
        parser.expect("}")
        return _renamed(base, "'" * primes, parser.end())
    exponent = parser.argument()
    if parser.peek().kind == "^":
        if braced:
            raise Unreadable("two exponents")
        parser.position += 1
        exponent = _power(parser, exponent)
    if isinstance(exponent, Text) and exponent.words in {"th", "st", "nd", "rd"}:
        return base
    return Pow(base.start, parser.end(), base, exponent)


def _renamed(base: Node, suffix: str, end: int) -> Node:
    if isinstance(base, Symbol):
        return Symbol(base.start, end, base.name + suffix)
    if isinstance(base, Constant) and base.name in "ie":
        return Symbol(base.start, end, base.name + suffix)
    raise Unreadable(f"{suffix!r} after something that is no name")


def _subscript(parser: Parser) -> str:
    """The text of a subscript, which is part of a name."""
    if not parser.accept("{"):
        return str(parser.next().value)
    parts: list[str] = []
    while parser.peek().kind not in {"}", "end"}:
        token = parser.next()
        parts.append(str(token.value))
    parser.expect("}")
    return "".join(parts)


# Functions


def function(parser: Parser, token: Token) -> Node:
    """A known function with its scripts and its argument, bracketed or not."""
    name = str(token.value)
    exponent: Node | None = None
    base: Node | None = None
    while parser.peek().kind in {"^", "_"}:
        if parser.next().kind == "_":
            base = parser.argument()
        else:
            exponent = parser.argument()
    if isinstance(exponent, Number) and exponent.value == -1 and name in _INVERSES:
        name, exponent = _INVERSES[name], None
    arguments = _function_arguments(parser, name)
    if base is not None:
        if name != "log":
            raise Unreadable(f"a subscript of {name}")
        arguments = (*arguments, base)
    applied: Node = Apply(token.start, parser.end(), name, arguments)
    if exponent is not None:
        applied = Pow(token.start, parser.end(), applied, exponent)
    return applied


def _function_arguments(parser: Parser, name: str) -> tuple[Node, ...]:
    opening = parser.peek().kind
    if opening in {"(", "["} or (opening in {"{", "\\{"} and name in table.NEEDS_BRACKETS):
        parser.position += 1
        return tuple(parser.enclosed(opening))
    if opening == "{":
        return (parser.group(),)
    if name in table.NEEDS_BRACKETS:
        raise Unreadable(f"{name} without brackets")
    factors = [parser.expression(_APPLICATION_POWER)]
    while parser.peek().kind in _ARGUMENT_STARTS and not (
        parser.integrals and parser.at_differential()
    ):
        if parser.peek().value in {"pmod", "end", "sum", "int", "prod"}:
            break
        if parser.peek().kind == "number" and isinstance(factors[-1], Number):
            raise Unreadable("two numbers side by side")
        factors.append(parser.expression(_APPLICATION_POWER))
    if len(factors) == 1:
        return (factors[0],)
    return (Mul(factors[0].start, parser.end(), tuple(factors)),)


# Commands


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


# Units


def unit(parser: Parser) -> str:
    """The canonical unit that stands at the parser's position."""
    text = ""
    sign = 1
    while True:
        token = parser.peek()
        if token.kind == "unit" or (text and token.value in units.AMBIGUOUS):
            parser.position += 1
            name, power = str(token.value), _unit_power(parser)
            text = units.product(text, name, sign * power)
        elif text and token.kind in {"/", "per"} and _is_unit(parser.peek(1)):
            parser.position += 1
            sign = -1
        elif text and token.kind == "*" and parser.peek(1).kind == "unit":
            parser.position += 1
            sign = 1
        else:
            return text


def _is_unit(token: Token) -> bool:
    return token.kind == "unit" or token.value in units.AMBIGUOUS


def _unit_power(parser: Parser) -> int:
    if not parser.accept("^"):
        return 1
    exponent = parser.argument()
    if isinstance(exponent, Number) and isinstance(exponent.value, int) and abs(exponent.value) < 9:
        return exponent.value
    raise Unreadable("a unit to a power that is no small integer")


def compound(parser: Parser, first: Quantity) -> Node:
    """5 ft 6 in, 2 hours 30 minutes."""
    second = parser.expression(_PRODUCT_POWER)
    if isinstance(second, Quantity) and isinstance(second.value, Number):
        dimension, size = units.measure(first.unit)
        other, other_size = units.measure(second.unit)
        value = first.value
        if dimension == other and isinstance(value, Number) and value.value >= 0:
            total = value.value + second.value.value * other_size / size
            number = Number(first.start, second.end, total)
            return Quantity(first.start, second.end, number, first.unit)
    raise Unreadable("two quantities side by side")


_WORDS = re.compile(r"[A-Za-z]+")


def spoken_unit(words: str) -> str | None:
    """The unit that words name, "square meters" or "red apples"; None if they are no unit."""
    listed = _WORDS.findall(words)
    text, power, sign = "", 1, 1
    for word in listed:
        lowered = word.lower()
        if lowered in {"square", "sq", "cubic", "cu"}:
            power = 2 if lowered.startswith("sq") else 3
        elif lowered in {"per", "a", "an", "each"} and text:
            sign = -1
        elif lowered in {"squared", "cubed"} and text:
            text = units.product(text, text.rpartition("*")[2], 1 if lowered == "squared" else 2)
        elif (known := units.known_unit(word)) is not None:
            text = units.product(text, known, sign * power)
            power = 1
        else:
            return "-".join(listed).lower() if may_be_gloss(listed) else None
    return text or None


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
