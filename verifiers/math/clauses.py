"""Clauses such as "the answer is 5": where they are, what they name, and whether they mean it."""

import re
from collections import deque

from verifiers.text.choice_phrases import CLAUSE_START, DENIAL, RETRACTION

_LANGUAGES = (
    r"(?:final\s+)?answer(?:\s+to\s+[^\n.:]{1,80}|,\s\w{1,20},)?\s*(?:\*\*)?\s*"
    r"(?:is|are|was|(?:must|should|would|will)\s+be|equals|=|:|：)"
    r"(?:\s+(?:therefore|thus|then|hence|clearly|simply|just|indeed))?",
    r"答案\s*(?:是|为|為|:|：|=)|答え\s*(?:は|:|：)|(?:정답|답)\s*(?:은|는|:|：)",
    r"respuesta(?:\s+final|\s+correcta)?\s*(?:es|:)|r[ée]ponse(?:\s+finale)?\s*(?:est|:)",
    r"Antwort\s*(?:ist|lautet|:)|resposta(?:\s+final)?\s*(?:[ée]|:)|risposta(?:\s+finale)?\s*(?:[èe]|:)",
    r"ответ\s*(?::|—|-|равен)|[đd]áp\s+án\s*(?:là|:)|cevap\s*:|الجواب\s*(?:هو|:)",
    # a heading with nothing but one line below it
    r"^[#*\s]{0,8}(?:the\s+)?(?:final\s+)?answer[ \t*]{0,8}\n\s{0,8}(?=[^\n]{1,200}\Z)",
    r"(?:correct|right|best)\s+(?:option|choice)\s*(?:is|:)",
)
_CLAUSE = re.compile(rf"(?:{'|'.join(_LANGUAGES)})[ \t]*:?[ \t]*", re.IGNORECASE | re.MULTILINE)
_SENTENCE_END = re.compile(r"[。！]|\.(?=\s+[A-Z(]|\s*$)|\n")
_WITHIN_DOLLARS = r"(?:\\[^\n]|[^$\\\n])"
"""A dollar behind a backslash is money, not the end of a formula."""
FORMULA = re.compile(
    rf"\$\$(.{{1,800}}?)\$\$|(?<!\\)\$({_WITHIN_DOLLARS}{{1,800}})\$"
    r"|\\\((.{1,800}?)\\\)|\\\[(.{1,800}?)\\\]",
    re.DOTALL,
)
_COPULA_BEHIND = re.compile(r"\s*(?:입니다|이다|이에요|예요|です|である|だ)\s*$")

_SENTENCE_CHARS = 200
_HYPOTHESIS = re.compile(
    r"\b(?:suppos(?:e|es|ed|ing)|assum(?:e|es|ed|ing)|if|whether|imagine|pretend"
    r"|(?:might|could|may|tempted)\s+(?:to\s+)?(?:say|think|believe|guess|claim|conclude)"
    r"|(?:previous|earlier|other)\s+(?:question|problem|part|exercise|one)"
    r"|hopes?|wish|claims?|claimed)\b",
    re.IGNORECASE,
)
"""Before an answer that nobody gives, or that is one to another question."""
_PLAIN_START = re.compile(
    r"[.!?\n][\s*#]*(?:(?:so|thus|hence|therefore),?\s+)?(?:the\s+)?\Z", re.IGNORECASE
)
_PLAIN_CHARS = 30
_RETRACTION_CHARS = 300
_CONTRAST = re.compile(
    r"\s*,?\s*\b(?:(?:and|but)\s+)?(?:not|rather\s+than|instead\s+of)\s+"
    rf"(?:\(?[A-J]\)?|\${_WITHIN_DOLLARS}{{1,80}}\$|-?[\d.,/]+)\s*$"
)
"""What the answer is not, behind it."""
_REASON = re.compile(r"\s*[,;(]?\s*\b(?:because|since|as(?!\s+an?\b)|so\s+that)\s", re.IGNORECASE)
_REMARK = re.compile(r"\s*,?\s*which\s", re.IGNORECASE)
_REMARK_ON_FORMULA = re.compile(r"\s*[,(]?\s*\b(?:which|where|so|by|for)\b", re.IGNORECASE)
_CHANGE_OF_MIND = re.compile(
    r"\b(?:but|else|otherwise|should|guess|really|actually|rather|instead|unless|or|however)\b",
    re.IGNORECASE,
)
_MORE_VALUES = re.compile(
    r"[$\d\\]|\bnot\b|n['’]t\b|\b(?:even|odd|wrong|false|incorrect)\b", re.IGNORECASE
)
_FOR_ALL = re.compile(
    r"\s*,?\s*\(?(?:for\s+(?:all|any|every|each)\b"
    r"|(?:where|with)\s+\$?[A-Za-z]\$?\s+is\s+an?y?\s+(?:arbitrary\s+|real\s+|positive\s+)*"
    r"(?:integer|constant|number))[^.]{0,60}$"
)
"""Says of a variable that it may be anything, as a formula does anyway."""


