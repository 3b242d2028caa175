"""What may follow a number without changing it: the things it counts, and words like "in total".

It must be recognised as such: an unknown word behind a number may be anything ("5 rejected").
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from verifiers.math.changing import CHANGING, CHANGING_TOGETHER, TAKING_BACK
from verifiers.math.units import known_unit

_MAX_WORDS = 10

_ADDING_NOTHING = """
    in total; in all; all in all; all told; all together; altogether; in sum; total; overall;
    combined; each; apiece; left; left over; remaining; only; exactly; precisely; approximately;
    approx; exact; of them; of these; of those; of it
"""
"""Behind a number, or behind what it counts."""
_DESCRIBING = "away; apart; long; wide; tall; high; deep; thick; old; across; around; per side"
"""Behind what a number counts only: "5 feet tall", but not "5 away"."""
_NOTES = """
    valid; accepted; checked; verified; as required; as desired; as expected; as claimed;
    only solution; the only solution; approximately; approx; about; roughly; exactly; exact;
    minimum; maximum; the minimum; the maximum; is the answer; is our answer; is the solution;
    is the only solution; is correct; is right; is the result; is the final answer;
    is the correct answer
"""
"""Beside a whole answer, in brackets or around a formula."""


def _phrases(table: str) -> list[list[str]]:
    phrases = [phrase.split() for phrase in table.split(";")]
    return sorted(phrases, key=len, reverse=True)


def _words(table: str) -> frozenset[str]:
    return frozenset(table.split())


_KINDS = _words("positive negative odd even prime more")
"""Words that change a number unless they say what kind of things it counts: "5 even digits"."""
_PREPOSITIONS = _words("of in on at for per a an each every with this that")
_STANDING_ALONE = _words("of in on per")
"""Prepositions that need nothing before them: "5 of the apples", "5 in April", "5 per day"."""
_UNUSUAL_NOUNS = _words("""
    people men women children feet teeth geese mice fish sheep deer dice oxen cattle police staff
    crew criteria vertices matrices radii foci loci formulae data
    person child man woman boy girl student friend apple ball book box card coin cookie cup day
    dog cat egg flower game house marble page pair pencil piece problem question room row seat
    set side solution step stick sticker team ticket toy tree trip turn way word number
    digit value edge face pizza cake car bus bag basket bottle block chair table shirt
    money water milk rice work homework food fruit candy juice sugar flour paint gas fuel sand
    butter bread meat cheese chocolate lemonade weight distance space pay profit revenue rent
    increase change progress traffic paper wood wool fabric ribbon rope wire soup coffee tea speed
""")
"""Nouns that do not end in s: unusual plurals, what is not counted, and usual singulars."""
_NO_PLURALS = _words("""
    is was has does this thus yes perhaps always sometimes besides less plus minus versus equals
    as us its his hers ours yours theirs whereas across towards upwards downwards unless these
    loses gives makes seems appears becomes remains stays lies says goes gets takes comes means
    holds works fails exceeds misses owes needs needless afterwards hence
""")
_TAKING_BACK = TAKING_BACK - {"of", "each"}

_TRAILING = _phrases(_ADDING_NOTHING)
_TRAILING_NOUNS = _phrases(_DESCRIBING)
_CONFIRMING = frozenset(" ".join(phrase) for phrase in _phrases(_NOTES))


def counted(listed: Sequence[str]) -> list[str] | None:
    """What is counted, of the words behind a number: empty if they only say "in total".

    None if they may change what the number says, or are not understood.
    """
    listed = [word.lower() for word in listed]
    if not 0 < len(listed) <= _MAX_WORDS:
        return None
    described = _without(listed, _TRAILING_NOUNS)
    rest = _without(described, _TRAILING)
    if not rest:
        return [] if described == listed else None
    return rest if is_noun_phrase(rest) else None


def _without(listed: list[str], endings: list[list[str]]) -> list[str]:
    """The words before phrases that add nothing."""
    while ending := next((end for end in endings if listed[-len(end) :] == end), None):
        listed = listed[: -len(ending)]
    return listed


def is_noun_phrase(listed: Sequence[str]) -> bool:
    """Whether lower-case words name things, and perhaps whose or where: "red balls in the box"."""
    nouns = noun_part(listed)
    rest = listed[len(nouns) :]
    checked = [word for word in nouns if word not in _KINDS] + list(rest[1:])
    if listed[0] == "and" or any(_may_change(word) for word in checked if word != "and"):
        return False
    if not CHANGING_TOGETHER.isdisjoint(pairwise(listed)):
        return False
    if not nouns:
        return rest[0] in _STANDING_ALONE and len(rest) > 1
    return is_noun(nouns[-1]) and len(rest) != 1


def noun_part(listed: Sequence[str]) -> Sequence[str]:
    """The words before the first preposition."""
    for index, word in enumerate(listed):
        if word in _PREPOSITIONS:
            return listed[:index]
    return listed


def _may_change(word: str) -> bool:
    if len(word) == 1:
        return word != "a"
    if word in _PREPOSITIONS or word == "times":
        return False
    return any(part in CHANGING for part in word.split("-"))


def is_noun(word: str) -> bool:
    """Whether a lower-case word looks like the name of what a number counts."""
    if word in _UNUSUAL_NOUNS or known_unit(word) is not None:
        return True
    plural = len(word) > 3 and word[-1] == "s" and word[-2] not in "su'"
    return plural and word not in _NO_PLURALS and word[-2:] != "is"


def is_note(text: str) -> bool:
    """Whether words beside a whole answer only confirm it, or say what it counts."""
    listed = re.findall(r"[a-z']+", text.lower())
    return " ".join(listed) in _CONFIRMING or counted(listed) is not None


def takes_nothing_back(listed: Sequence[str]) -> bool:
    """Whether words before a number leave it as it is: "the area of the garden is"."""
    return not any(word.lower() in _TAKING_BACK for word in listed)
