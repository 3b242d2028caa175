"""Which choices a text names. It is read without knowing the right one, so hedging cannot pay."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from itertools import takewhile
from typing import NamedTuple

from verifiers.text.choice_phrases import (
    CLAUSE_START,
    CONCLUSION,
    DENIAL,
    ELSEWHERE,
    GOES_ON,
    INSTEAD,
    JOINT,
    LEAD,
    NEGATION,
    NEUTRAL,
    NOUN,
    PRAISE,
    PREFIX,
    REJECTED,
    RETRACTION,
    UNDECIDED,
)
from verifiers.text.choice_remarks import is_taken_back, others_named

READ_CHARS = 16_000
"""Of a longer text only the end is read."""
_CLAUSE_CHARS = 60
_SENTENCE_CHARS = 200
_REMARK_CHARS = 300

_STYLE = re.compile(r"\\(?:text(?:bf|it|rm|sf|tt)?|math(?:bf|it|rm|sf)|mbox|boldsymbol)(?![a-z])")
_BLANK = re.compile(r"\\[ ,;!]|~")
_MARKUP = re.compile(
    r"\\[()\[\]]|[*`${}]|(?<!\w)_+|_+(?!\w)|^[ \t]*(?:[#>]+|[-•–+])[ \t]+", re.MULTILINE
)
_BOLD = re.compile(r"\*\*([^*\n]{1,80})\*\*(?!\s+(?:is|are)\s+(?:not|wrong|incorrect|false)\b)")

_OPEN = r"[(\[<\"'“‘「『【]{0,3}"
_CLOSE = r"[)\]>\"'”’」』】]{0,3}"
_BRACKETS = frozenset(")]>】")
_CLAUSE_END = re.compile(r"\s*(?:है)?\s*(?:$|[.,;:!?।。\n])")
_BRACKETED_END = re.compile(r"(?<=\w)\s+[(\[](?P<label>[A-Z])[)\]][.!]*$")
_LINE_END = re.compile(r"[ \t]*(?:$|\n)")
_NEXT_LINE = re.compile(r"[.,;]?[ \t]*\n\s*")
_SET_APART = re.compile(r"\s*$|[.:、](?=\s|$)|\s+(?:[-–—]\s|\()|,\s+(?:because|since|as)\s")
_NEXT_WORD = re.compile(r"[ \t]+([^\W\d_]+)")
_WORD = re.compile(r"[^\W\d_]+")
_QUESTION = re.compile(r"\s*[?？]")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|[。\n]")
_SPACE = re.compile(r"[.,;]?\s*")
_RUN = re.compile(r"\s*([A-Z]{2,10})[\s.]*")

_SCRIPTS = {"Latin": "A-Za-z", "Cyrillic": "А-Яа-яЁё", "Greek": "Α-Ωα-ω"}
_NUMBER = "number"
_NOTHING: frozenset[str] = frozenset()


class Naming(NamedTuple):
    """Where a text names one or more choices together."""

    start: int
    end: int
    labels: frozenset[str]
    denied: bool = False
    """Whether the text only rejects, doubts or asks for them."""


def script_of(label: str) -> str | None:
    """The script of a letter, "number" for a number, None for anything else."""
    if re.fullmatch(r"[0-9]{1,2}", label):
        return _NUMBER
    return next((name for name, set_ in _SCRIPTS.items() if re.fullmatch(f"[{set_}]", label)), None)


def plain(text: str) -> str:
    """`text` without markup; full-width and circled letters become plain ones."""
    text = unicodedata.normalize("NFKC", text)
    return _MARKUP.sub("", _BLANK.sub(" ", _STYLE.sub("", text)))


def takes_nothing_back(gap: str) -> bool:
    """Whether what stands between two namings leaves the first in force."""
    words = _WORD.findall(NOUN.sub("", gap).lower())
    return len(gap) <= _CLAUSE_CHARS and NEUTRAL.issuperset(words)


class Reader:
    """Reads texts for labels of one script, all of them or those in `only`."""

    def __init__(self, script: str, only: Collection[str] | None = None) -> None:
        if script == _NUMBER:
            label = r"(?<![\d.,\-])(?P<label>\d{1,2})(?![\d%]|[.,]\d)"
        else:
            letters = _SCRIPTS[script]
            label = rf"(?<![{letters}\d])(?P<label>[{letters}])(?![{letters}\d]|['’][{letters}])"
        self._item = re.compile(
            rf"{PREFIX}(?P<open>{_OPEN}){label}(?P<close>{_CLOSE})", re.IGNORECASE
        )
        self._only = None if only is None else frozenset(only)

    def read(self, text: str) -> frozenset[str]:
        """The labels that `text` names in the end: several if it leaves it open, none if none."""
        tail = text[-READ_CHARS:]
        text = plain(tail)
        if alone := self._nothing_but(text):
            return alone
        statements = _with_retractions(sorted(self._statements(text)), text)
        said = [naming for naming in statements if not naming.denied]
        last = said[-1].start if said else -1
        taken_back = _union(
            naming.labels for naming in statements if naming.denied and naming.start > last
        )
        named = (
            _last_together(said, text)
            or self._lines(text)
            or _union(self._nothing_but(bold) or self._heading(bold) for bold in _bold(tail))
        )
        return named if named.isdisjoint(taken_back) else _NOTHING

    def clauses(self, text: str) -> Iterator[str]:
        """What the clauses of `text` that name an answer say that it is, up to the line's end."""
        text = plain(text[-READ_CHARS:])
        for lead in LEAD.finditer(text):
            if (
                lead["copula"]
                and _has_subject(text, lead.start())
                and not _is_denied(text, lead.start(), lead.end())
            ):
                yield text[lead.end("copula") :].partition("\n")[0]

    def concluded(self, text: str) -> frozenset[str]:
        """The labels that the last sentences lead to: "hence, B) 42", or "London (B)".

        For texts in which nothing else names a choice, as this may not have been meant.
        """
        sentences = filter(None, map(str.strip, _SENTENCE_END.split(plain(text[-READ_CHARS:]))))
        return _union(takewhile(bool, map(self._concluded, reversed([*sentences]))))

    def _concluded(self, sentence: str) -> frozenset[str]:
        if UNDECIDED.search(sentence):
            return _NOTHING
        lead = CONCLUSION.match(sentence)
        return (lead and self._heading(sentence[lead.end() :])) or self._ending(sentence)

    def _ending(self, sentence: str) -> frozenset[str]:
        """The labels of a sentence that ends in a capital letter in brackets."""
        found = _BRACKETED_END.search(sentence)
        if not found or not self._knows([found["label"]]):
            return _NOTHING
        before = sentence[: found.start()]
        if ELSEWHERE.search(before):
            return _NOTHING
        return others_named(before, found["label"]) | {found["label"]}

    def _nothing_but(self, text: str) -> frozenset[str]:
        """The labels of a text that consists of nothing else."""
        if run := _RUN.fullmatch(text):  # "AC" for A and C
            return frozenset(run[1]) if self._knows(run[1]) else _NOTHING
        labels, at = [], len(text) - len(text.lstrip())
        while item := self._item.match(text, at):
            labels.append(item["label"].upper())
            at = item.end()
            joint = JOINT.match(text, at) or _SPACE.match(text, at)
            at = joint.end() if joint else at
        return (
            frozenset(labels) if self._knows(labels) and not text[at:].strip(" .!\n") else _NOTHING
        )

    def _statements(self, text: str) -> Iterator[Naming]:
        """Clauses that say which choice is meant."""
        for lead in LEAD.finditer(text):
            if lead["copula"] and not _has_subject(text, lead.start()):
                continue
            start = self._behind_rejected(text, lead.end())
            naming = self._labels_at(text, start)
            must_end = lead["bare"] or start > lead.end()
            if naming and (not must_end or _CLAUSE_END.match(text, naming.end)):
                denied = _is_denied(text, lead.end(), naming.end)
                yield naming._replace(start=lead.start(), denied=denied)
        for praise in PRAISE.finditer(text):
            start = max(0, praise.start() - _CLAUSE_CHARS)
            for item in self._item.finditer(text, start, praise.start()):
                naming = self._labels_at(text, item.start())
                if naming and naming.end == praise.start():
                    denied = _is_denied(text, naming.start, praise.end())
                    yield naming._replace(denied=denied)
                    break

    def _behind_rejected(self, text: str, at: int) -> int:
        """Where the B of "not A but B" is, if that is what stands there."""
        rejected = REJECTED.match(text, at)
        naming = self._labels_at(text, rejected.end()) if rejected else None
        instead = INSTEAD.match(text, naming.end) if naming else None
        return instead.end() if instead else at

    def _labels_at(self, text: str, at: int) -> Naming | None:
        """The labels that are named together from `at` on."""
        labels, end = [], at
        item = self._item.match(text, at)
        while item and self._is_label(item, text):
            labels.append(item["label"].upper())
            end = item.end()
            if joint := JOINT.match(text, end):
                item = self._item.match(text, joint.end())
            elif line := _NEXT_LINE.match(text, end):
                item = self._item.match(text, line.end())
                item = item if item and _LINE_END.match(text, item.end()) else None
            else:
                break
        return Naming(at, end, frozenset(labels)) if labels else None

    def _is_label(self, item: re.Match[str], text: str) -> bool:
        """Whether a letter stands for a choice, and is no article, pronoun or number of things."""
        label = item["label"]
        if not self._knows([label.upper()]):
            return False
        if item["close"]:
            return True
        if label.islower():
            return bool(_CLAUSE_END.match(text, item.end()))
        next_word = _NEXT_WORD.match(text, item.end())
        return not (next_word and label in "AI0123456789" and next_word[1].lower() not in GOES_ON)

    def _lines(self, text: str) -> frozenset[str]:
        """The labels of the last lines or of the first ones, if they are set apart there."""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return (
            _union(takewhile(bool, map(self._nothing_but, reversed(lines))))
            or _union(takewhile(bool, map(self._heading, lines)))
            or _union(takewhile(bool, map(self._heading, reversed(lines))))
        )

    def _heading(self, line: str) -> frozenset[str]:
        """The label that a line starts with, as in "(B) 42" or "B: 42"."""
        item = self._item.match(line)
        if not item or not self._knows([item["label"].upper()]):
            return _NOTHING
        label, rest = item["label"].upper(), line[item.end() :]
        bracketed = not _BRACKETS.isdisjoint(item["close"])
        set_apart = not item["label"].islower() and _SET_APART.match(line, item.end())
        if not (bracketed or set_apart) or is_taken_back(rest.lstrip(".:、- ")):
            return _NOTHING
        return frozenset([label]) | others_named(rest.lstrip(".:、- "), label)

    def _knows(self, labels: Iterable[str]) -> bool:
        return self._only is None or self._only.issuperset(labels)


