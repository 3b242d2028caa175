"""From the text of one answer to a node: what is not grammar but custom.

Words, clock times, counted things and multiple-choice letters are told apart here; everything else
goes to the parser. A gold answer is read strictly; an answer may have a sentence around it.
"""

import re

from verifiers.math import words
from verifiers.math.errors import Unreadable
from verifiers.math.nodes import (
    Clock,
    Div,
    Listing,
    Mul,
    Node,
    Number,
    Quantity,
    Ratio,
    Relation,
    Text,
)
from verifiers.math.parser import parse
from verifiers.math.quantities import spoken_unit
from verifiers.math.table import FUNCTIONS, GREEK
from verifiers.math.tokens import MAX_LENGTH, normalise

MAX_CUSTOM = 240
"""Characters of a text that is looked at for words around or behind its maths."""
_DELIMITERS = (("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)"), ("$", "$"), ("`", "`"), ("**", "**"))
_JUNK_END = re.compile(r"(?:[\s,;:]|(?<!\.)\.(?!\.)|(?<!\\)\\(?![A-Za-z{}|%$)\]]))+$")
_TEXT_WRAPPER = re.compile(
    r"^\\(?:text|textbf|mathrm|mbox|textit|textrm|mathbf|boldsymbol)\{([^{}]*)\}$"
)
_TEXT = re.compile(r"\\(?:text|mathrm|mbox|textbf)\{([^{}]*)\}")
_BOX = re.compile(r"^\\f?box(?:ed)?\{")
_WORDS = re.compile(r"[A-Za-z][A-Za-z' ,.;!-]*")
_WORD = re.compile(r"[A-Za-z']+")
_NAME = re.compile(r"[A-Za-z][A-Za-z' ]*[A-Za-z]")
"""Words that stay words because they are set as text."""
_TAGGED = re.compile(
    r"(.*[^\s\\])\s*(?:\\[ ,;:]\s*)?\\(?:text|mathrm|mbox|textrm)\{([^{}]*)\}", re.DOTALL
)
_CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})\s*(?:\\?(?:text|mathrm)?\{?\s*)?(a\.?\s?m\.?|p\.?\s?m\.?)?\s*\}?\.?", re.I
)
_HOUR = re.compile(r"(\d{1,2})\s*(?:\\text\{\s*)?(a\.?m\.?|p\.?m\.?)\s*\}?\.?", re.I)
_TAIL_WORDS = re.compile(r"(?<![\\A-Za-z])[A-Za-z][A-Za-z' -]*$")
_ODDS = re.compile(r"(\d{1,9})\s*(?:\\text\{)?\s*to\s*\}?\s*(\d{1,9})")
_PHRASE = re.compile(r"(?!.*\b(?:is|are|answer|equals)\b)[A-Za-z0-9 ,.'-]{1,80}")
_COMPOUND = re.compile(
    r"\b(hours?|hrs?|minutes?|mins?|feet|foot|ft|days?|weeks?|years?|pounds?|lbs?)\s*,?\s+and\s+(?=\d)"
)
_QUALIFIER = re.compile(
    r"(?:[\s,]|\\[,;:! ]|\\q?quad|\\text\{|\()+(?:"
    r"for\s+(?:all|any|every|each)\b"
    r"|(?:where|for|with)[\s}$\\,]+[a-z][\s$]*(?:\\in\s*(?:\\mathbb\s*\{?\s*)?[ZN]\b|\}?\s*is\s+an(?:y)?\s+integer)"
    r"|[a-z]\s+is\s+an(?:y)?\s+integer).{0,60}$"
)
"""Says of a variable or parameter that it may be anything, which a formula says anyway."""
_GLOSS = re.compile(r"^(?P<value>[^()]*[^()\s])\s*\((?P<gloss>[A-Za-z][A-Za-z\s,'.-]*)\)$")
_LEADING = re.compile(
    r"^(?:(?:so|thus|hence|therefore|and|then)[,\s]+)*(?:the\s+)?(?:(?:final|correct|exact|required|"
    r"numerical|simplified|total)\s+)*(?:answer|result|solution|value|probability|area|sum|"
    r"volume|perimeter|number|length|distance|product|maximum|minimum|ratio|equation|"
    r"remainder)(?:\s+of\s+(?:the\s+)?[A-Za-z$]{1,12})?\s*(?:is|are|equals|[:=])\s*"
    r"(?:equal to\s+)?:?\s*",
    re.I,
)
_SPAN = re.compile(r"(?<!\\)\$([^$]+)\$|\\\((.+?)\\\)")
_SCALES = {
    "hundred": 100,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "dozen": 12,
}


