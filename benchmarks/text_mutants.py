"""Wrong versions of programs in any language, made by small changes of their text."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from verifiers.code.appended.lexing import Tokens

DATA = Path(__file__).parents[1] / "tests" / "data" / "code" / "humaneval"
LANGUAGES = ("cpp", "java", "javascript", "go", "rust")

_FLIPPED = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "==": "!=", "!=": "==", "===": "!=="}
_SHIFTED = {"<": "<=", ">": ">=", "<=": "<", ">=": ">"}
_SWAPPED = {"+": "-", "-": "+", "*": "+", "/": "*", "%": "/"}
_WORDS = {
    word: other
    for pair in (
        "true false",
        "max min",
        "MAX MIN",
        "ToUpper ToLower",
        "toUpperCase toLowerCase",
        "toUpper toLower",
        "toupper tolower",
        "to_uppercase to_lowercase",
        "to_ascii_uppercase to_ascii_lowercase",
        "is_ascii_uppercase is_ascii_lowercase",
        "isUpperCase isLowerCase",
        "IsUpper IsLower",
        "isupper islower",
        "starts_with ends_with",
        "startsWith endsWith",
        "HasPrefix HasSuffix",
        "sum count",
    )
    for word, other in (pair.split(), pair.split()[::-1])
}
_STATEMENT = re.compile(
    r"^[ \t]*(?:return (?:false|true)|\w+\+\+|\w+\.(?:push|push_back|add|push_str|append)\(.*\)"
    r"|\w+ = append\(.*\)|\w+ [-+*]?= [^;{}\n]*);?[ \t]*$",
    re.MULTILINE,
)
_STEP = re.compile(r"\.(?!len\b|size\b|length\b|chars\b|iter\b|into_iter\b)\w+\(\)(?=[.;)\n ])")
_TEXT = re.compile(r"(?<=[ (])(?:\"\"|'')(?=[;),])")


def renderings(language: str) -> list[dict[str, Any]]:
    """Tasks of HumanEval with solution and tests in that language."""
    lines = (DATA / f"{language}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def text_mutants(source: str, language: str) -> Iterator[tuple[str, str]]:
    """(operator, source) of every mutant; each differs in one place."""
    tokens = Tokens(source, language)
    for index, token in enumerate(tokens.items):
        if _is_operator(tokens, index):
            for operator, text in _changes(tokens, index):
                yield operator, source[: token.start] + text + source[token.end :]
        if token.text == "if" and (condition := _condition(tokens, index, language)):
            start, end = condition
            never = f"false && ({source[start:end]})"
            yield "dropped branch", source[:start] + never + source[end:]
    for operator, pattern, text in (
        ("dropped statement", _STATEMENT, ""),
        ("dropped step", _STEP, ""),
        ("other text", _TEXT, '"x"'),
        ("range off by one", re.compile(r"\.\.=(?=\w)"), ".."),
    ):
        for found in pattern.finditer(source):
            yield operator, source[: found.start()] + text + source[found.end() :]


def _condition(tokens: Tokens, index: int, language: str) -> tuple[int, int] | None:
    """Where the condition of an `if` begins and ends."""
    if language not in ("go", "rust"):
        closing = tokens.partner.get(index + 1)
        return None if closing is None else (tokens[index + 1].end, tokens[closing].start)
    if tokens[index + 1].text == "let":
        return None
    first = last = index + 1
    while last < len(tokens) and tokens[last].text != "{":
        first = last + 1 if tokens[last].text == ";" else first
        last = tokens.partner.get(last, last) + 1 if tokens[last].text in "([" else last + 1
    return tokens[first].start, tokens[last - 1].end


def _changes(tokens: Tokens, index: int) -> Iterator[tuple[str, str]]:
    _, text, _ = tokens[index]
    if text in _FLIPPED:
        yield "flipped comparison", _FLIPPED[text]
    if text in _SHIFTED:
        yield "boundary off by one", _SHIFTED[text]
    if text in _SWAPPED and (tokens[index - 1].kind in ("word", "number") or text == "%"):
        yield "other operator", _SWAPPED[text]
    if text in _WORDS:
        yield "other word", _WORDS[text]
    if tokens[index].kind == "number" and text.isdigit():
        yield "number off by one", str(int(text) + 1)


def _is_operator(tokens: Tokens, index: int) -> bool:
    """Whether something computes, and is no part of a type: signs have spaces around them, or
    operands on both sides."""
    token = tokens[index]
    if token.kind != "sign":
        return True
    around = tokens.source[token.start - 1 : token.start], tokens.source[token.end : token.end + 1]
    between = all(side.isalnum() for side in around) and token.text in _SWAPPED
    return around == (" ", " ") or between
