"""What an expression can begin with: numbers, names, signs, words, money, and the rest by table."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from verifiers.math import table
from verifiers.math.errors import Unreadable
from verifiers.math.nodes import (
    Apply,
    Based,
    Call,
    Constant,
    Neg,
    Node,
    Number,
    PlusMinus,
    Quantity,
    Symbol,
    Text,
)
from verifiers.math.parser import brackets, commands, scripts
from verifiers.math.parser.binding import APPLICATION, NEGATION
from verifiers.math.parser.combine import times
from verifiers.math.parser.cursor import shown
from verifiers.math.parser.numerals import repeating_value
from verifiers.math.spoken import SCALES
from verifiers.math.units import product

if TYPE_CHECKING:
    from verifiers.math.parser.grammar import Parser
    from verifiers.math.parser.rules import Rule
    from verifiers.math.tokens import Token

_CALLABLE = frozenset("fgF")
_SPECIAL_FUNCTIONS = frozenset({"Gamma", "zeta", "totient"})
_PAIR_WITHIN = 12
"""Tokens in which the comma of C(n, k) is looked for."""
_MONEY = frozenset(["$", "€", "£", "¥", "₹", "USD", "Rs", "EUR"])
_DEFINED = ["(", "symbol", ")", "="]
_INVERSE = ["^", "{", "-", "number", "}", "("]


def operand(parser: Parser) -> Node | Rule[Node]:
    """What the next token begins."""
    token = parser.next()
    read = _OPERANDS.get(token.kind)
    if read is None:
        raise Unreadable(f"{shown(token)} where an operand should be")
    return read(parser, token)


def plain_number(token: Token) -> Number:
    if not isinstance(token.value, int | Fraction):
        raise Unreadable("a number without a value")
    return Number(token.start, token.end, token.value, token.places)


# Numbers


def _number(parser: Parser, token: Token) -> Node:
    number = plain_number(token)
    after = parser.peek()
    if isinstance(number.value, int) and after.value in table.FRACTIONS:
        return _mixed(parser, number, _written_as_fraction(parser))
    if isinstance(number.value, int) and after.kind == "number":
        fraction = _written_with_slash(parser)
        if fraction is None:
            raise Unreadable("two numbers side by side")
        return _mixed(parser, number, fraction)
    if after.kind == "…":
        return _unending(parser, number)
    return number


_Proper = tuple[Fraction, int]
"""A fraction between 0 and 1, and the number of tokens that it takes."""


def _mixed(parser: Parser, whole: Number, fraction: _Proper | None) -> Node:
    """The whole part of 3 1/2, with the fraction that may follow it."""
    if fraction is None:
        return whole
    value, tokens = fraction
    parser.position += tokens
    return Number(whole.start, parser.end(), whole.value + value)


def _written_with_slash(parser: Parser) -> _Proper | None:
    top, slash, low = (parser.peek(ahead) for ahead in range(3))
    return _proper(top, low, tokens=3) if slash.kind == "/" else None


def _written_as_fraction(parser: Parser) -> _Proper | None:
    """\\frac{1}{2}, \\frac1{2} or \\frac12, if it is of plain integers."""
    ahead = 1
    parts: list[Token] = []
    while len(parts) < 2:
        token = parser.peek(ahead)
        if token.kind == "{":
            parts.append(parser.peek(ahead + 1))
            if parser.peek(ahead + 2).kind != "}":
                return None
            ahead += 3
        else:  # digits beside each other are one argument each
            digits = str(token.value)
            if token.kind != "number" or not digits.isdecimal() or len(parts) + len(digits) > 2:
                return None
            parts += [token._replace(value=int(digit)) for digit in digits]
            ahead += 1
    return _proper(parts[0], parts[1], tokens=ahead)


def _proper(top: Token, low: Token, *, tokens: int) -> _Proper | None:
    if top.kind != "number" or low.kind != "number":
        return None
    if not isinstance(top.value, int) or not isinstance(low.value, int):
        return None
    return (Fraction(top.value, low.value), tokens) if 0 < top.value < low.value else None


def _unending(parser: Parser, number: Number) -> Node:
    """0.333… repeats; other digits before an ellipsis say too little."""
    value = repeating_value(number)
    if value is None:
        raise Unreadable("an ellipsis after digits that do not repeat")
    parser.position += 1
    return Number(number.start, parser.end(), value)


def _based(_parser: Parser, token: Token) -> Node:
    digits, _, base = str(token.value).partition("_")
    if int(base) == 10:  # says what is meant anyway
        return Number(token.start, token.end, int(digits))
    return Based(token.start, token.end, digits, int(base))


# Names


def _constant(_parser: Parser, token: Token) -> Node:
    return Constant(token.start, token.end, str(token.value))


def _symbol(parser: Parser, token: Token) -> Node | Rule[Node]:
    name = str(token.value)
    if name == "C" and _is_pair(parser):
        return _chosen(parser, token)
    if name == "phi" and _is_integer_in_brackets(parser):
        return _call(parser, token, "totient")
    if name in "ie" and parser.peek().kind != "_":
        return Constant(token.start, token.end, name)
    if name in _CALLABLE and _is_inverse(parser):
        parser.position += len(_INVERSE) - 1
        name += "^{-1}"
    if _is_defined(parser) or (
        parser.peek().kind == "(" and (name[0] in _CALLABLE or name in _SPECIAL_FUNCTIONS)
    ):
        return _call(parser, token, name)
    return Symbol(token.start, token.end, name)


def _is_inverse(parser: Parser) -> bool:
    ahead = [parser.peek(index) for index in range(len(_INVERSE))]
    return [token.kind for token in ahead] == _INVERSE and ahead[3].value == 1


def _is_defined(parser: Parser) -> bool:
    """Whether the name is that of a function, as in y(x) = 2x."""
    ahead = [parser.peek(index).kind for index in range(len(_DEFINED))]
    return ahead == _DEFINED and parser.at_item()


def _is_pair(parser: Parser) -> bool:
    """Whether two things in brackets follow."""
    depth = commas = 0
    for ahead in range(_PAIR_WITHIN):
        kind = parser.peek(ahead).kind
        depth += (kind in "({[") - (kind in ")}]")
        commas += kind == "," and depth == 1
        if depth == 0:
            return commas == 1
    return False


def _chosen(parser: Parser, token: Token) -> Rule[Node]:
    """C(n, k)"""
    parser.position += 1
    arguments = yield brackets.enclosed(parser, "(")
    return Apply(token.start, parser.end(), "binom", tuple(arguments))


def _before_name(parser: Parser, token: Token) -> Rule[Node]:
    """{}_n C_k and ^n C_k, which count choices."""
    top = yield parser.argument()
    name = parser.next()
    if name.value != "C" or not (parser.accept("_") or parser.accept("^")):
        raise Unreadable(f"{shown(token)} where an operand should be")
    bottom = yield parser.argument()
    return Apply(token.start, parser.end(), "binom", (top, bottom))


def _is_integer_in_brackets(parser: Parser) -> bool:
    opening, number, closing = (parser.peek(ahead) for ahead in range(3))
    return (opening.kind, closing.kind) == ("(", ")") and isinstance(number.value, int)


def _call(parser: Parser, token: Token, name: str) -> Rule[Node]:
    parser.position += 1
    arguments = yield brackets.enclosed(parser, "(")
    if name in _SPECIAL_FUNCTIONS:
        return Apply(token.start, parser.end(), name, tuple(arguments))
    return Call(token.start, parser.end(), name, tuple(arguments))


# Signs


def _negative(parser: Parser, token: Token) -> Rule[Node]:
    operand = yield parser.expression(NEGATION)
    if isinstance(operand, Quantity):
        value = Neg(token.start, operand.end, operand.value)
        return Quantity(token.start, operand.end, value, operand.unit)
    if isinstance(operand, Number):
        return Number(token.start, operand.end, -operand.value, operand.places)
    return Neg(token.start, operand.end, operand)


def _positive(parser: Parser, _token: Token) -> Rule[Node]:
    return parser.expression(NEGATION)


def _plus_minus(parser: Parser, token: Token) -> Rule[Node]:
    operand = yield parser.expression(NEGATION)
    return PlusMinus(token.start, operand.end, operand, upper=token.kind == "±")


# Words


def _text(parser: Parser, token: Token) -> Node:
    words = [str(token.value)]
    while parser.peek().kind == "text":
        words.append(str(parser.next().value))
    return Text(token.start, parser.end(), " ".join(words))


def _money(parser: Parser, token: Token) -> Rule[Node]:
    if token.value not in _MONEY:
        raise Unreadable(f"a unit, {token.value}, without a value")
    value = yield parser.expression(APPLICATION)
    if parser.peek().kind == "text" and parser.peek().value in SCALES:
        factor = SCALES[str(parser.next().value)]
        value = times(value, Number(value.end, parser.end(), factor))
    unit = str(token.value)
    if parser.peek().kind in {"per", "/"} and parser.peek(1).kind in {"unit", "text"}:
        parser.position += 1
        unit = product(unit, str(parser.next().value), -1)
    return Quantity(token.start, parser.end(), value, unit)


_OPERANDS: dict[str, Callable[[Parser, Token], Node | Rule[Node]]] = {
    "number": _number,
    "based": _based,
    "constant": _constant,
    "symbol": _symbol,
    "-": _negative,
    "+": _positive,
    "±": _plus_minus,
    "∓": _plus_minus,
    "^": _before_name,
    "_": _before_name,
    "text": _text,
    "unit": _money,
    "(": brackets.bracket,
    "[": brackets.bracket,
    "{": brackets.bracket,
    "\\{": brackets.bracket,
    "⟨": brackets.bracket,
    "|": brackets.absolute,
    "⌊": brackets.rounded,
    "⌈": brackets.rounded,
    "function": scripts.function,
    "command": commands.command,
}