def clean(text: str) -> str:
    """Normalised, without what encloses the whole answer and without trailing punctuation."""
    if len(text) > MAX_LENGTH:
        raise Unreadable(f"{len(text)} characters are too long for an answer")
    text = normalise(text).strip()
    while True:
        before = text
        text = _JUNK_END.sub("", text).strip() if text[-1:] in " .,;:\\\n" else text
        for opening, closing in _DELIMITERS:
            if _encloses(text, opening, closing):
                text = text[len(opening) : -len(closing)].strip()
                break
        if text[:1] == "\\":
            text = _unwrapped(text)
        if text == before:
            return text


def _encloses(text: str, opening: str, closing: str) -> bool:
    inside = len(opening) + len(closing)
    return (
        len(text) > inside
        and text.startswith(opening)
        and text.endswith(closing)
        and closing not in text[len(opening) : -len(closing)]
        and not text.endswith("\\" + closing)
    )


def unwrapped(text: str) -> str:
    """The words of a text that is \\text{...} as a whole."""
    wrapper = _TEXT_WRAPPER.match(text)
    return wrapper[1].strip() if wrapper else text


def _unwrapped(text: str) -> str:
    wrapper = _TEXT_WRAPPER.match(text)
    if wrapper:
        content = wrapper[1].strip()
        return text if _NAME.fullmatch(content) else content
    if _BOX.match(text) and text.endswith("}"):
        inner = text[text.index("{") + 1 : -1]
        depth = 0
        for brace in re.finditer(r"(?<!\\)[{}]", inner):
            depth += 1 if brace[0] == "{" else -1
            if depth < 0:
                return text
        return inner.strip()
    return text


def read(text: str) -> Node:
    """The node of a cleaned text, strictly; raises Unreadable."""
    try:
        return _read_maths(text)
    except Unreadable:
        phrase = _phrase(text) if len(text) <= MAX_CUSTOM else None
        if phrase is None:
            raise
        return phrase


def _read_maths(text: str) -> Node:
    if not text:
        raise Unreadable("it is empty")
    wrapper = _TEXT_WRAPPER.match(text)
    if wrapper and _NAME.fullmatch(wrapper[1].strip()):
        return _spoken(wrapper[1]) or Text(0, len(text), words.canonical(wrapper[1]))
    if _WORDS.fullmatch(text):
        spoken = _spoken(text)
        if spoken is not None:
            return spoken
    clock = _clock(text)
    if clock is not None:
        return clock
    try:
        return parse(_with_round_brackets(_COMPOUND.sub(r"\1 ", text)))
    except Unreadable:
        if len(text) > MAX_CUSTOM:
            raise
        bare = _QUALIFIER.sub("", text, count=1)
        if bare and bare != text:
            return read(bare)
        special = _tagged(text) or _counted(text) or _odds(text)
        if special is None:
            raise
        return special


def read_answer(text: str) -> Node:
    """The node of a cleaned answer, perhaps with a sentence or a gloss around it."""
    try:
        return _read_maths(text)
    except Unreadable:
        inner = _without_prose(text)
        return read(text if inner is None else inner)


