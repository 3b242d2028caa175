"""A verifier for Rewardbox that counts words: a complete plugin, to start your own from."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from verifiers import InvalidReference, Options, Score, Strict, Tools, Verdict
from verifiers.completion import after_reasoning


class WordsReference(Strict):
    """How many words the answer should have."""

    at_least: Annotated[int, Field(ge=1)] = 1
    at_most: Annotated[int, Field(ge=1)]


class WordsOptions(Options):
    """What every verifier takes, and an option of our own."""

    graded: bool = False
    """Whether an answer that misses the range by little still gets a part of the reward."""


class WordsVerifier:
    name = "words"
    summary = "The answer, without the reasoning before it, has a given number of words."
    reference_type = WordsReference
    options_model = WordsOptions
    example: Mapping[str, Any] = {
        "completion": "<think>They ask for a short answer.</think>It is Paris.",
        "reference": {"at_most": 5},
    }

    async def verify(
        self, completion: str, reference: WordsReference, options: WordsOptions, tools: Tools
    ) -> Score:
        low, high = reference.at_least, reference.at_most
        if low > high:
            # The task is broken, not the answer: an exception, and never a reward of 0.
            raise InvalidReference(f"reference: at_least is {low}, at_most only {high}")
        answer = after_reasoning(completion).strip()
        count = len(answer.split())
        if count == 0:
            return Score(reward=0.0, verdict=Verdict.NO_ANSWER, message="there is no answer")
        message = f"{count} words, {low} to {high} were asked for"
        if low <= count <= high:
            return Score(reward=1.0, verdict=Verdict.ACCEPTED, message=message, extracted=answer)
        missed_by = max(low - count, count - high)
        reward = max(0.0, 1 - missed_by / low) if options.graded else 0.0
        verdict = Verdict.PARTIAL if reward else Verdict.WRONG_ANSWER
        return Score(reward=reward, verdict=verdict, message=message, extracted=answer)
