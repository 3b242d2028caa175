"""Which part of a completion is the program."""

import re
import textwrap
from pathlib import PurePath

from sandbox import UnknownLanguage
from sandbox.languages import Language, language_table
from verifiers.base import Extract
from verifiers.code.continuation import continue_prompt
from verifiers.completion import Block, after_reasoning, answer_tag, boxes, fenced_blocks

__all__ = ["continue_prompt", "extract_program"]

_TAG = re.compile(r"[\w+#-]+")
_CLOSING_FENCE = re.compile(r"[`~]{3,}[ \t]*$", re.MULTILINE)
_INDENT_OF_FENCE = re.compile(r"^[ \t]+(?=`{3,}|~{3,})", re.MULTILINE)
# Signs of code that prose rarely has. Prose taken for a program costs nothing, it does not run;
# a program taken for prose costs its reward: so better too many.
_SIGN_OF_CODE = re.compile(
    r"\w\(|=|[;{}][ \t]*$|^[ \t]*(?:import|from|def|class|return|yield|raise|pass|for|while|if|try"
    r"|with|assert|print|let|const|var|fn|func|package|public|using|use|#include)\b",
    re.MULTILINE,
)


def extract_program(completion: str, *, how: Extract, language: str) -> str | None:
    """The program in `language` that a completion gives as its answer, or None.

    Reasoning is never part of it. `auto` takes, of what the last <answer> tag encloses if there is
    one and else of the whole answer, the fenced block to judge, or the text itself where it looks
    like code and has no fence. Of several blocks it is the last that is labelled with the language,
    else the last without a label, else the last. A block that was cut off ends with the text.
    Raises UnknownLanguage.
    """
    wanted = language_table().find(language)
    text = after_reasoning(completion)
    match how:
        case "whole":
            program: str | None = text
        case "code_block":
            program = _from_blocks(text, wanted)
        case "answer_tag":
            tagged = answer_tag(text)
            program = None if tagged is None else _from_blocks(tagged, wanted) or tagged
        case "boxed":
            found = boxes(text)
            program = (
                _from_blocks(found[-1].content, wanted) or found[-1].content if found else None
            )
        case "auto":
            program = _found_anywhere(text, wanted)
    return program if program and not program.isspace() else None


def _found_anywhere(text: str, wanted: Language) -> str | None:
    blocks = _blocks(text)
    tagged = answer_tag(text)
    # A tag inside of a program is part of what it prints.
    if tagged and not any(tagged in block.content for block in blocks):
        inner = _from_blocks(tagged, wanted)
        if inner or not blocks or _SIGN_OF_CODE.search(tagged):
            return inner or tagged
    if blocks:
        return _choose(blocks, wanted)
    return text if _SIGN_OF_CODE.search(text) else None


def _from_blocks(text: str, wanted: Language) -> str | None:
    blocks = _blocks(text)
    return _choose(blocks, wanted) if blocks else None


def _blocks(text: str) -> list[Block]:
    """All fenced blocks; only if there are none, those indented deep inside of a list."""
    blocks = fenced_blocks(text, unclosed=True)
    if not blocks:
        blocks = fenced_blocks(_INDENT_OF_FENCE.sub("", text), unclosed=True)
    closed = fenced_blocks(text)
    if blocks and len(blocks) > len(closed):
        label, content = blocks[-1]
        blocks[-1] = Block(label, _before_late_fence(content))
    return [block for block in blocks if block.content.strip()]


def _before_late_fence(content: str) -> str:
    """A block that seems cut off may be closed after all, at the end of its last line."""
    fence = _CLOSING_FENCE.search(content)
    return content[: fence.start()] if fence else content


def _choose(blocks: list[Block], wanted: Language) -> str:
    labelled = [block for block in blocks if _is_labelled(block, wanted)]
    unlabelled = [block for block in blocks if not block.info]
    content = (labelled or unlabelled or blocks)[-1].content
    return textwrap.dedent(content) if content[:1] in (" ", "\t") else content


def _is_labelled(block: Block, wanted: Language) -> bool:
    label = _TAG.search(block.info)
    if label is None:
        return False
    table = language_table()
    try:
        language: Language | None = table.find(label[0])
    except UnknownLanguage:
        language = table.of_file(PurePath(f"program.{label[0]}"))
    return language is not None and language.source_file == wanted.source_file
