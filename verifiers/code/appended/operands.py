"""Where the operands of a comparison begin and end."""

import re
from collections.abc import Iterator

from verifiers.code.appended.lexing import Tokens
from verifiers.code.appended.vocabulary import (
    ALTERNATIVES,
    ARROWS_TO_MEMBERS,
    BORDERS,
    CONDITIONS,
    ENDED_BY_LINES,
    EQUALITIES,
    INEQUALITIES,
)

Operand = tuple[int, int]
"""Index of its first and of its last token."""


def left_of(tokens: Tokens, index: int) -> int | None:
    """Index of the first token of the operand before `index`; None where it cannot be told."""
    last = index
    index -= 1
    while index >= 0:
        text = tokens[index].text
        if index + 1 < last and _parts_lines(tokens, index + 1):
            return index + 1
        if index in tokens.partner and text in ")]}":
            if text == "}" and tokens[index + 1].kind == "word":
                return index + 1
            index = tokens.partner[index] - 1
            continue
        if text in "([{" or text in CONDITIONS or _is_border(tokens, text):
            return index + 1
        if text in ALTERNATIVES or text in EQUALITIES or text in INEQUALITIES:
            return None
        index -= 1
    return 0


def right_of(tokens: Tokens, index: int) -> int | None:
    """Index of the last token of the operand after `index`; None where it cannot be told."""
    first = index = index + 1
    while index < len(tokens):
        text = tokens[index].text
        if index > first and _parts_lines(tokens, index):
            return index - 1
        if index in tokens.partner and text in "([{":
            if text == "{" and _begins_block(tokens, index):
                return index - 1
            index = tokens.partner[index] + 1
            continue
        if text in ")]}" or text == ":" or _is_border(tokens, text):
            return index - 1
        if text in ("||", "?", "|", "or") or text in EQUALITIES or text in INEQUALITIES:
            return None
        index += 1
    return index - 1


def arguments(tokens: Tokens, opening: int, closing: int) -> Iterator[Operand]:
    """What is between two brackets, as far as commas part it."""
    first = index = opening + 1
    while index < closing:
        if tokens[index].text == ",":
            yield first, index - 1
            first = index + 1
        index = tokens.partner.get(index, index) + 1 if tokens[index].text in "([{" else index + 1
    if first < closing:
        yield first, closing - 1


def _parts_lines(tokens: Tokens, index: int) -> bool:
    """Whether a token is the first of its line, where lines end statements."""
    before = tokens[index - 1]
    between = tokens.source[before.end : tokens[index].start]
    return tokens.language in ENDED_BY_LINES and "\n" in between and tokens[index].text != "."


def _begins_block(tokens: Tokens, index: int) -> bool:
    """Whether braces hold statements, and not a value."""
    before = tokens[index - 1]
    if before.text == ")" or before.kind in ("number", "string", "character"):
        return True
    line = tokens.source.rfind("\n", 0, tokens[index].start) + 1
    return (
        tokens.language in ("go", "rust")
        and re.match(r"[\s}]*(?:else\s+)?if\b", tokens.source[line:]) is not None
    )


def _is_border(tokens: Tokens, text: str) -> bool:
    return text in BORDERS and not (text == "->" and tokens.language in ARROWS_TO_MEMBERS)
