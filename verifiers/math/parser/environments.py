"""The grammar of environments: matrices, determinants, cases, and lines of formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifiers.math.errors import Unreadable
from verifiers.math.nodes import Apply, Cases, Listing, Matrix, Node

if TYPE_CHECKING:
    from verifiers.math.parser.grammar import Parser
    from verifiers.math.parser.rules import Rule
    from verifiers.math.tokens import Token

_MATRICES = frozenset({"matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "array"})
_DETERMINANTS = frozenset({"vmatrix", "Vmatrix"})
_LINES = frozenset({"aligned", "align", "align*", "gathered", "split", "alignedat"})

_CONDITION_WORDS = frozenset({"if", "for", "when", "where"})
"""Stand before a condition and say nothing."""


def environment(parser: Parser, token: Token) -> Rule[Node]:
    """What stands between \\begin{...}, just read, and \\end{...}."""
    name = _name(parser)
    if name == "array":
        _skip_group(parser)
    rows = yield _rows(parser)
    if _name(parser) != name:
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


def _name(parser: Parser) -> str:
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


def _rows(parser: Parser) -> Rule[tuple[tuple[Node, ...], ...]]:
    rows: list[tuple[Node, ...]] = []
    while not _at_end(parser):
        row: list[Node] = []
        while True:
            row.append((yield _cell(parser)))
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


def _cell(parser: Parser) -> Rule[Node]:
    while parser.peek().value in _CONDITION_WORDS:
        parser.position += 1
    node: Node = yield parser.expression()
    while parser.peek().kind in {",", ".", ";"}:  # "x, & if x > 0"
        parser.position += 1
    return node


def _rectangular(rows: tuple[tuple[Node, ...], ...]) -> tuple[tuple[Node, ...], ...]:
    if len({len(row) for row in rows}) != 1:
        raise Unreadable("a matrix whose rows differ in length")
    return rows
