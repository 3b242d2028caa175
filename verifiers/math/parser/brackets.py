"""The grammar of brackets: groups, tuples, intervals, sets, bars, and numbers rounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifiers.math.errors import Unreadable
from verifiers.math.nodes import Apply, Bracketed, Div, Node, SuchThat, Text

if TYPE_CHECKING:
    from verifiers.math.parser.grammar import Parser
    from verifiers.math.parser.rules import Rule
    from verifiers.math.tokens import Token

_CLOSERS = {"(": (")", "]"), "[": ("]", ")"), "⟨": ("⟩",), "\\{": ("\\}",), "{": ("}",)}
_LEFT_SIGNS = {"⟨": "(", "\\{": "{"}
_RIGHT_SIGNS = {"⟩": ")", "\\}": "}"}
_STACKED = frozenset({"choose", "over"})
"""Commands that stand between what they put above each other."""
_STACKED_WITHIN = 12
"""Tokens after an opening brace in which such a command is looked for."""


def bracket(parser: Parser, token: Token) -> Node | Rule[Node]:
    """What stands in brackets that have just been opened."""
    opening = token.kind
    if opening in {"{", "\\{"} and parser.peek().kind in _CLOSERS[opening]:
        parser.position += 1
        return Text(token.start, parser.end(), "no solution")
    if opening == "{" and _is_stacked(parser):
        return _stacked(parser, token)
    return _bracketed(parser, token)


def enclosed(parser: Parser, opening: str) -> Rule[list[Node]]:
    """The items up to the bracket that closes `opening`."""
    items: list[Node]
    items, _ = yield _within(parser, opening)
    return items


def absolute(parser: Parser, token: Token) -> Rule[Node]:
    parser.bars += 1
    inner = yield parser.listing()
    parser.bars -= 1
    parser.expect("|")
    return Apply(token.start, parser.end(), "abs", (inner,))


def rounded(parser: Parser, token: Token) -> Rule[Node]:
    inner = yield parser.listing()
    closing, name = ("⌋", "floor") if token.kind == "⌊" else ("⌉", "ceil")
    parser.expect(closing)
    return Apply(token.start, parser.end(), name, (inner,))


def _bracketed(parser: Parser, token: Token) -> Rule[Node]:
    opening = token.kind
    items: list[Node]
    items, words = yield _within(parser, opening)
    closing = parser.previous().kind
    if len(items) == 1 and not isinstance(items[0], SuchThat):
        if opening in "({" and closing in ")}":
            return items[0]
    elif "or" in words:
        raise Unreadable('"or" within brackets')
    left, right = _LEFT_SIGNS.get(opening, opening), _RIGHT_SIGNS.get(closing, closing)
    return Bracketed(token.start, parser.end(), left, right, tuple(items))


def _within(parser: Parser, opening: str) -> Rule[tuple[list[Node], frozenset[str]]]:
    with parser.inside(such_that=opening in {"{", "\\{"}):
        items, words = yield parser.items()
        if parser.such_that and parser.peek().kind in {"|", ":", "mid"}:
            parser.position += 1
            parser.such_that = False
            condition = yield parser.listing()
            items = [SuchThat(items[0].start, parser.end(), items[0], condition)]
    parser.expect(*_CLOSERS[opening])
    return items, words


def _is_stacked(parser: Parser) -> bool:
    ahead = (parser.peek(index) for index in range(_STACKED_WITHIN))
    return any(token.kind == "command" and token.value in _STACKED for token in ahead)


def _stacked(parser: Parser, token: Token) -> Rule[Node]:
    """{n \\choose k}, {1 \\over 2}"""
    top = yield parser.listing()
    between = parser.next().value
    if between not in _STACKED:
        raise Unreadable("a misplaced \\choose or \\over")
    bottom = yield parser.listing()
    parser.expect("}")
    if between == "over":
        return Div(token.start, parser.end(), top, bottom)
    return Apply(token.start, parser.end(), "binom", (top, bottom))
