"""Words in answers: synonyms, numbers in words, and words that change what a number says."""

import re
from collections.abc import Iterable

_SYNONYMS = {
    "no solution": """no solution; no solutions; no real solution; no real solutions; none;
        there is no solution; there are no solutions; there are no real solutions; empty set;
        the empty set; no such number; no such numbers; no roots; no real roots; no values;
        no integer solutions; no positive integer solutions; no solution exists;
        no solutions exist; no real solution exists; no such solutions exist; null set; empty;
        no such integers exist; no such integer exists; no such number exists; no such values;
        no such functions; no such function; no such function exists; no such functions exist;
        no such pairs; no such pair exists; there are none; none exist; no value; no possible value;
        no such integer; no such integers; no such triples; no such polynomial""",
    "does not exist": "does not exist; dne; doesn't exist; d n e; limit does not exist; undefined",
    "divergent": "divergent; diverges; the series diverges; it diverges",
    "convergent": "convergent; converges; the series converges; it converges",
    "infinitely many": """infinitely many; infinite; infinitely many solutions; infinite solutions;
        infinite number of solutions; infinitely many values; there are infinitely many;
        infinitely many solutions exist; an infinite number""",
    "all real numbers": """all real numbers; all reals; all real x; all real numbers x; the reals;
        real numbers; any real number; every real number; all real values; all real values of x;
        the set of all real numbers; set of all real numbers""",
    "yes": "yes; yes it is; yes it does; yes they are; yes it can",
    "no": "no; no it is not; no it isn't; no it does not; no it can't",
    "true": "true; the statement is true; it is true",
    "false": "false; the statement is false; it is false",
}

_UNITS_OF_SPEECH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"

_CHANGING = """
    not no never neither nor none without except isn't doesn't wrong incorrect false
    less more fewer greater than least most over under about approximately roughly nearly almost
    around between below above plus minus times divided by squared cubed half twice double triple
    hundred thousand million billion trillion dozen hundreds thousands millions billions dozens
    third thirds fourth fourths fifth fifths tenth tenths quarter quarters halves hundredth
    if when unless where mod modulo base power or and of maybe perhaps possibly probably either
    up-to percent to from through until per point negative positive excluding including instead
    but then therefore because since else otherwise guess unknown any all every each other
"""
CHANGING = frozenset(_CHANGING.split())
"""Words after a number that may change what it says, so that they are never taken for a gloss."""

_ARTICLES = re.compile(r"\b(?:the|a|an)\b(?= +\w{2})")
_NOT_LETTERS = re.compile(r"[^\w']+|_")


def _meanings() -> dict[str, str]:
    return {
        _plain(spelling): meaning
        for meaning, spellings in _SYNONYMS.items()
        for spelling in spellings.split(";")
    }


def _plain(words: str) -> str:
    words = _NOT_LETTERS.sub(" ", words.lower())
    return " ".join(_ARTICLES.sub(" ", words).split())


def canonical(words: str) -> str:
    """Lower case, without articles and punctuation, one spelling for synonyms."""
    plain = _plain(words)
    return MEANINGS.get(plain, plain)


MEANINGS = _meanings()


def _spoken_numbers() -> dict[str, int]:
    numbers = {word: value for value, word in enumerate(_UNITS_OF_SPEECH.split())}
    for tens, word in enumerate(_TENS.split(), start=2):
        numbers[word] = 10 * tens
        for one, unit in enumerate(_UNITS_OF_SPEECH.split()[1:10], start=1):
            numbers[f"{word} {unit}"] = 10 * tens + one
    numbers["one hundred"] = numbers["hundred"] = 100
    numbers["one thousand"] = numbers["thousand"] = 1000
    return numbers


SPOKEN_NUMBERS = _spoken_numbers()


def may_be_gloss(words: Iterable[str]) -> bool:
    """Whether words behind a number only say what is counted, as in "5 red apples"."""
    listed = list(words)
    return 0 < len(listed) <= 6 and not any(word.lower() in CHANGING for word in listed)
