"""Reads as much of a program's text as a driver has to know: comments, bodies, spellings of names.

For languages whose comments and braces are those of C. Linear in the length of the text.
"""

import re
from itertools import islice

_COMMENT = r"//[^\n]*|/\*.*?(?:\*/|\Z)"
_TEXT = r'"(?:\\.|[^"\\\n])*"?|`(?:\\.|[^`\\])*`?'
_CHARACTER = r"'(?:\\[^'\n]{1,10}|[^'\\\n])'"
"""One character, for a quote may also stand alone: in C++'s numbers and in Rust's lifetimes."""
_SINGLE_QUOTED = r"'(?:\\.|[^'\\\n])*'?"
_SKIPPED = re.compile(f"{_COMMENT}|{_TEXT}|{_CHARACTER}", re.DOTALL)
_SKIPPED_IN_SCRIPTS = re.compile(f"{_COMMENT}|{_TEXT}|{_SINGLE_QUOTED}", re.DOTALL)
_MOST_LOOKED_AT = 100
"""Places where a name is followed by a bracket, of which one is to be its definition."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def without_comments(text: str, *, script: bool = False) -> str:
    """The text with each comment replaced by a space, and each literal by an empty one.

    In a `script` (JavaScript, TypeScript) single quotes enclose texts, else characters.
    """

    def replaced(found: re.Match[str]) -> str:
        return " " if found[0][0] == "/" else '""'

    return (_SKIPPED_IN_SCRIPTS if script else _SKIPPED).sub(replaced, text)


def body_of(code: str, opening: str) -> str | None:
    """What stands in the braces behind the first match of a pattern; `code` has no comments."""
    found = re.search(opening, code)
    start = -1 if found is None else code.find("{", found.end())
    if start < 0:
        return None
    depth = 0
    for brace in re.compile(r"[{}]").finditer(code, start):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return code[start + 1 : brace.start()]
    return code[start + 1 :]


def spelling(name: str, code: str) -> str | None:
    """How the code spells a name that is called: as it is, in snake_case, camelCase or PascalCase.

    None if nothing of any of these names is there.
    """
    words = [word.lower() for word in _WORD.findall(name)]
    pascal = "".join(word.capitalize() for word in words)
    for each in (name, "_".join(words), pascal[:1].lower() + pascal[1:], pascal):
        if each and re.search(rf"\b{re.escape(each)}\s*[<(=:]", code):
            return each
    return None


def signature(name: str, code: str, *, keyword: str = "") -> tuple[list[str], str] | None:
    """Parameters of the first definition of a function, and its result as it is written behind.

    A definition is `keyword name(...): T {`, with `-> T` as well, or `name = (...): T =>`; None if
    there is none.
    """
    opening = re.compile(
        rf"{keyword}\b{re.escape(name)}\s*(?:<[^>(]{{0,200}}>)?\s*"
        r"(?:(?::[^=\n]{0,200})?=\s*(?:async\s+)?(?:function\b\s*\w*)?\s*)?\("
    )
    behind = re.compile(r"\s*((?::|->)[^;{}]{0,500}?)?\s*(?:\{|=>)")
    for found in islice(opening.finditer(code), _MOST_LOOKED_AT):
        end = _closing(code, found.end() - 1)
        if end is not None and (result := behind.match(code, end + 1)):
            return split_at_commas(code[found.end() : end]), (result[1] or "").lstrip(":->").strip()
    return None


def split_at_commas(text: str) -> list[str]:
    """Parts between the commas that are in no brackets."""
    parts, depth, start = [], 0, 0
    for found in re.compile(r"[(\[{<]|->|=>|[)\]}>]|,").finditer(text):
        mark = found[0]
        if mark in "([{<":
            depth += 1
        elif mark in ")]}>":
            depth -= 1
        elif mark == "," and depth == 0:
            parts.append(text[start : found.start()])
            start = found.end()
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def _closing(code: str, start: int) -> int | None:
    depth = 0
    for found in re.compile(r"[()]").finditer(code, start):
        depth += 1 if found[0] == "(" else -1
        if depth == 0:
            return found.start()
    return None
