"""What is not grammar but custom: clock times, dates, numbers of things, words with figures."""

import re

from verifiers.math import words
from verifiers.math.cleaning import without_text_commands
from verifiers.math.nodes import (
    Clock,
    Div,
    Listing,
    Mul,
    Node,
    Number,
    Quantity,
    Relation,
    Text,
)
from verifiers.math.parser import parse
from verifiers.math.parser.quantities import spoken_unit
from verifiers.math.spoken import ONE_PART, PARTS, SCALES
from verifiers.math.units import known_unit

_WORD = re.compile(r"[A-Za-z']+")
_TAGGED = re.compile(
    r"(.*[^\s\\])\s*(?:\\[ ,;:]\s*)?\\(?:text|mathrm|mbox|textrm)\{([^{}]*)\}", re.DOTALL
)
_CLOCK = re.compile(
    r"(\d{1,2})(?:\\!)?:(?:\\!)?(\d{2})\s*(?:\\?(?:text|mathrm)?\{?\s*)?(a\.?\s?m\.?|p\.?\s?m\.?)?\s*\}?\.?",
    re.I,
)
_HOUR = re.compile(r"(\d{1,2})\s*(?:\\text\{\s*)?(a\.?m\.?|p\.?m\.?)\s*\}?\.?", re.I)
_MONTH = re.compile(r"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)", re.IGNORECASE)
_OF_A = re.compile(r"^of\s+an?\s+", re.IGNORECASE)
_COINS = frozenset(["quarter", "quarters"])
_TAIL_WORDS = re.compile(r"(?<![\\A-Za-z])[A-Za-z][A-Za-z' /-]*$")
_ONE_OR_MORE = re.compile(r"(?<=[a-z]{3})\((e?s)\)$")
_PHRASE = re.compile(
    r"(?!.*\b(?:is|are|was|were|has|have|had|gets?|got|needs?|answer|equals)\b)"
    r"[A-Za-z0-9 ,.'-]{1,80}"
)
_NUMBER_AND_WORDS = re.compile(r"\d[\d.,]* +(?=.*[A-Za-z]{3})[A-Za-z][A-Za-z' -]*")
_NUMBER_FIRST = re.compile(r"\s*[\d.,-]*\d\s+[A-Za-z]")


def at_first_sight(text: str) -> Node | None:
    """What the parser would take for something else: times, dates, numbers with words."""
    node = clock(text) or date(text)
    if node is None and _NUMBER_AND_WORDS.fullmatch(text):
        return counted(text)  # short words such as "old" are products to the parser
    return node


def clock(text: str) -> Clock | None:
    """A time of day."""
    match = _CLOCK.fullmatch(text.replace("\\!", ""))
    hour_only = _HOUR.fullmatch(text) if match is None else None
    if match is not None:
        hour, minute, half = int(match[1]), int(match[2]), match[3]
    elif hour_only is not None:
        hour, minute, half = int(hour_only[1]), 0, hour_only[2]
    else:
        return None
    if hour > 24 or minute > 59 or (half and hour > 12):
        return None
    return Clock(0, len(text), hour, minute, half[0].lower() + "m" if half else None)


def date(text: str) -> Text | None:
    """A day of a year, in one spelling."""
    plain = without_text_commands(text) if _MONTH.search(text) else ""
    return Text(0, len(text), words.canonical(plain)) if words.is_date(plain) else None


def tagged(text: str) -> Node | None:
    """A value with words set as text behind it: 16\\sqrt{3} \\text{ square units}."""
    match = _TAGGED.fullmatch(text)
    unit = spoken_unit(match[2]) if match else None
    if match is None or unit is None:
        return None
    value = parse(match[1])
    if isinstance(value, Quantity | Text | Relation | Listing):
        return None
    return Quantity(0, len(text), value, unit) if unit else value


def counted(text: str) -> Node | None:
    """A number and what it counts: "5 red apples", "2.5 million dollars", "3 hundredths"."""
    plain = _ONE_OR_MORE.sub(r"\1", without_text_commands(text, r" \1"))
    match = _TAIL_WORDS.search(plain)
    if match is None or not any(sign.isdigit() for sign in plain[: match.start()]):
        return None
    value_text, tail = plain[: match.start()].rstrip(), match[0]
    if value_text[-1] not in "0123456789}%)":
        return None
    value = parse(value_text.strip())
    scaled = _scaled(value, tail)
    if scaled is not None:
        value, tail = scaled
        if not tail:
            return value
    unit = spoken_unit(tail)
    if unit is None or not isinstance(value, Number | Div | Mul | Quantity):
        return None
    return (
        Quantity(0, len(text), value, unit) if unit and not isinstance(value, Quantity) else value
    )


def _scaled(value: Node, tail: str) -> tuple[Node, str] | None:
    """The value of "5 million" or "3 hundredths", and the words behind that."""
    word, _, rest = tail.partition(" ")
    word, rest = word.lower(), rest.strip()
    if word in SCALES:
        factor = Number(value.end, value.end, SCALES[word])
        return Mul(value.start, value.end, (value, factor)), rest
    one = isinstance(value, Number) and value.value == 1
    size = (ONE_PART if one else PARTS).get(word)
    if size is None or word in _COINS or not isinstance(value, Number):
        return None
    of_unit = _OF_A.sub("", rest)
    parts = Div(value.start, value.end, value, Number(value.end, value.end, size))
    return parts, of_unit if known_unit(of_unit) else rest


def phrase(text: str) -> Text | None:
    """Words with figures among them, such as "room 12"; not a number with unknown words behind."""
    plain = without_text_commands(text)
    has_word = any(len(word) >= 3 for word in _WORD.findall(plain))
    if not has_word or not _PHRASE.fullmatch(plain) or _NUMBER_FIRST.match(plain):
        return None
    return Text(0, len(text), words.canonical(plain))
