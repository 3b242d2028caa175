"""Tokens of source text in many languages, as far as finding literals and brackets needs them."""

import functools
import re
from typing import NamedTuple

_OPENING = {"(": ")", "[": "]", "{": "}"}
_CLOSING = frozenset(_OPENING.values())
_HASH_COMMENTS = frozenset(("php", "ruby", "perl", "bash", "r", "julia", "elixir"))
_DASH_COMMENTS = frozenset(("lua", "haskell", "sql"))
_CHARACTERS = frozenset(
    ("c", "cpp", "java", "go", "rust", "csharp", "d", "scala", "kotlin", "swift")
)


class Token(NamedTuple):
    kind: str
    """word, number, string, character or sign."""
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


class Tokens:
    """The tokens of a text without its comments, with the bracket that each bracket belongs to."""

    def __init__(self, source: str, language: str) -> None:
        self.source = source
        self.language = language
        self.items = [
            Token(str(found.lastgroup), found[0], found.start())
            for found in _pattern(language).finditer(source)
            if found.lastgroup not in (None, "comment")
        ]
        self.partner: dict[int, int] = {}
        """Index of the bracket that closes or opens the one at an index."""
        self.unmatched: list[int] = []
        self._match()

    def end_of_body(self, position: int) -> int:
        """Where the first braces behind a position close; the end of the source if none do."""
        for index, token in enumerate(self.items):
            if token.start >= position and token.text == "{":
                closing = self.partner.get(index)
                return len(self.source) if closing is None else self[closing].end
        return len(self.source)

    def __getitem__(self, index: int) -> Token:
        return self.items[index] if 0 <= index < len(self.items) else Token("sign", "", 0)

    def __len__(self) -> int:
        return len(self.items)

    def _match(self) -> None:
        opened: list[int] = []
        for index, token in enumerate(self.items):
            if token.kind != "sign":
                continue
            if token.text in _OPENING:
                opened.append(index)
            elif token.text in _CLOSING:
                if opened and _OPENING[self.items[opened[-1]].text] == token.text:
                    self.partner[index] = opened.pop()
                    self.partner[self.partner[index]] = index
                else:
                    self.unmatched.append(index)
        self.unmatched += opened


def without_comments(source: str, language: str) -> str:
    """The source with blanks in the place of its comments, and of nothing else."""

    def blank(found: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", found[0]) if found.lastgroup == "comment" else found[0]

    return _pattern(language).sub(blank, source)


@functools.cache
def _pattern(language: str) -> re.Pattern[str]:
    if language in _HASH_COMMENTS:
        comments = r"\#[^\n]*"
        if language == "php":
            comments += r"|//[^\n]*|/\*.*?(?:\*/|\Z)"
    elif language in _DASH_COMMENTS:
        comments = r"--[^\n]*"
    else:
        comments = r"//[^\n]*|/\*.*?(?:\*/|\Z)"
    character = r"'(?:[^'\\\n]|\\(?:u\{?[0-9a-fA-F]+\}?|x[0-9a-fA-F]+|[0-7]{1,3}|.))'"
    strings = r'b?r?\#?"(?:[^"\\]|\\.)*"\#?'
    if language in _CHARACTERS:
        parts = {"string": strings + r"|`[^`]*`", "character": character}
    else:
        parts = {"string": rf"{strings}|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`"}
    if language == "rust":
        parts["string"] = r'b?r(?P<hashes>\#*)".*?"(?P=hashes)|b?"(?:[^"\\]|\\.)*"'
    elif language == "java":
        parts["string"] = r'"""(?:[^\\]|\\.)*?"""|"(?:[^"\\\n]|\\.)*"'
    named = "|".join(f"(?P<{name}>{part})" for name, part in parts.items())
    return re.compile(
        rf"(?P<comment>{comments})|{named}"
        r"|(?P<number>(?<![\w.])\.?\d(?:[\w.]|(?<=[eE])[+-])*)"
        r"|(?P<word>[A-Za-z_$@][\w$]*)"
        r"|(?P<sign>===|!==|==|!=|~=|<=|>=|&&|\|\||=>|->|::|[^\w\s])",
        re.DOTALL,
    )