def _has_subject(text: str, at: int) -> bool:
    """Whether the clause up to `at` speaks of an answer, and does not say what it is not."""
    clause = re.split(r"[\n.?!;]", text[max(0, at - _CLAUSE_CHARS) : at])[-1]
    nouns = list(NOUN.finditer(clause))
    return bool(nouns) and not NEGATION.search(clause, nouns[-1].end())


def _is_denied(text: str, at: int, end: int) -> bool:
    """Whether the clause up to `at` rejects or doubts what it names, or a question mark follows."""
    if _QUESTION.match(text, end):
        return True
    before = text[max(0, at - _SENTENCE_CHARS) : at]
    starts = [start.end() for start in CLAUSE_START.finditer(before.rstrip(" :"))]
    return bool(DENIAL.search(before, starts[-1] if starts else 0))


def _with_retractions(namings: list[Naming], text: str) -> list[Naming]:
    """The namings, denied where what follows takes them back, with all that their lines name."""
    ends = [naming.start for naming in namings[1:]] + [len(text)]
    return [
        naming if naming.denied else _with_remarks(naming, text[naming.end : end][:_REMARK_CHARS])
        for naming, end in zip(namings, ends, strict=False)
    ]


def _with_remarks(naming: Naming, rest: str) -> Naming:
    if RETRACTION.search(rest):
        return naming._replace(denied=True)
    line = rest.partition("\n")[0]
    others = (others_named(line, label, bare=False) for label in naming.labels)
    return naming._replace(labels=naming.labels | frozenset[str]().union(*others))


def _last_together(namings: list[Naming], text: str) -> frozenset[str]:
    """The labels of the last naming, and of those before it that nothing took back."""
    labels = _NOTHING
    following: Naming | None = None
    for naming in reversed(namings):
        if following and not takes_nothing_back(text[naming.end : following.start]):
            break
        labels |= naming.labels
        following = naming
    return labels


def _bold(text: str) -> Iterator[str]:
    return (
        plain(bold[1]).strip()
        for bold in _BOLD.finditer(text)
        if not _is_denied(text, bold.start(), bold.end())
    )


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return _NOTHING.union(*sets)
