"""The words of a text in which code, maths and markup are no words; which script each is in."""

import re
from collections.abc import Iterator

import regex

END_CHARS = 100_000
"""So much of the start and of the end is read of a longer text, code and maths not counted."""

_FENCES = ("```", "~~~")
_ENDS = {"```": "```", "~~~": "~~~", "`": "`", "$$": "$$", "$": "$", r"\(": r"\)", r"\[": r"\]"}
_MARK = re.compile(r"```|~~~|`|\$\$?|\\[()\[\]]|\n\s{0,80}\n")
_MARKUP = re.compile(
    r"\\(?:boxed|fbox)\{[^{}\n]{0,200}\}|\\(?:begin|end)\{[^{}\n]{0,40}\}|\\[A-Za-z]+"
    r"|<\|[^|<>\n]{1,64}\|>|</?[A-Za-z][^<>\n]{0,200}>|https?://\S+"
)
_SENTENCE_END = re.compile(r"(?<=[。！？])|(?<=[.!?…])\s+|\n+")

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー"
_WORD = regex.compile(
    rf"(?V1)[{_UNSPACED}]|[[\p{{L}}\p{{M}}]--[{_UNSPACED}]]{{2,}}(?:['’-][[\p{{L}}\p{{M}}]--[{_UNSPACED}]]+)*"
)
_LANGUAGES_OF_SCRIPT = {
    r"\p{Cyrillic}": "be bg kk mk mn ru sr uk",
    r"\p{Arabic}": "ar fa ur",
    r"\p{Han}\p{Hiragana}\p{Katakana}ー": "ja zh",
    r"\p{Hangul}": "ko",
    r"\p{Greek}": "el",
    r"\p{Hebrew}": "he",
    r"\p{Devanagari}": "hi mr",
    r"\p{Bengali}": "bn",
    r"\p{Tamil}": "ta",
    r"\p{Telugu}": "te",
    r"\p{Gujarati}": "gu",
    r"\p{Gurmukhi}": "pa",
    r"\p{Thai}": "th",
    r"\p{Georgian}": "ka",
    r"\p{Armenian}": "hy",
}
_SCRIPT_OF_LANGUAGE = {
    code: script for script, codes in _LANGUAGES_OF_SCRIPT.items() for code in codes.split()
}


def sentences(text: str) -> Iterator[list[str]]:
    """The words of each sentence. A single letter is none: it is rather a variable.

    In scripts that write no spaces each character is a word. Of a long text only the ends are read.
    """
    prose = _without_code_and_maths(text)
    if len(prose) > 2 * END_CHARS:
        prose = f"{prose[:END_CHARS]}\n{prose[-END_CHARS:]}"
    prose = _MARKUP.sub(" ", prose)
    for sentence in _SENTENCE_END.split(prose):
        if words := _WORD.findall(sentence):
            yield words


def is_unspaced(language: str) -> bool:
    """Whether a language, by its ISO 639-1 code, writes no spaces between words."""
    return language in ("zh", "ja", "th")


def script_pattern(language: str) -> "regex.Pattern[str]":
    """Matches whole words in the script of a language, by its ISO 639-1 code."""
    script = _SCRIPT_OF_LANGUAGE.get(language, r"\p{Latin}")
    return regex.compile(rf"[{script}\p{{M}}'’-]+")


def _without_code_and_maths(text: str) -> str:
    """`text` without what stands between marks; a blank line ends all but a fenced block."""
    kept: list[str] = []
    start = 0
    opened: re.Match[str] | None = None
    for mark in _MARK.finditer(text):
        if opened is None:
            opened = mark if mark[0] in _ENDS else None
        elif mark[0] == _ENDS[opened[0]]:
            kept.append(text[start : opened.start()])
            start, opened = mark.end(), None
        elif mark[0].startswith("\n") and opened[0] not in _FENCES:
            opened = None
    end = opened.start() if opened and opened[0] in _FENCES else len(text)
    return " ".join([*kept, text[start:end]])
