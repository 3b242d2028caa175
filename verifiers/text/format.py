"""text.format: the whole completion, reasoning included, has the form that was asked for."""

import re
import unicodedata
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any

from pydantic import Field

from verifiers.base import Options, Score, Strict, Tools, Verdict
from verifiers.completion import without_end_of_turn
from verifiers.errors import InvalidReference
from verifiers.text.answer import no_answer
from verifiers.text.blame import TooLong
from verifiers.text.patterns import Flag, Pattern, matches
from verifiers.text.threads import judge

TagName = Annotated[str, Field(pattern=r"^[A-Za-z][\w.:-]*$", max_length=64)]

# These are letters or marks to Unicode, but leave nothing on the page.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Mn", "Me", "Zl", "Zp", "Zs"})


class TagsReference(Strict):
    """Tags that follow each other, each exactly once, with text in each and none outside."""

    tags: Annotated[list[TagName], Field(min_length=1, max_length=32)]
    """Names in order, e.g. ["think", "answer"]."""
    opened_by_prompt: bool = False
    """The prompt ends with the first opening tag, so that the completion starts inside it."""


class PatternReference(Pattern):
    """A pattern for the whole completion; unlike in text.regex, `.` matches line ends too."""

    flags: tuple[Flag, ...] = ("dotall",)


class FormatVerifier:
    name = "text.format"
    summary = "The whole completion, reasoning included, consists of the tags asked for, in order."
    reference_type = TagsReference | PatternReference
    options_model = Options
    example: Mapping[str, Any] = {
        "completion": "<think>6 times 7 is 42.</think>\n<answer>42</answer>",
        "reference": {"tags": ["think", "answer"]},
    }

    async def verify(
        self,
        completion: str,
        reference: TagsReference | PatternReference,
        options: Options,
        tools: Tools,
    ) -> Score:
        text = without_end_of_turn(completion)
        if isinstance(reference, TagsReference):
            flaw = await judge(tags_flaw, text, reference)
        else:
            try:
                matched = await matches(reference, text, tools)
            except TooLong as error:
                return Score(reward=0.0, verdict=Verdict.TIME_LIMIT_EXCEEDED, message=f"{error}")
            flaw = None if matched else "the completion does not match the pattern"
        if not await judge(has_text, text):
            return no_answer("the completion is empty")
        if flaw:
            return Score(reward=0.0, verdict=Verdict.WRONG_ANSWER, message=flaw)
        return Score(reward=1.0, verdict=Verdict.ACCEPTED, message="the format is as asked for")


def tags_flaw(text: str, reference: TagsReference) -> str | None:
    """What is wrong with the tags in `text`, or None.

    The format reward of the DeepSeek-R1 paper (arXiv 2501.12948, section 2.2.2), with the gaps
    closed that pattern matching leaves: tags twice, nested, or empty.
    """
    names = reference.tags
    if len(set(names)) < len(names):
        raise InvalidReference("reference.tags names a tag twice; each stands exactly once")
    expected = [mark for name in names for mark in (f"<{name}>", f"</{name}>")]
    if reference.opened_by_prompt:
        text = expected[0] + text
    marks = re.compile("|".join(map(re.escape, expected)))
    found = list(marks.finditer(text))
    for index, mark in enumerate(expected):
        if index >= len(found):
            return f"{mark} is missing"
        if found[index][0] != mark:
            return f"{found[index][0]} stands where {mark} belongs"
    if len(found) > len(expected):
        return f"{found[len(expected)][0]} stands there once too often"
    return _text_flaw(text, found)


def has_text(text: str) -> bool:
    """Whether anything in `text` can be seen: white space, controls and zero-width marks cannot."""
    return any(
        unicodedata.category(character) not in _INVISIBLE_CATEGORIES and character not in _BLANKS
        for character in text
    )


def _text_flaw(text: str, marks: list[re.Match[str]]) -> str | None:
    """What is wrong with the text between marks that are all in their places."""
    if has_text(text[: marks[0].start()]):
        return f"there is text before {marks[0][0]}"
    for index, (mark, following) in enumerate(pairwise(marks)):
        between = text[mark.end() : following.start()]
        is_inside = index % 2 == 0
        if is_inside and not has_text(between):
            return f"{mark[0]} has nothing in it"
        if has_text(between) and not is_inside:
            return f"there is text between {mark[0]} and {following[0]}"
    if has_text(text[marks[-1].end() :]):
        return f"there is text after {marks[-1][0]}"
    return None
