"""Answers with words around them that say nothing else: a sentence, a gloss, a condition."""

import re

from verifiers.math import glosses, phrases, words
from verifiers.math.cleaning import clean, without_text_commands
from verifiers.math.spoken import spoken_number

_WORD = re.compile(r"[A-Za-z']+")
_SENTENCE = re.compile(
    r"(?:so|it|he|she|we|they|you|this|that|there|the|his|her|its)\b,?\s+(?=[A-Za-z\d$])",
    re.IGNORECASE,
)
"""Begins with short words, which the parser takes for products of letters."""
_QUALIFIER = re.compile(
    r"(?:[\s,]|\\[,;:! ]|\\q?quad|\\text\{|\()+(?:"
    r"for\s+(?:all|any|some|(?:every|each)"
    r"(?![^<>=\\]*(?:\d|\b(?:two|three|four|five|six|seven|eight|nine|ten)\b)))\b"
    r"|[a-z]\s*\\in\s*\\mathbb\s*\{?\s*[ZNR]\s*\}?\s*\)$"
    r"|(?:where|for|with)[\s}$\\,]+[a-z][\s$]*(?:\\in\s*(?:\\mathbb\s*\{?\s*)?[ZN]\b|\}?\s*(?:\\text\{)?\s*is\s+an?(?:y)?\s+"
    r"(?:(?:arbitrary|real|positive)\s+)*(?:integer|constant|number))"
    r"|[a-z]\s+is\s+an?y?\s+integer).{0,60}$"
)
"""Says of a variable or parameter that it may be anything, which a formula says anyway."""
_ALL = re.compile(
    r"^(?:\\text\{)?\s*(?:for\s+)?(?:all|any|every)\s*\}?\s*"
    r"(?=\$?[a-z]\s*(?:\\[gl]eq?\b|\\neq?\b|\\in\b|[<>]))"
)
_GLOSS = re.compile(r"^(?P<value>[^()]*[^()\s])\s*\((?P<gloss>[A-Za-z][A-Za-z\s,'.-]*)\)$")
_LEADING = re.compile(
    r"^(?:(?:so|thus|hence|therefore|and|then)[,\s]+)+(?=[A-Za-z]\s*=)"
    r"|^(?:(?:so|thus|hence|therefore|and|then)[,\s]+)*(?:the\s+)?(?:(?:final|correct|exact|required|"
    r"numerical|simplified|total)\s+)*(?:answer|result|solution|value|probability|area|sum|"
    r"volume|perimeter|number|length|distance|product|maximum|minimum|ratio|equation|"
    r"remainder)(?:\s+of\s+(?:the\s+)?[A-Za-z$]{1,12})?\s*(?:is|are|equals|[:=])\s*"
    r"(?:equal to\s+)?:?\s*",
    re.I,
)
_SUBJECT = re.compile(
    r"(?:(?:so|thus|hence|therefore|and|then),?\s+)*(?:the|her|his|their|its|our|a|an|there|it|this"
    r"|we|she|he|they|you|(?-i:[A-Z][a-z]+(?:'s)?))(?:\s+[A-Za-z'-]+){0,10}?\s+(?:is|are|was|were|equals|has|have|had|gets?"
    r"|got|needs?)\s+(?=[-$]?\d|[-$\\])",
    re.IGNORECASE,
)
_MATHS_SIGN = re.compile(r"[\\\d=<>^_]")
_MAX_WORDS_BEFORE = 12
_SPAN = re.compile(r"(?<!\\)\$([^$]+)\$|\\\((.+?)\\\)")


def without_prose(text: str) -> str | None:
    """The answer within a sentence that says nothing else."""
    plain = without_text_commands(text, r"\1 ")
    concluded = phrases.conclusion(text) or phrases.compared(plain)
    if concluded:
        return clean(concluded)
    led = _LEADING.match(plain) or _led_by_subject(plain)
    if led:
        return clean(plain[led.end() :])
    gloss = _GLOSS.match(plain.strip())
    if gloss and (glosses.is_note(gloss["gloss"]) or _repeats(gloss["value"], gloss["gloss"])):
        return clean(gloss["value"])
    spans = list(_SPAN.finditer(text))
    if len(spans) == 1 and _says_nothing(text[: spans[0].start()], text[spans[0].end() :]):
        return clean(spans[0][1] or spans[0][2])
    return None


def _repeats(value: str, gloss: str) -> bool:
    """Whether words say the same number once more: "5 (five)"."""
    number = spoken_number(words.canonical(gloss))
    return isinstance(number, int) and value.strip(" $") == str(number)


def _led_by_subject(text: str) -> re.Match[str] | None:
    """What "There are" or "the total cost of the tickets was" is, before a value."""
    led = _SUBJECT.match(text)
    return led if led and glosses.takes_nothing_back(_WORD.findall(led[0])) else None


def _says_nothing(before: str, after: str) -> bool:
    """Whether a formula is all that the words around it say."""
    if _MATHS_SIGN.search(before) or _MATHS_SIGN.search(after):
        return False
    listed = _WORD.findall(before)
    behind = after.strip(" .,;:!\n")
    return (
        len(listed) <= _MAX_WORDS_BEFORE
        and glosses.takes_nothing_back(listed)
        and (not behind or glosses.is_note(behind))
    )


def begins_sentence(text: str) -> bool:
    """Whether the text begins with a short word, a product of letters to the parser."""
    return bool(_SENTENCE.match(text))


def unconditional(text: str) -> str:
    """The text without conditions that a formula fulfils anyway, such as "for all n"."""
    return _ALL.sub("", _QUALIFIER.sub("", text, count=1))
