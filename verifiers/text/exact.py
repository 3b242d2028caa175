"""text.exact: the answer is one of the expected texts, character for character."""

import unicodedata
from collections.abc import Mapping
from typing import Any, Literal

from verifiers.base import Options, Score, Strict, Tools
from verifiers.errors import InvalidReference
from verifiers.text.answer import find_answer, no_answer, right, wrong
from verifiers.text.threads import judge


class ExactReference(Strict):
    """The expected text, and which differences do not matter."""

    answer: str | list[str]
    """The text, or several that are equally right."""
    case_sensitive: bool = True
    strip: bool = True
    """Ignore white space around the answer."""
    normalise_whitespace: bool = False
    """Take every run of white space for one space."""
    unicode: Literal["none", "NFC", "NFKC"] = "NFC"
    """Unicode normal form: NFC knows only spellings of the same character for equal, NFKC also
    full-width and other compatible characters."""

    def accepted(self) -> set[str]:
        """The normal forms of all right answers; raises InvalidReference if one is empty."""
        answers = [self.answer] if isinstance(self.answer, str) else self.answer
        if not answers:
            raise InvalidReference("reference.answer is an empty list; give at least one text")
        if any(not answer or answer.isspace() for answer in answers):
            raise InvalidReference("reference.answer is empty; an empty answer is never right")
        return {self.normal_form(answer) for answer in answers}

    def normal_form(self, text: str) -> str:
        """`text` without the differences that do not matter."""
        text = self._compose(text)
        if not self.case_sensitive:
            text = self._compose(text.casefold())
        if self.normalise_whitespace:
            text = " ".join(text.split())
        return text.strip() if self.strip else text

    def _compose(self, text: str) -> str:
        return text if self.unicode == "none" else unicodedata.normalize(self.unicode, text)


class ExactVerifier:
    name = "text.exact"
    summary = "The answer is the expected text, or one of several; never merely contains it."
    reference_type = str | ExactReference
    options_model = Options
    example: Mapping[str, Any] = {
        "completion": "<think>The Seine flows through it.</think>\n<answer>Paris</answer>",
        "reference": {"answer": "paris", "case_sensitive": False},
    }

    async def verify(
        self,
        completion: str,
        reference: str | ExactReference,
        options: Options,
        tools: Tools,
    ) -> Score:
        if isinstance(reference, str):
            reference = ExactReference(answer=reference)
        accepted = reference.accepted()
        answer = await judge(find_answer, completion, options.extract)
        if answer is None:
            return no_answer()
        if await judge(reference.normal_form, answer) in accepted:
            return right(answer, "the answer is the expected text")
        if options.reveal_expected:
            return wrong(answer, f"the answer is not {' or '.join(sorted(map(repr, accepted)))}")
        return wrong(answer, "the answer is not the expected text")
