"""From the text of one answer to a node.

Words, and what is custom rather than grammar, are told apart here; everything else goes to the
parser. A gold answer is read strictly; an answer may have a sentence around it.
"""

import re

from verifiers.math import customs, phrases, words
from verifiers.math.cleaning import name_of
from verifiers.math.errors import Unreadable
from verifiers.math.nodes import Node, Text
from verifiers.math.parser import parse
from verifiers.math.parser.quantities import on_one_line
from verifiers.math.prose import begins_sentence, unconditional, without_prose

MAX_CUSTOM = 240
"""Characters of a text that is looked at for words around or behind its maths."""
_WORDS = re.compile(r"[A-Za-z][A-Za-z' ,.;!-]*")


def read(text: str) -> Node:
    """The node of a cleaned text, strictly; raises Unreadable."""
    try:
        return _read_maths(text)
    except Unreadable:
        phrase = customs.phrase(text) if len(text) <= MAX_CUSTOM else None
        if phrase is None:
            raise
        return phrase


def _read_maths(text: str) -> Node:
    text = phrases.without_hedge(text)
    if not text:
        raise Unreadable("it is empty")
    positive = phrases.after_minus(text)
    if positive and (negative := phrases.negated(_read_maths(positive))):
        return negative
    name = name_of(text)
    if name:
        return phrases.spoken(name) or Text(0, len(text), words.canonical(name))
    if _WORDS.fullmatch(text):
        spoken = phrases.spoken(text)
        if spoken is not None:
            return spoken
    special = customs.at_first_sight(text) if len(text) <= MAX_CUSTOM else None
    if special is not None:
        return special
    if begins_sentence(text):
        raise Unreadable("it is a sentence")
    try:
        return parse(_with_round_brackets(on_one_line(phrases.joined_units(text))))
    except Unreadable:
        if len(text) > MAX_CUSTOM:
            raise
        bare = unconditional(text)
        if bare and bare != text:
            return read(bare)
        special = customs.tagged(text) or customs.counted(text) or phrases.odds(text)
        if special is None:
            raise
        return special


def read_answer(text: str) -> Node:
    """The node of a cleaned answer, perhaps with a sentence or a gloss around it."""
    if begins_sentence(text) and (inner := _without_prose(text)) is not None:
        return read(inner)
    try:
        return _read_maths(text)
    except Unreadable:
        inner = _without_prose(text)
        return read(text if inner is None else inner)


def _without_prose(text: str) -> str | None:
    return without_prose(text) if len(text) <= MAX_CUSTOM else None


def _with_round_brackets(text: str) -> str:
    """]a, b[ as it is written in France, with round brackets for those that are turned."""
    if text[0] != "]" and text[-1] != "[":
        return text
    parts = text.split("\\cup")
    for index, part in enumerate(parts):
        trimmed = part.strip()
        opening = "(" if trimmed[:1] == "]" else trimmed[:1]
        closing = ")" if trimmed[-1:] == "[" else trimmed[-1:]
        parts[index] = opening + trimmed[1:-1] + closing
    return "\\cup".join(parts)
