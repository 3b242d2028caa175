"""The grammar of units behind a value, as signs and as words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from verifiers.math import units
from verifiers.math.errors import Unreadable
from verifiers.math.nodes import (
    Node,
    Number,
    Quantity,
)
from verifiers.math.words import may_be_gloss

if TYPE_CHECKING:
    from verifiers.math.parser import Parser
    from verifiers.math.tokens import Token

_PRODUCT_POWER = 60
"""The parser's binding power of a product."""


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
