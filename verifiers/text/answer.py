"""Which part of a completion the text verifiers judge."""

from verifiers.base import Extract, Score, Verdict
from verifiers.completion import after_reasoning, answer_tag, boxes, fenced_blocks


def find_answer(completion: str, extract: Extract) -> str | None:
    """The answer as written, or None if the completion has none or only white space.

    Reasoning is never part of it. `auto` takes what the last <answer> tag encloses, or everything
    if there is none, and of that the last box, if there is one.
    """
    text = after_reasoning(completion)
    match extract:
        case "whole":
            answer: str | None = text
        case "answer_tag":
            answer = answer_tag(text)
        case "boxed":
            answer = _last_box(text)
        case "code_block":
            blocks = fenced_blocks(text)
            answer = blocks[-1].content if blocks else None
        case "auto":
            tagged = answer_tag(text)
            scope = text if tagged is None else tagged
            boxed = _last_box(scope)
            answer = scope if boxed is None else boxed
    return answer if answer and not answer.isspace() else None


def no_answer(message: str = "the completion has no answer to judge") -> Score:
    """The score of a completion in which nothing was found."""
    return Score(reward=0.0, verdict=Verdict.NO_ANSWER, message=message)


def right(answer: str, message: str) -> Score:
    """Full marks for `answer`."""
    return Score(reward=1.0, verdict=Verdict.ACCEPTED, extracted=answer, message=message)


def wrong(answer: str, message: str) -> Score:
    """No marks for `answer`."""
    return Score(reward=0.0, verdict=Verdict.WRONG_ANSWER, extracted=answer, message=message)


def _last_box(text: str) -> str | None:
    found = boxes(text)
    return found[-1].content if found else None
