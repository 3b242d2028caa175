"""text.regex: the answer matches a regular expression."""

from collections.abc import Mapping
from typing import Any

from verifiers.base import Options, Score, Tools, Verdict
from verifiers.text.answer import find_answer, no_answer, right, wrong
from verifiers.text.blame import TooLong
from verifiers.text.patterns import Expression, Pattern, matches
from verifiers.text.threads import judge


class RegexVerifier:
    name = "text.regex"
    summary = "The answer matches a regular expression, as a whole unless asked otherwise."
    reference_type = Expression | Pattern
    options_model = Options
    example: Mapping[str, Any] = {
        "completion": "<answer>2026-03-14</answer>",
        "reference": r"\d{4}-\d{2}-\d{2}",
    }

    async def verify(
        self, completion: str, reference: str | Pattern, options: Options, tools: Tools
    ) -> Score:
        pattern = Pattern(pattern=reference) if isinstance(reference, str) else reference
        found = await judge(find_answer, completion, options.extract)
        answer = (found or "").strip()
        try:
            # Also without an answer: a broken pattern is to be known as such.
            matched = await matches(pattern, answer, tools)
        except TooLong as error:
            return Score(
                reward=0.0,
                verdict=Verdict.TIME_LIMIT_EXCEEDED,
                message=f"{error}",
                extracted=answer,
            )
        if found is None:
            return no_answer()
        if matched:
            return right(answer, "the answer matches the pattern")
        return wrong(answer, "the answer does not match the pattern")
