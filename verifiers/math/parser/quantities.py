"""The grammar of units behind a value, as signs and as words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from verifiers.math import glosses, units
from verifiers.math.errors import Unreadable
from verifiers.math.nodes import (
    Node,
    Number,
    Quantity,
)
from verifiers.math.parser.binding import PRODUCT

if TYPE_CHECKING:
    from verifiers.math.parser.grammar import Parser
    from verifiers.math.parser.rules import Rule
    from verifiers.math.tokens import Token


def unit(parser: Parser) -> Rule[str]:
    """The canonical unit that stands at the parser's position."""
    text = ""
    sign = 1
    while True:
        token = parser.peek()
        if token.kind == "unit" or (text and token.value in units.AMBIGUOUS):
            parser.position += 1
            name, power = str(token.value), (yield _unit_power(parser))
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


def _unit_power(parser: Parser) -> Rule[int]:
    if not parser.accept("^"):
        return 1
    exponent = yield parser.argument()
    if isinstance(exponent, Number) and isinstance(exponent.value, int) and abs(exponent.value) < 9:
        return exponent.value
    raise Unreadable("a unit to a power that is no small integer")


def compound(parser: Parser, first: Quantity) -> Rule[Node]:
    """5 ft 6 in, 2 hours 30 minutes."""
    second = yield parser.expression(PRODUCT)
    if isinstance(second, Quantity) and isinstance(second.value, Number):
        dimension, size = units.measure(first.unit)
        other, other_size = units.measure(second.unit)
        value = first.value
        if dimension == other and isinstance(value, Number) and value.value >= 0:
            total = value.value + second.value.value * other_size / size
            number = Number(first.start, second.end, total)
            return Quantity(first.start, second.end, number, first.unit)
    raise Unreadable("two quantities side by side")


_UPRIGHT = r"\\(?:text|mathrm|textrm|mbox|operatorname)\s*\{([^{}]{1,40})\}"
_FACTOR = rf"{_UPRIGHT}(?:\s*\^\s*(?:\d|\{{\s*\d\s*\}}))?"
_GAP = r"(?:\s|\\[ ,;:!]|~|\\cdot(?![A-Za-z]))*"
_FACTORS = rf"{_GAP}(?:{_FACTOR}{_GAP}){{1,4}}"
_FRACTION = re.compile(
    rf"(?<=[\d)}}]){_GAP}\\[dt]?frac\s*\{{(?P<top>{_FACTORS})\}}\s*"
    rf"\{{(?P<bottom>{_FACTORS})\}}(?!\s*\^)"
)
_UNIT = re.compile(_FACTOR)


def on_one_line(text: str) -> str:
    r"""12 \frac{\text{m}}{\text{s}} as 12 \text{m}/\text{s}, where all of it is units."""
    return _FRACTION.sub(_on_one_line, text)


def _on_one_line(fraction: re.Match[str]) -> str:
    above, below = (list(_UNIT.finditer(fraction[part])) for part in ("top", "bottom"))
    if not all(units.known_unit(factor[1].strip()) for factor in (*above, *below)):
        return fraction[0]
    return f" {fraction['top']}" + "".join(f"/{factor[0]}" for factor in below)


_WORD = re.compile(r"[A-Za-z]+(?:[-'][A-Za-z]+)*")
_PER = re.compile(r"\s*/\s*")
_PER_CENT = re.compile(r"\bper\s+cent\b", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"[\s.]*")


def spoken_unit(words: str) -> str | None:
    """The unit that words name, "square meters" or "red apples"; empty if they add nothing.

    None if they are not understood, or may change the number before them.
    """
    words = _PER_CENT.sub("percent", _PER.sub(" per ", words))
    listed = _WORD.findall(words)
    if not listed or not _BETWEEN_WORDS.fullmatch(_WORD.sub("", words)):
        return None
    known = _known_unit(listed)
    if known is not None:
        return known
    counted = glosses.counted(listed)
    if not counted:
        return None if counted is None else ""
    kept = listed[: len(counted)]
    return _known_unit(kept) or _known_unit(glosses.noun_part(kept)) or "-".join(counted)


def _known_unit(listed: Sequence[str]) -> str | None:
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
            return None
    return text or None
