"""Words that are answers themselves, in one spelling: synonyms, dates, players, shapes."""

import re

from verifiers.math.changing import TAKING_BACK

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
    "cannot be determined": """cannot be determined; can't be determined; not enough information;
        insufficient information; it cannot be determined; it can't be determined;
        there is not enough information; cannot be determined from information given""",
    "all real numbers": """all real numbers; all reals; all real x; all real numbers x; the reals;
        real numbers; any real number; every real number; all real values; all real values of x;
        the set of all real numbers; set of all real numbers""",
    "yes": """yes; yes it is; yes it is possible; yes there is; yes there are; yes they do;
        yes it does; yes they are; yes it can""",
    "no": """no; no it is not; no it is not possible; no there is not; no it isn't;
        no it does not; no it can't""",
    "true": "true; the statement is true; it is true",
    "false": "false; the statement is false; it is false",
}

_VERBS = "is|was|has|had|can|will|must|does|wins|won|loses|lost|gets|beats|plays|moves"
_ARTICLES = re.compile(rf"\b(?:the|an|a(?! +(?:{_VERBS})\b))\b(?= +\w{{2}})")
"""A letter before a verb is no article but a name: "A wins"."""
_PREPOSITION = re.compile(r"^(?:on|in|at|by) (?=[a-z]{3})")
"""Before a day, a month, a name."""
_MERE_WORDS = re.compile(r"[a-z' ]*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_PUNCTUATION = re.compile(
    r"\\(?=[^a-z\s])|\\$|[,;?\"`*_~{}$]|[^\w\s\x00-\x7f]"
    r"|[(\[](?![-+]?\.?\d|\\)|(?<!\d)[)\]]|[.:](?!\d)|(?<=[^\W\d])[.:]|(?<!\d)!"
    # a hyphen or a dash between words, but no minus
    r"|(?<=[^\W\d]{2})-(?=\w)|(?<=[^\W\d])-(?=[^\W\d]{2})|(?<!\S)-(?=\s+[^\W\d]{2})"
)
_SIGN = re.compile(r"\s*([^\w\s'.:!])\s*")

_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DATE = re.compile(
    rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}"
    rf"|{_MONTH} (?P<date>\d{{1,2}})(?:st|nd|rd|th)?)(?P<year> \d{{4}})?"
)
_WINNER = re.compile(
    r"(.{1,40}?) (?:(?:always )?wins(?: game)?|will (?:always )?win"
    r"|has (?:a )?winning strategy|can (?:always )?(?:win|force (?:a )?win))"
)
_THE_ONE = re.compile(r"\s*the +([a-z]{3,}) +one[.\s]*", re.IGNORECASE)
_TRIANGLE = re.compile(
    r"((?:(?:isosceles|equilateral|scalene|right|right angled|acute|obtuse) ?)+) triangle"
)


def _meanings() -> dict[str, str]:
    return {
        _plain(spelling): meaning
        for meaning, spellings in _SYNONYMS.items()
        for spelling in spellings.split(";")
    }


def _plain(words: str) -> str:
    words = words.lower().strip()
    if not _MERE_WORDS.fullmatch(words):
        words = _PUNCTUATION.sub(" ", _THOUSANDS.sub("", words))
        words = _SIGN.sub(r" \1", words)
    words = " ".join(_ARTICLES.sub(" ", words).split())
    return _PREPOSITION.sub("", words)


def canonical(words: str) -> str:
    """Lower case, without articles and punctuation, one spelling for synonyms.

    Signs that are no punctuation stay, so that -5 is not 5 and C++ is not C.
    """
    the_one = _THE_ONE.fullmatch(words)
    if the_one and the_one[1].lower() not in TAKING_BACK:
        return the_one[1].lower()
    plain = _plain(words)
    return MEANINGS.get(plain) or _date(plain) or _name(plain) or plain


def _date(plain: str) -> str | None:
    """5 May, May 5th and the 5th of May in one spelling."""
    found = _DATE.fullmatch(plain)
    if found is None:
        return None
    month = (found[2] or found[3])[:3]
    return f"{found['day'] or found['date']} {month}{found['year'] or ''}"


def is_date(words: str) -> bool:
    """Whether the text is a day of a year."""
    return _date(_plain(words)) is not None


def _name(plain: str) -> str | None:
    """Who wins, and which triangle it is, without saying that one wins and that it is one."""
    found = _WINNER.fullmatch(plain) or _TRIANGLE.fullmatch(plain)
    if found is None or not TAKING_BACK.isdisjoint(found[1].split()):
        return None
    return found[1]


MEANINGS = _meanings()
