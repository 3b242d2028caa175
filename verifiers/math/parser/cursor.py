"""A place in a list of tokens, and what the grammar has to remember of the places around it."""

from collections.abc import Iterator
from contextlib import contextmanager

from verifiers.math.errors import Unreadable
from verifiers.math.tokens import Token

END = Token("end", "", 0, 0)
SEPARATORS = frozenset({",", ";", "and", "or", "newline", "&"})
"""Between the items of a list."""
_TRAILING = frozenset({".", ",", ";", ":", "newline"})


class Cursor:
    """Moves over the tokens of one text, only ever forwards."""

    def __init__(self, tokens: list[Token]) -> None:
        while tokens and tokens[-1].kind in _TRAILING:
            tokens.pop()
        self.tokens = tokens
        self.position = 0
        self.bars = 0
        """Bars | that are open here."""
        self.such_that = False
        """Whether a bar or colon here ends the variable of { x | ... }."""
        self.integrals = 0
        """Integrals that wait for their dx."""

    def peek(self, ahead: int = 0) -> Token:
        index = self.position + ahead
        return self.tokens[index] if index < len(self.tokens) else END

    def previous(self) -> Token:
        return self.tokens[self.position - 1]

    def at_item(self) -> bool:
        """Whether the token before this place is the first of an item of a list."""
        return self.position == 1 or self.tokens[self.position - 2].kind in SEPARATORS

    def next(self) -> Token:
        token = self.peek()
        if token is not END:
            self.position += 1
        return token

    def accept(self, kind: str) -> bool:
        if self.peek().kind == kind:
            self.position += 1
            return True
        return False

    def expect(self, *kinds: str) -> Token:
        token = self.next()
        if token.kind not in kinds:
            raise Unreadable(f"{shown(token)} where {' or '.join(kinds)} should be")
        return token

    def end(self) -> int:
        """Where the last token that was read ends."""
        return self.tokens[self.position - 1].end if self.position else 0

    def at_differential(self) -> bool:
        return self.peek().value == "d" and self.peek(1).kind == "symbol"

    @contextmanager
    def inside(self, *, such_that: bool = False) -> Iterator[None]:
        """Within brackets, what is open outside of them does not count."""
        saved = (self.bars, self.such_that, self.integrals)
        self.bars, self.such_that, self.integrals = 0, such_that, 0
        yield
        self.bars, self.such_that, self.integrals = saved


def shown(token: Token) -> str:
    """A token for a message."""
    return "the end" if token is END else repr(str(token.value)[:20])
