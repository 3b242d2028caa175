"""text.choice: the completion names the right choice, or all the right choices, and no other."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from verifiers.base import Extract, Options, Score, Strict, Tools
from verifiers.completion import Span, after_reasoning, answer_tags, boxes
from verifiers.errors import InvalidReference
from verifiers.text.answer import find_answer, no_answer, right, wrong
from verifiers.text.choice_reading import READ_CHARS, Reader, plain, script_of, takes_nothing_back
from verifiers.text.threads import judge

_SEARCHED_CHARS = 100_000
"""Tags and boxes before that are not looked for."""


class ChoiceReference(Strict):
    """The right choice, and perhaps what the choices are."""

    answer: str | list[str]
    """The label of the right choice, or of all the right ones: then all must be named."""
    choices: dict[str, str] | list[str] | None = None
    """Label to content, or contents labelled A, B, C…: the content then names a choice as well."""


class ChoiceVerifier:
    name = "text.choice"
    summary = "The completion names the right choice, or all the right choices, and no other."
    reference_type = str | list[str] | ChoiceReference
    options_model = Options
    example: Mapping[str, Any] = {
        "completion": "Mars is the fourth planet, so the answer is **(B)**.",
        "reference": {"answer": "B", "choices": {"A": "Venus", "B": "Mars", "C": "Jupiter"}},
    }

    async def verify(
        self,
        completion: str,
        reference: str | list[str] | ChoiceReference,
        options: Options,
        tools: Tools,
    ) -> Score:
        if not isinstance(reference, ChoiceReference):
            reference = ChoiceReference(answer=reference)
        question = Question(reference)
        named = await judge(_named, completion, options.extract, question)
        if not named:
            return no_answer("the completion names no choice")
        answer = ", ".join(sorted(named))
        if named == question.gold:
            return right(answer, f"the completion names {answer}")
        if len(named) > len(question.gold):
            return wrong(answer, f"the completion names {len(named)} choices: {answer}")
        return wrong(answer, f"the completion names {answer}, which is not right")


def _named(completion: str, extract: Extract, question: "Question") -> frozenset[str]:
    """The labels of all choices that the answer names."""
    # The same text in many boxes is read once.
    places = dict.fromkeys(text[-READ_CHARS:] for text in _places(completion, extract))
    return frozenset[str]().union(*map(question.named, places))


class Question:
    """A reference that has been understood: the right labels, and how to read for labels."""

    def __init__(self, reference: ChoiceReference) -> None:
        """Raises InvalidReference where the reference is not clear."""
        answers = [reference.answer] if isinstance(reference.answer, str) else reference.answer
        self._contents = _contents(reference.choices)
        self.gold = frozenset(self._label(answer) for answer in answers)
        if not self.gold:
            raise InvalidReference("reference.answer is an empty list; name at least one choice")
        if len(self.gold) < len(answers):
            raise InvalidReference("reference.answer names a choice twice")
        labels = self._contents or self.gold
        scripts = {script_of(label) for label in labels}
        if len(scripts) > 1:
            raise InvalidReference("labels must be all letters of one script, or all numbers")
        (script,) = scripts
        self._reader = _reader(script or "", frozenset(self._contents) or None)

    def named(self, text: str) -> frozenset[str]:
        """The labels of the choices that `text` names, by label or by content."""
        return (
            self._with_content(text)
            or self._reader.read(text)
            or self._in_a_clause(text)
            or self._reader.concluded(text)
        )

    def _label(self, answer: str) -> str:
        label = plain(answer).strip(" ().[]:").upper()
        if script_of(label) and (not self._contents or label in self._contents):
            return label
        if same := self._with_content(answer):
            return next(iter(same))
        known = ", ".join(self._contents)
        raise InvalidReference(
            f"reference.answer: {answer!r} is none of the choices {known}"
            if known
            else f'reference.answer: {answer!r} is no single letter or number; write ["A", "C"] '
            "for several, and give `choices` to name one by its content"
        )

    def _with_content(self, text: str) -> frozenset[str]:
        """The label whose content this is, if it is that of exactly one."""
        normal = _normal(text)
        same = [label for label, content in self._contents.items() if content == normal]
        # A content of one letter might be a label.
        return frozenset(same) if len(same) == 1 and len(normal) > 1 else frozenset()

    def _in_a_clause(self, text: str) -> frozenset[str]:
        if not self._contents:
            return frozenset()
        candidates = [*self._reader.clauses(text), text.rstrip().rpartition("\n")[2]]
        found = [labels for clause in candidates if (labels := self._with_content(clause))]
        return found[-1] if found else frozenset()


@lru_cache(maxsize=64)
def _reader(script: str, only: frozenset[str] | None) -> Reader:
    return Reader(script, only)


def _contents(choices: dict[str, str] | list[str] | None) -> dict[str, str]:
    """Label to content, both in normal form."""
    if isinstance(choices, list):
        if len(choices) > 26:
            raise InvalidReference("reference.choices: letters only suffice for 26; use an object")
        choices = {chr(ord("A") + index): content for index, content in enumerate(choices)}
    contents = {
        label.strip().upper(): _normal(content) for label, content in (choices or {}).items()
    }
    for label in contents:
        if script_of(label) is None:
            raise InvalidReference(f"reference.choices: {label!r} is no single letter or number")
    return contents


def _normal(text: str) -> str:
    return " ".join(plain(text).casefold().split()).strip(" .,;:!\"'")


def _places(completion: str, extract: Extract) -> Sequence[str]:
    """The texts to be read for choices, which together are the answer.

    Several tags or boxes count together where nothing between them takes the first one back.
    """
    if extract != "auto":
        answer = find_answer(completion, extract)
        return [] if answer is None else [answer]
    text = after_reasoning(completion)[-_SEARCHED_CHARS:]
    tagged = _last_together(answer_tags(text), text) or [text]
    return [place for scope in tagged for place in _last_together(boxes(scope), scope) or [scope]]


def _last_together(spans: list[Span], text: str) -> list[str]:
    together: list[Span] = []
    for span in reversed(spans):
        if together and not takes_nothing_back(text[span.end : together[-1].start]):
            break
        together.append(span)
    return [span.content for span in together]
