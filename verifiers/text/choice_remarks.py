"""What stands behind the letter of a choice: its content, or a remark that takes it back."""

import re

from verifiers.text.choice_phrases import RETRACTION

_LABEL = "[A-J]"
_MARKED = re.compile(
    # (B), B) or b) and [B], but neither f(B) nor \(B
    r"(?<![\w\\$^_{])[(\[]\s*([A-Ja-j])\s*[)\]]|(?<![\w\\$^_({.'’-])([A-J])[).:](?=\s|$)"
    r"|(?<![\w\\$^_({.'’-])([a-j])\)(?=\s)"
)
"""Letters written as those of choices are."""
_BARE = re.compile(
    rf"(?:^|[,;:|/]|[-–—]\s|\b(?:or|and|but|pick|choose|answer|is|option|choice)\b)\s*({_LABEL})"
    r"(?=\s*(?:$|[,;|/!?]|\.(?:\s|$)|(?:or|and)\b))"
)
"""Letters that stand where one names a choice, and not for a part of its content."""
_SUBJECT_OF = re.compile(
    rf"(?:(?:\s*(?:,|and\b|or\b|&)){{1,3}}\s*[(\[]?{_LABEL}[)\].]?){{0,8}}\s*,?\s*"
    r"(?:is|are|was|were|isn['’]t|aren['’]t|too|would|wouldn['’]t|can(?:not|['’]t)?|could|has|have"
    r"|gives?|fails?|does|doesn['’]t|do|don['’]t|did|contradicts?|leads?|means|seems?|looks?)\b"
    r"(?!\s+(?:the\s+|clearly\s+|also\s+)?(?:correct|right|best|better|true|answer))"
)
"""Behind a letter that is only spoken of: "A and C are too small"."""
_ABOUT_OTHERS = re.compile(r"\s*(?:Both|None of|Neither|All of|Either|Only)\b")
"""A content that is made of other choices."""
_NOT_IT = re.compile(r"(?:\bnot|\bthan|\binstead of|\bunlike)\s*$")

_NOT_IT_CHARS = 20

_REJECTED = re.compile(
    r"(?:no|nope|wrong|incorrect|rejected|eliminated|discarded|excluded|ruled out)\s*(?:$|[,.;:!)])"
    r"|not\s+(?:correct|right|it|this|true|possible|so|the (?:answer|one))\b"
    r"|(?:can(?:not|['’]?t| not)|could(?: not|n['’]t)) be (?:it|right|correct|true|the)\b"
    r"|(?:is|was|are|isn['’]t|wasn['’]t)\b(?!\s+(?:\w+\s+){0,2}?(?:correct|right|best|answer)\b)"
    r"|(?:is|was|are)\s+(?:not|n['’]t|hardly|far|never|wrong|the wrong|the least)\b"
)
"""Lower case, as contents such as "No" begin with a capital letter."""
_REJECTED_BEHIND = re.compile(r"[(,;:–—-]\s*(?:rejected|eliminated|wrong|incorrect|ruled out)\b")


def is_taken_back(rest: str) -> bool:
    """Whether what stands behind a choice says that it is not the one."""
    rest = rest.strip(" \t*_}$\\")
    return bool(_REJECTED.match(rest) or _REJECTED_BEHIND.search(rest) or RETRACTION.search(rest))


def others_named(rest: str, label: str, *, bare: bool = True) -> frozenset[str]:
    """Other choices that what stands behind one names as well, as in "A) 5 B) 6".

    A letter that is only spoken of, as in "A is too small", is not named. With `bare` letters
    without brackets and the like count, too.
    """
    items = list(_MARKED.finditer(rest))
    if bare and not _ABOUT_OTHERS.match(rest):
        items += _BARE.finditer(rest)
    named = (next(filter(None, item.groups())).upper() for item in items if _is_named(item))
    return frozenset(named) - {label.upper()}


def _is_named(item: re.Match[str]) -> bool:
    text = item.string
    before = text[max(0, item.start() - _NOT_IT_CHARS) : item.start()]
    return not _SUBJECT_OF.match(text, item.end()) and not _NOT_IT.search(before)