def _spoken(text: str) -> Node | None:
    """Words that are an answer themselves; None where they may be names of variables."""
    canonical = words.canonical(text)
    if canonical in words.SPOKEN_NUMBERS:
        return Number(0, len(text), words.SPOKEN_NUMBERS[canonical])
    known = canonical != text.lower().strip() and canonical in words.MEANINGS
    if known or canonical in words.MEANINGS:
        return Text(0, len(text), canonical)
    listed = _WORD.findall(text)
    plain = [word for word in listed if len(word) >= 3 and not _is_maths(word)]
    if plain and any(len(word) >= 4 for word in plain):
        return Text(0, len(text), canonical)
    return None


def _is_maths(word: str) -> bool:
    return word in FUNCTIONS or word in GREEK or word.lower() in {"infinity", "infty", "and", "pi"}


def _odds(text: str) -> Ratio | None:
    """4 to 1"""
    match = _ODDS.fullmatch(text)
    if match is None:
        return None
    first, second = (Number(0, len(text), int(match[index])) for index in (1, 2))
    return Ratio(0, len(text), (first, second))


def _phrase(text: str) -> Text | None:
    """Words with figures among them, such as a date."""
    plain = _TEXT.sub(r"\1", text)
    has_word = any(len(word) >= 3 for word in _WORD.findall(plain))
    return (
        Text(0, len(text), words.canonical(plain))
        if has_word and _PHRASE.fullmatch(plain)
        else None
    )


def _clock(text: str) -> Clock | None:
    match = _CLOCK.fullmatch(text)
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


def _tagged(text: str) -> Node | None:
    """A value with words set as text behind it: 16\\sqrt{3} \\text{ square units}."""
    match = _TAGGED.fullmatch(text)
    unit = spoken_unit(match[2]) if match else None
    if match is None or unit is None:
        return None
    value = parse(match[1])
    if isinstance(value, Quantity | Text | Relation | Listing):
        return None
    return Quantity(0, len(text), value, unit)


def _counted(text: str) -> Node | None:
    """A number and what it counts: "5 red apples", "2.5 million dollars"."""
    plain = _TEXT.sub(r" \1", text)
    match = _TAIL_WORDS.search(plain)
    if match is None or not any(sign.isdigit() for sign in plain[: match.start()]):
        return None
    value_text, tail = plain[: match.start()].rstrip(), match[0]
    if value_text[-1] not in "0123456789}%)":
        return None
    scale = re.match(r"(hundred|thousand|million|billion|trillion|dozen)\b\s*", tail, re.I)
    value = parse(value_text.strip())
    if scale:
        factor = Number(value.end, value.end, _SCALES[scale[1].lower()])
        value = Mul(value.start, value.end, (value, factor))
        tail = tail[scale.end() :]
        if not tail:
            return value
    if isinstance(value, Quantity):
        return value if words.may_be_gloss(_WORD.findall(tail)) else None
    unit = spoken_unit(tail) if isinstance(value, Number | Div | Mul) else None
    return None if unit is None else Quantity(0, len(text), value, unit)


def _without_prose(text: str) -> str | None:
    """The answer within a sentence that says nothing else."""
    if len(text) > MAX_CUSTOM:
        return None
    plain = _TEXT.sub(r"\1 ", text)
    led = _LEADING.sub("", plain, count=1)
    if led != plain:
        return clean(led)
    gloss = _GLOSS.match(text)
    if gloss and words.may_be_gloss(_WORD.findall(gloss["gloss"])):
        return clean(gloss["value"])
    spans = list(_SPAN.finditer(text))
    if len(spans) == 1:
        around = text[: spans[0].start()] + " " + text[spans[0].end() :]
        listed = _WORD.findall(around)
        if not re.search(r"[\\\d=<>^_]", around) and _is_harmless(listed):
            return clean(spans[0][1] or spans[0][2])
    return None


def _is_harmless(listed: list[str]) -> bool:
    allowed = {"of", "each"}
    return len(listed) <= 12 and not any(
        word.lower() in words.CHANGING and word.lower() not in allowed for word in listed
    )
