"""Where the answer stands in a completion: after the reasoning, in <answer> tags, boxes or blocks.

Knows nothing of what an answer looks like. Every function takes time linear in its input.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_OPENING = (
    r"<think>|<thinking>|<thought>|<reasoning>|<seed:think>"
    r"|<\|begin_of_thought\|>|<\|START_THINKING\|>|\[THINK\]|◁think▷"
)
_CLOSING = (
    r"</think>|</thinking>|</thought>|</reasoning>|</seed:think>"
    r"|<\|end_of_thought\|>|<\|END_THINKING\|>|\[/THINK\]|◁/think▷"
    # The "harmony" format names a channel for each message; only the final one is an answer.
    r"|<\|channel\|>final\b[^<]{0,64}(?:<\|constrain\|>[^<]{0,64})?<\|message\|>"
)
# The look-ahead is a set of first characters, which the engine skips to quickly.
_MARKER = re.compile(
    rf"(?=[<\[◁])(?:(?P<closing>{_CLOSING})|{_OPENING}|<\|channel\|>)", re.IGNORECASE
)
_MARKER_STARTS = "<[◁"
_CHARS_PER_START = 50
"""Where they are more frequent than that, the pattern is faster."""
_ANSWER_TAG = re.compile(r"<(?P<closing>/?)answer>", re.IGNORECASE)
_END_OF_TURN = (
    "<|return|>",
    "<|end|>",
    "<|im_end|>",
    "<|eot_id|>",
    "<|eot|>",
    "<|end_of_text|>",
    "<|endoftext|>",
    "<|eom_id|>",
    "<end_of_turn>",
    "<eos>",
    "<\uff5cend\u2581of\u2581sentence\uff5c>",
)
_STRUCK_OUT = ("<s>", "</s>")
"""What is struck out in HTML; the second alone is also an end of turn."""
_QUOTES = frozenset("\"'`")
_BOX = re.compile(r"\\(?:boxed|fbox)\s{0,8}\{")
_BRACE_OR_BOX = re.compile(rf"{_BOX.pattern}|\\.|[{{}}]", re.DOTALL)
_FENCE = re.compile(r"^ {0,3}(?P<mark>`{3,}|~{3,})(?P<info>[^`\n]*)$", re.MULTILINE)


class Span(NamedTuple):
    """What one box or tag encloses, and where the whole of it stands."""

    start: int
    end: int
    content: str


class Block(NamedTuple):
    """A fenced block of Markdown: the words after the opening fence, and the text inside."""

    info: str
    content: str


def after_reasoning(completion: str) -> str:
    """What follows the last end of reasoning, without end-of-turn tokens.

    A completion with no marker is an answer as a whole. One whose last marker opens reasoning was
    cut off while thinking: it answers nothing, and the result is empty. A marker that stands in
    quotation marks by itself, as in `split("</think>")`, is mentioned, not used.
    """
    start, thinking = 0, False
    for marker in _markers(completion):
        if _is_quoted(completion, marker.start(), marker.end()):
            continue
        thinking = marker["closing"] is None
        start = marker.end()
    return "" if thinking else without_end_of_turn(completion[start:])


def _markers(text: str) -> Iterator[re.Match[str]]:
    """All markers in order. Looking for the first characters alone is ten times faster."""
    if sum(map(text.count, _MARKER_STARTS)) > len(text) // _CHARS_PER_START:
        yield from _MARKER.finditer(text)
        return
    starts: list[int] = []
    for sign in _MARKER_STARTS:
        at = text.find(sign)
        while at >= 0:
            starts.append(at)
            at = text.find(sign, at + 1)
    end = 0
    for at in sorted(starts):
        if at >= end and (marker := _MARKER.match(text, at)):
            end = marker.end()
            yield marker


def without_end_of_turn(text: str) -> str:
    """`text` up to the special tokens that end a model's turn, which some trainers keep."""
    opening, closing = _STRUCK_OUT
    tokens = _END_OF_TURN if opening in text else (*_END_OF_TURN, closing)
    kept = len(text)
    while True:
        end = kept
        while end and text[end - 1].isspace():
            end -= 1
        token = next((token for token in tokens if text.endswith(token, 0, end)), None)
        if token is None:
            return text[:kept]
        kept = end - len(token)


def answer_tag(text: str) -> str | None:
    """What the last complete <answer>…</answer> encloses, as written; None if there is none."""
    tags = answer_tags(text)
    return tags[-1].content if tags else None


def answer_tags(text: str) -> list[Span]:
    """Every complete <answer>…</answer>, innermost ones only, in order."""
    found: list[Span] = []
    opening: re.Match[str] | None = None
    for tag in _ANSWER_TAG.finditer(text):
        if not tag["closing"]:
            opening = tag
        elif opening is not None:
            content = text[opening.end() : tag.start()]
            found.append(Span(opening.start(), tag.end(), content))
            opening = None
    return found


def boxes(text: str) -> list[Span]:
    r"""Every balanced \boxed{…} or \fbox{…}, outermost ones only, in order."""
    first = _BOX.search(text)
    if first is None:
        return []
    start = len(text[: first.start()].rstrip("\\"))  # whether a backslash is escaped depends on it
    spans: list[tuple[int, int, int]] = []  # start, start of the content, end
    opened: list[tuple[int, int] | None] = []  # the two starts of a box, or None for a brace
    for token in _BRACE_OR_BOX.finditer(text, start):
        if len(token[0]) > 2:
            opened.append(token.span())
        elif token[0] == "{":
            opened.append(None)
        elif token[0] == "}" and opened and (box := opened.pop()):
            while spans and spans[-1][0] > box[0]:
                spans.pop()
            spans.append((*box, token.end()))
    return [Span(start, end, text[content : end - 1]) for start, content, end in spans]


def fenced_blocks(text: str, *, unclosed: bool = False) -> list[Block]:
    """Every fenced block that is closed, in order; with `unclosed` a last one cut off, too."""
    blocks: list[Block] = []
    opening: re.Match[str] | None = None
    for fence in _FENCE.finditer(text):
        if opening is None:
            opening = fence
        elif not fence["info"].strip() and fence["mark"].startswith(opening["mark"]):
            content = text[opening.end() + 1 : fence.start()]
            blocks.append(Block(opening["info"].strip(), content))
            opening = None
    if unclosed and opening is not None:
        blocks.append(Block(opening["info"].strip(), text[opening.end() + 1 :]))
    return blocks


def _is_quoted(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return before == after and before in _QUOTES
