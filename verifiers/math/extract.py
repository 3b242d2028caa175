"""Finds the one answer of a completion. Looks from the end, in time linear in the text."""

import re
from collections import deque
from dataclasses import dataclass

from verifiers.base import Extract
from verifiers.completion import after_reasoning, answer_tag
from verifiers.math.clauses import FORMULA, last_clause
from verifiers.math.cleaning import clean
from verifiers.math.errors import Unreadable
from verifiers.math.nodes import Text
from verifiers.math.reading import read_answer

MAX_ANSWER = 6000
"""Characters within which a box must close."""
_MAX_TRIES = 12
"""Boxes that do not close are skipped that often."""
_MAX_MERGED = 24
_TAIL = 6000
"""Characters at the end in which other signs of an answer are looked for."""
_MAX_WHOLE = 1500
_MAX_SPACES = 4
"""Within words that are an answer by themselves; more are a sentence."""
_TAG_WINDOW = 60_000

_BOX_COMMANDS = ("\\boxed", "\\fbox", "\\framebox")
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_SEPARATOR = re.compile(
    r"(?:[\s$,;&*.]|\\[()\[\],;!]|\\\\|\\q?quad|and|or|\\(?:text|mbox|textrm)\{\s*(?:and|or|,)?\s*\})*"
)
_DENIED = re.compile(r"(?:\bnot|\bcannot|n['’]t|\bnever)(?:\s+be)?(?:\s+equal\s+to)?[\s$*(]*$")
_DENIAL_CHARS = 40
_UNBRACED = re.compile(r"\s*([^\s${}\\.,;]{1,40})")
_BOX_TOKENS = (("<|begin_of_box|>", "<|end_of_box|>"), ("<box>", "</box>"))
_HASHES = re.compile(r"^[ \t]*####[ \t]*((?=[-+$\\(\[{.\d|]|[^\n]+\s*\Z)[^\n]*)", re.MULTILINE)
"""A heading starts with a word; a line of words is an answer only where nothing follows it."""
_LETTER_FIRST = re.compile(r"\(?[A-H][).:](?:\s[^\n]{0,200})?")
_FENCE = re.compile(r"```[^\n`]*\n(.*?)```", re.DOTALL)
_LAST_NUMBER = re.compile(r"[-−]?\$?\d[\d,]*(?:\.\d+)?%?")


@dataclass(frozen=True, slots=True)
class Extracted:
    """An answer as it was written, and what marked it as one."""

    text: str
    source: str


def extract(
    completion: str, how: Extract = "auto", *, last_number: bool = False
) -> Extracted | None:
    """The answer of a completion, or None if it has none; an empty one has been taken back."""
    text = after_reasoning(completion.rstrip())
    match how:
        case "boxed":
            return _boxed(text)
        case "answer_tag":
            return _tagged(text)
        case "whole":
            return Extracted(text.strip(), "whole") if text.strip() else None
        case "code_block":
            return _last_block(text)
    found = _boxed(text) or _tagged(text) or _box_token(text)
    return found or _from_tail(text, last_number=last_number)


def _from_tail(text: str, *, last_number: bool) -> Extracted | None:
    tail = text[-_TAIL:]
    found = _hashes(tail) or _clause(tail)
    if found is None and len(text) <= _MAX_WHOLE:
        found = _whole(text)
    return found or _last_maths(tail) or (_last_number(tail) if last_number else None)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(iter(deque(pattern.finditer(text), maxlen=1)), None)


# Boxes


def _boxed(text: str) -> Extracted | None:
    box = _last_box(text, len(text))
    if box is None:
        return None
    if _DENIED.search(text, max(0, box.start - _DENIAL_CHARS), box.start):
        return Extracted("", "boxed")
    parts, start = [box.content], box.start
    while len(parts) < _MAX_MERGED:
        before = _last_box(text, start, tries=1)
        if before is None or not _SEPARATOR.fullmatch(text, before.end, start):
            break
        word = " or " if re.search(r"\bor\b", text[before.end : start]) else ", "
        parts.insert(0, before.content + word)
        start = before.start
    return Extracted("".join(parts).strip(), "boxed")


@dataclass(frozen=True, slots=True)
class _Box:
    start: int
    end: int
    content: str


def _last_box(text: str, end: int, *, tries: int = _MAX_TRIES) -> _Box | None:
    """The last box that opens and closes before `end`; the outermost if boxes are nested."""
    for _ in range(tries):
        start, command = max((text.rfind(command, 0, end), command) for command in _BOX_COMMANDS)
        if start < 0:
            return None
        box = _box_at(text, start, start + len(command))
        if box is not None:
            return _outermost(text, box)
        end = start
    return None


def _box_at(text: str, start: int, after: int) -> _Box | None:
    opening = after
    limit = min(len(text), after + MAX_ANSWER)
    while opening < limit and text[opening].isspace():
        opening += 1
    if text[opening : opening + 1] != "{":
        bare = _UNBRACED.match(text, after)
        return _Box(start, bare.end(), bare[1]) if bare and not bare[1][0].isalpha() else None
    depth = 0
    for brace in _BRACES.finditer(text, opening, limit):
        if brace[0] == "{":
            depth += 1
        elif brace[0] == "}":
            depth -= 1
            if depth == 0:
                return _Box(start, brace.end(), text[opening + 1 : brace.start()])
    return None


def _outermost(text: str, box: _Box) -> _Box:
    """The box around this one, where a box holds another and more."""
    start = max(
        text.rfind(command, max(0, box.start - 200), box.start) for command in _BOX_COMMANDS
    )
    if start < 0:
        return box
    opening = text.find("{", start, box.start)
    around = _box_at(text, start, opening) if opening >= 0 else None
    return around if around is not None and around.end >= box.end else box


# Other signs


def _tagged(text: str) -> Extracted | None:
    content = answer_tag(text[-_TAG_WINDOW:])
    if content is None or not content.strip():
        return None
    inner = _from_tail(content, last_number=False)
    return Extracted(inner.text if inner else content.strip(), "answer tag")


def _box_token(text: str) -> Extracted | None:
    for opening, closing in _BOX_TOKENS:
        end = text.rfind(closing)
        start = text.rfind(opening, 0, end) if end >= 0 else -1
        if start >= 0:
            return Extracted(text[start + len(opening) : end].strip(), "box token")
    return None


def _hashes(tail: str) -> Extracted | None:
    found = _last(_HASHES, tail)
    return Extracted(found[1].strip(), "####") if found else None


def _clause(tail: str) -> Extracted | None:
    said = last_clause(tail)
    return None if said is None else Extracted(said, "answer clause")


def _whole(text: str) -> Extracted | None:
    """The completion as an answer, if it is nothing else."""
    if _LETTER_FIRST.fullmatch(text.strip()):
        return Extracted(text.strip(), "whole")
    try:
        node = read_answer(clean(text))
    except Unreadable:
        return None
    if isinstance(node, Text) and node.words.count(" ") > _MAX_SPACES:
        return None
    return Extracted(text.strip(), "whole")


def _last_maths(tail: str) -> Extracted | None:
    found = _last(FORMULA, tail)
    if found is None:
        return None
    content = next(group for group in found.groups() if group is not None)
    return Extracted(content.strip(), "last formula")


def _last_block(text: str) -> Extracted | None:
    found = _last(_FENCE, text)
    return Extracted(found[1].strip(), "code block") if found else None


def _last_number(tail: str) -> Extracted | None:
    numbers = _LAST_NUMBER.findall(tail)
    return Extracted(numbers[-1], "last number") if numbers else None
