"""Numbers in words: cardinals, fractions, and the scales that a number may be multiplied with."""

from fractions import Fraction

_FIRST = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_IRREGULAR = {
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}

CARDINALS = {
    **{word: value for value, word in enumerate(_FIRST.split())},
    **{word: 10 * tens for tens, word in enumerate(_TENS.split(), start=2)},
}
"""Words of one number each, below a hundred."""

_POWERS = {
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "quadrillion": 10**15,
    "quintillion": 10**18,
}
SCALES = {
    "hundred": 100,
    **_POWERS,
    "dozen": 12,
    "score": 20,
    "gross": 144,
    "grand": 1000,
    "lakh": 10**5,
    "crore": 10**7,
}
"""Words behind a number that it is to be multiplied with."""
_BUNDLES = frozenset(["dozen", "score", "gross", "lakh", "crore"])


def plural(word: str) -> str:
    """The plural of a number's word: sixes, twenties, thousandths."""
    if word.endswith("y"):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("x", "s")) else "s")


def _ordinal(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    return word[:-1] + "ieth" if word.endswith("y") else word + "th"


def _denominators() -> dict[str, tuple[str, int]]:
    sizes = {word: value for word, value in CARDINALS.items() if value >= 3}
    sizes |= {"hundred": 100, **_POWERS}
    return {_ordinal(word): (plural(_ordinal(word)), value) for word, value in sizes.items()} | {
        "half": ("halves", 2),
        "quarter": ("quarters", 4),
    }


_DENOMINATORS = _denominators()
ONE_PART = {word: size for word, (_, size) in _DENOMINATORS.items()}
"""What a number is divided into, with the word for one part: third, hundredth."""
PARTS = {several: size for several, size in _DENOMINATORS.values()}
"""The same with the words for several parts: thirds, hundredths."""

_CONTINUED = 10
"""Behind twenty there may be a number below that; behind five, none."""


def spoken_number(words: str) -> int | Fraction | None:
    """The value of canonical words: "twenty two", "three eighths", "two and a half"; else None."""
    listed = words.split()
    if not listed or not _may_end_number(listed[-1]):
        return None
    fraction = _fraction(listed)
    if fraction is not None:
        return fraction
    whole, _, rest = words.rpartition(" and ")
    first, part = _cardinal(whole.split()), _fraction(rest.split())
    if first is not None and part is not None:
        return first + part if 0 < first < 100 and part < 1 else None
    if (size := SCALES.get(listed[-1])) and (whole or listed[-1] in _BUNDLES):
        times = spoken_number(" ".join(listed[:-1])) if len(listed) > 1 else 1
        # "Two thousand and five hundred" is read as a whole below.
        if listed[-1] in _BUNDLES or isinstance(times, Fraction):
            return None if times is None else times * size
    return _cardinal(listed)


def _may_end_number(word: str) -> bool:
    return any(word in table for table in (CARDINALS, SCALES, ONE_PART, PARTS))


def _fraction(listed: list[str]) -> Fraction | None:
    if listed in (["half"], ["quarter"]):
        return Fraction(1, ONE_PART[listed[0]])
    if len(listed) < 2 or "and" in listed:  # "a hundred and two thirds" may be either
        return None
    top = _cardinal(listed[:-1])
    bottom = (ONE_PART if top == 1 else PARTS).get(listed[-1])
    return None if top is None or bottom is None else Fraction(top, bottom)


def _cardinal(listed: list[str]) -> int | None:
    """An integer in words, of which each only may follow on those before it."""
    total = group = 0
    room, largest = 1000, 10**21
    for index, word in enumerate(listed):
        value = CARDINALS.get(word)
        if value is not None:
            if value >= room or (value == 0 and len(listed) > 1):
                return None
            group += value
            room = _CONTINUED if value >= 20 else 0
        elif word == "and" and room >= 100 and 0 < index < len(listed) - 1:
            continue
        elif index and not group:
            return None
        elif word == "hundred" and group < 100:
            group, room = (group or 1) * 100, 100
        elif _POWERS.get(word, largest) < largest:
            largest = _POWERS[word]
            total += (group or 1) * largest
            group, room = 0, 1000
        else:
            return None
    return total + group if listed else None
