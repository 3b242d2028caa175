"""The grammar of what stands beside an operand: exponents, subscripts, function arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifiers.math import table
from verifiers.math.errors import Unreadable
from verifiers.math.matrices import transposed
from verifiers.math.nodes import (
    Apply,
    Constant,
    Mul,
    Node,
    Number,
    Pow,
    Symbol,
    Text,
)
from verifiers.math.parser import brackets
from verifiers.math.parser.binding import APPLICATION

if TYPE_CHECKING:
    from verifiers.math.parser.grammar import Parser
    from verifiers.math.parser.rules import Rule
    from verifiers.math.tokens import Token

_ARGUMENT_STARTS = frozenset({"number", "symbol", "constant", "command"})
_NO_FACTORS = frozenset({"pmod", "choose", "over", "end", "sum", "int", "prod"})
_ORDINALS = frozenset({"th", "st", "nd", "rd"})
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


def attach(parser: Parser, base: Node, sign: str) -> Node | Rule[Node]:
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


def _power(parser: Parser, base: Node) -> Rule[Node]:
    braced = parser.peek().kind == "{"
    if braced and parser.peek(1).kind == "'":
        return _primed(parser, base)
    mark = parser.peek(int(braced)).kind
    is_set = isinstance(base, Symbol) and base.name.startswith("mathbb")
    if mark == "*" or (is_set and mark in {"+", "-"}):
        return _marked(parser, base, mark, braced=braced)
    exponent = yield parser.argument()
    if parser.peek().kind == "^":
        if braced:
            raise Unreadable("two exponents")
        parser.position += 1
        exponent = yield _power(parser, exponent)
    if isinstance(exponent, Text) and exponent.words in _ORDINALS:
        return base
    if isinstance(exponent, Symbol) and exponent.name == "T":
        return transposed(base) or Pow(base.start, parser.end(), base, exponent)
    return Pow(base.start, parser.end(), base, exponent)


def _primed(parser: Parser, base: Node) -> Node:
    parser.position += 1
    primes = 0
    while parser.accept("'"):
        primes += 1
    parser.expect("}")
    return _renamed(base, "'" * primes, parser.end())


def _marked(parser: Parser, base: Node, mark: str, *, braced: bool) -> Node:
    """x^* is another name, and so is that of a set with a sign."""
    parser.position += 2 if braced else 1
    if braced:
        parser.expect("}")
    return _renamed(base, mark, parser.end())


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


def function(parser: Parser, token: Token) -> Rule[Node]:
    """A known function with its scripts and its argument, bracketed or not."""
    name = str(token.value)
    exponent: Node | None = None
    base: Node | None = None
    while parser.peek().kind in {"^", "_"}:
        if parser.next().kind == "_":
            base = yield parser.argument()
        else:
            exponent = yield parser.argument()
    if isinstance(exponent, Number) and exponent.value == -1 and name in _INVERSES:
        name, exponent = _INVERSES[name], None
    arguments: tuple[Node, ...] = yield _arguments(parser, name)
    if base is not None:
        if name != "log":
            raise Unreadable(f"a subscript of {name}")
        arguments = (*arguments, base)
    applied: Node = Apply(token.start, parser.end(), name, arguments)
    if exponent is not None:
        applied = Pow(token.start, parser.end(), applied, exponent)
    return applied


def _arguments(parser: Parser, name: str) -> Rule[tuple[Node, ...]]:
    opening = parser.peek().kind
    if opening in {"(", "["} or (opening in {"{", "\\{"} and name in table.NEEDS_BRACKETS):
        parser.position += 1
        return tuple((yield brackets.enclosed(parser, opening)))
    if opening == "{":
        return ((yield parser.group()),)
    of_a_matrix = opening == "command" and parser.peek().value == "begin"
    if name in table.OF_A_NAME and (opening == "symbol" or of_a_matrix):
        return ((yield parser.expression(APPLICATION)),)
    if name in table.NEEDS_BRACKETS:
        raise Unreadable(f"{name} without brackets")
    return ((yield _factors(parser)),)


def _factors(parser: Parser) -> Rule[Node]:
    """The product that a function without brackets is applied to: \\sin 2x."""
    factors: list[Node] = [(yield parser.expression(APPLICATION))]
    while _continues_argument(parser, factors[-1]):
        factors.append((yield parser.expression(APPLICATION)))
    if len(factors) == 1:
        return factors[0]
    return Mul(factors[0].start, parser.end(), tuple(factors))


def _continues_argument(parser: Parser, last: Node) -> bool:
    token = parser.peek()
    if token.kind not in _ARGUMENT_STARTS or token.value in _NO_FACTORS:
        return False
    if parser.integrals and parser.at_differential():
        return False
    if token.kind == "number" and isinstance(last, Number):
        raise Unreadable("two numbers side by side")
    return True
