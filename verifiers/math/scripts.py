"""The grammar of what stands beside an operand: exponents, subscripts, function arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifiers.math import table
from verifiers.math.errors import Unreadable
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

if TYPE_CHECKING:
    from verifiers.math.parser import Parser
    from verifiers.math.tokens import Token

_APPLICATION_POWER = 70
"""The parser's binding power of a function and its argument."""
_ARGUMENT_STARTS = frozenset({"number", "symbol", "constant", "command"})
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
