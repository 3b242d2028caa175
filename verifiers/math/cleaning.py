"""The text of an answer without what encloses it as a whole or follows it."""

import re

from verifiers.math.errors import Unreadable
from verifiers.math.normalising import normalise
from verifiers.math.tokens import MAX_LENGTH

_DELIMITERS = (("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)"), ("$", "$"), ("`", "`"), ("**", "**"))
_JUNK_END = re.compile(r"(?:[\s,;:]|(?<!\.)\.(?!\.)|(?<!\\)\\(?![A-Za-z{}|%$)\]]))+$")
_TEXT_WRAPPER = re.compile(
    r"^\\(?:text|textbf|mathrm|mbox|textit|textrm|mathbf|boldsymbol)\{([^{}]*)\}$"
)
_TEXT = re.compile(r"\\(?:text|mathrm|mbox|textbf)\{([^{}]*)\}")
_BOX = re.compile(r"^\\f?box(?:ed)?\{")
_TAG = re.compile(r"\\tag\*?\s*\{\s*\(?(?:\d[\d.]{0,4}[a-z]?|[A-Za-z]|\*{1,3})\)?\s*\}$")
"""The number of a formula; longer tags may say something of it."""
_SPACE_BETWEEN_WORDS = re.compile(r"(?<=[A-Za-z])\\ (?=[A-Za-z])")
_TIMES_POWER_OF_TEN = re.compile(r"^(-?\d+(?:\.\d+)?)\s*x\s*(?=10\s*\^[^x]*$)")
"""The x of 6.6 x 10^{-34}, which is a sign if no other x is there."""
_NAME = re.compile(r"[A-Za-z][A-Za-z' ]*[A-Za-z]|[A-Z][A-Za-z]?[+#-]{1,2}")
"""Words that stay words because they are set as text; also C++, and A- as a grade."""


def clean(text: str) -> str:
    """Normalised, without what encloses the whole answer and without trailing punctuation."""
    if len(text) > MAX_LENGTH:
        raise Unreadable(f"{len(text)} characters are too long for an answer")
    text = normalise(text).strip()
    while True:
        before = text
        text = _JUNK_END.sub("", text).strip() if text[-1:] in " .,;:\\\n" else text
        text = _TAG.sub("", text).strip() if text[-1:] == "}" else text
        for opening, closing in _DELIMITERS:
            if _encloses(text, opening, closing):
                text = text[len(opening) : -len(closing)].strip()
                break
        if text[:1] == "\\":
            text = _unwrapped(text)
        if text == before:
            text = _SPACE_BETWEEN_WORDS.sub(" ", text)
            return _TIMES_POWER_OF_TEN.sub(r"\1 \\times ", text)


def _encloses(text: str, opening: str, closing: str) -> bool:
    inside = len(opening) + len(closing)
    return (
        len(text) > inside
        and text.startswith(opening)
        and text.endswith(closing)
        and closing not in text[len(opening) : -len(closing)]
        and not text.endswith("\\" + closing)
    )


def unwrapped(text: str) -> str:
    """The words of a text that is \\text{...} as a whole."""
    wrapper = _TEXT_WRAPPER.match(text)
    return wrapper[1].strip() if wrapper else text


def _unwrapped(text: str) -> str:
    wrapper = _TEXT_WRAPPER.match(text)
    if wrapper:
        content = wrapper[1].strip()
        return text if _NAME.fullmatch(content) else content
    if _BOX.match(text) and text.endswith("}"):
        inner = text[text.index("{") + 1 : -1]
        depth = 0
        for brace in re.finditer(r"(?<!\\)[{}]", inner):
            depth += 1 if brace[0] == "{" else -1
            if depth < 0:
                return text
        return inner.strip()
    return text


def name_of(text: str) -> str | None:
    """The words of a text that is \\text{...} as a whole, if they are no maths set upright."""
    wrapper = _TEXT_WRAPPER.match(text)
    return wrapper[1] if wrapper and _NAME.fullmatch(wrapper[1].strip()) else None


def without_text_commands(text: str, around: str = r"\1") -> str:
    """The text with the words themselves for \\text{...}; `around` is what stands for them."""
    return _TEXT.sub(around, text)