def last_clause(text: str) -> str | None:
    """What the last "the answer is" says, up to the end of its sentence.

    Empty if it says nothing, denies, only supposes, or is taken back; None if there is none.
    """
    found = next(iter(deque(_CLAUSE.finditer(text), maxlen=1)), None)
    if found is None:
        return None
    if not _is_plain(text, found) and _is_not_meant(text, found.end()):
        return ""
    rest = text[found.end() :].lstrip(" *:_\n\t")
    stop = _end_of_sentence(rest)
    if RETRACTION.search(rest[stop : stop + _RETRACTION_CHARS]):
        return ""
    sentence = _COPULA_BEHIND.sub("", rest[:stop]).strip().strip("*_ ")
    return "" if RETRACTION.search(sentence) else _named(sentence)


def _is_plain(text: str, clause: re.Match[str]) -> bool:
    """Whether nothing but "so the" stands before it in its sentence; this is quickly seen."""
    start = clause.start() - _PLAIN_CHARS
    before = text[start : clause.start()] if start > 0 else "\n" + text[: clause.start()]
    return len(clause[0]) <= _PLAIN_CHARS and bool(_PLAIN_START.search(before))


def _is_not_meant(text: str, at: int) -> bool:
    """Whether the clause up to `at` denies or only supposes what it names."""
    before = text[max(0, at - _SENTENCE_CHARS) : at]
    starts = [start.end() for start in CLAUSE_START.finditer(before.rstrip(" :\n*#"))]
    clause = before[starts[-1] if starts else 0 :]
    return bool(_HYPOTHESIS.search(clause) or DENIAL.search(clause))


def _end_of_sentence(text: str) -> int:
    """Where the sentence ends; a display formula may span lines."""
    if text.startswith(("\\[", "$$")):
        closing = "\\]" if text.startswith("\\[") else "$$"
        end = text.find(closing, 2)
        if end > 0:
            return end + 2
    stop = _SENTENCE_END.search(text)
    return stop.start() if stop else len(text)


def _named(sentence: str) -> str:
    """The answer that the sentence starts with, if the rest only explains it."""
    sentence = _CONTRAST.sub("", sentence)
    span = FORMULA.match(sentence)
    after = span.end() if span else 0
    reason = _REASON.search(sentence, after)
    if reason and not _CHANGE_OF_MIND.search(sentence, reason.end()):
        return sentence[: reason.start()].strip()
    remark = _REMARK_ON_FORMULA.match(sentence, after) if span else _REMARK.search(sentence)
    if remark is None or _CHANGE_OF_MIND.search(sentence, remark.start()):
        return sentence.strip()
    if _MORE_VALUES.search(sentence, remark.start()) and not _FOR_ALL.match(sentence, after):
        return sentence.strip()
    return sentence[: remark.start()].strip()
