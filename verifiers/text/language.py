"""text.language: the share of a completion's words that are in the language asked for."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any

import anyio
from lingua import IsoCode639_1, LanguageDetector, LanguageDetectorBuilder
from pydantic import Field

from verifiers.base import Options, Score, Strict, Tools, Verdict
from verifiers.completion import without_end_of_turn
from verifiers.errors import InvalidReference
from verifiers.text.answer import find_answer, no_answer
from verifiers.text.prose import is_unspaced, script_pattern, sentences
from verifiers.text.threads import judge

# Whatever a text is mistaken for, it is one of these: with all 75 languages in the race, short
# English sentences turn out to be Welsh or Tsonga. The language asked for is added.
_RIVALS = (
    "ar bn cs da de el en es fa fi fr he hi hu id it ja ko nl pl pt ro ru sv th tr uk ur vi zh"
)
_FEWEST_LETTERS = 16
"""Of less text in all nobody could tell; in unspaced scripts a quarter of it is enough."""
_SURE_LETTERS = 40
"""Shorter passages are judged together with the next one; again a quarter in unspaced scripts."""
_MOST_LETTERS = 400
"""Longer ones in pieces, as the detector does not let other threads run."""


class LanguageReference(Strict):
    """The language asked for."""

    language: str
    """ISO 639-1 code, e.g. "en" or "zh"; a region, as in "pt-BR", makes no difference."""
    at_least: Annotated[float, Field(gt=0, le=1)] | None = None
    """A share of words from which on the completion is accepted, with a reward of 1."""


class LanguageVerifier:
    name = "text.language"
    summary = "The share of words in the language asked for; code and maths do not count."
    reference_type = LanguageReference
    options_model = Options
    example: Mapping[str, Any] = {
        "completion": "<think>First I add the two numbers together.</think> The sum is $3$.",
        "reference": {"language": "en"},
    }

    async def verify(
        self, completion: str, reference: LanguageReference, options: Options, tools: Tools
    ) -> Score:
        language = _known_code(reference.language)
        # Unlike elsewhere the reasoning counts, unless a part of the completion is asked for.
        if options.extract == "auto":
            text = without_end_of_turn(completion)
        else:
            answer = await judge(find_answer, completion, options.extract)
            text = answer or ""
        found, total = await anyio.to_thread.run_sync(count_words, text, language)
        if total == 0:
            return no_answer("the completion has too few words to tell their language")
        share = found / total
        message = f"{found} of {total} words are in the language asked for"
        if share >= (reference.at_least or 1.0):
            return Score(reward=1.0, verdict=Verdict.ACCEPTED, message=message)
        verdict = Verdict.PARTIAL if found else Verdict.WRONG_ANSWER
        return Score(reward=share, verdict=verdict, message=message)


def count_words(text: str, language: str) -> tuple[int, int]:
    """How many words of `text` are in the language, and how many there are; none if too few."""
    said = list(sentences(text.encode(errors="replace").decode()))  # no lone surrogates in Rust
    letters = sum(len(word) for sentence in said for word in sentence)
    if letters < _letters(_FEWEST_LETTERS, language):
        return 0, 0
    found = sum(len(own) for own in _passages(said, language) if _is_in(language, own))
    return found, sum(map(len, said))


def _passages(said: list[list[str]], language: str) -> Iterator[list[str]]:
    """The words in the language's script, in passages that are long enough to be sure."""
    is_own = script_pattern(language).fullmatch
    passage: list[str] = []
    ready: list[str] = []
    for sentence in said:
        passage += [word for word in sentence if is_own(word)]
        if sum(map(len, passage)) >= _letters(_SURE_LETTERS, language):
            if ready:
                yield ready
            ready, passage = passage, []
    # What is left at the end is too short on its own.
    yield ready + passage


def _letters(number: int, language: str) -> int:
    return number // 4 if is_unspaced(language) else number


def _is_in(language: str, words: Sequence[str]) -> bool:
    text = (" " if not is_unspaced(language) else "").join(words)
    pieces = [text[start : start + _MOST_LETTERS] for start in range(0, len(text), _MOST_LETTERS)]
    detector = _detector(language)
    votes = 0
    for piece in pieces:
        detected = detector.detect_language_of(piece)
        if detected and detected.iso_code_639_1.name.lower() == language:
            votes += len(piece)
    return votes * 2 > len(text)  # false for no text


@lru_cache(maxsize=16)
def _detector(language: str) -> LanguageDetector:
    """Its models take 40 to 70 MB, once for all detectors, and are loaded when first needed."""
    codes = {*_RIVALS.split(), language}
    return (
        LanguageDetectorBuilder.from_iso_codes_639_1(
            *(getattr(IsoCode639_1, code.upper()) for code in sorted(codes))
        )
        .with_low_accuracy_mode()
        .build()
    )


def _known_code(language: str) -> str:
    code = language.partition("-")[0].lower()
    if len(code) != 2 or not code.isascii() or not hasattr(IsoCode639_1, code.upper()):
        raise InvalidReference(
            f"reference.language: {language!r} is no ISO 639-1 code of a language that can be "
            'told apart, such as "en", "zh" or "pt-BR"'
        )
    return code
