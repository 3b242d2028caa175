"""English in answers that says what signs would: "negative five", "3 out of 8", "is at least 4"."""

import re
from dataclasses import replace

from verifiers.math import words
from verifiers.math.nodes import Clock, Constant, Div, Neg, Node, Number, Quantity, Ratio, Text
from verifiers.math.parser.quantities import spoken_unit
from verifiers.math.spoken import spoken_number
from verifiers.math.table import FUNCTIONS, GREEK

_WORD = re.compile(r"[A-Za-z']+")
_LONGEST_NUMBER = 40
"""Words; with as many, every number up to trillions can be said."""
_HEDGES = (
    "approximately|approx|about|around|roughly|exactly|precisely|only|just|minimum|maximum"
    r"|(?:a )?total of|(?:at )?(?:the )?point(?=\s*\}?\s*(?:\\left\s*)?\()"
)
_HEDGE = re.compile(
    rf"(?:\\(?:text|mathrm)\{{\s*(?:{_HEDGES})\.?\s*\}}|(?:{_HEDGES})\b\.?|\\approx|\\simeq|\\sim|~)"
    r"\s*:?\s*(?=[\d\\$.(-])",
    re.IGNORECASE,
)
"""Before a value; it is compared as it stands, so that nothing is right for being near."""
_HEDGE_BEHIND = re.compile(
    r"(?:(?<=[\d})$%])[\s,]*(?:\\ ?|\\text\{\s*)?(?:only|exactly|approximately|approx\.?)"
    r"|(?<=[\w})$%])[\s,]+(?:in\s+(?:total|all)|altogether|overall))\s*\}?$",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(
    r"(?:\\(?:text|mathrm)\{\s*(?:negative|minus)\s*\}|(?:negative|minus)\s)\s*"
    r"(?!negative|minus)(?=[\w\\$.(])",
    re.I,
)
_ODDS = re.compile(r"(\d{1,9})\s*(?:\\text\{)?\s*(to|out of|in)\s*\}?\s*(\d{1,9})")
_UNITS = (
    r"hours?|hrs?|minutes?|mins?|feet|foot|ft|days?|weeks?|months?|years?|pounds?|lbs?|"
    r"dollars?|meters?|metres?|degrees?"
)
_COMPOUND = re.compile(rf"\b({_UNITS})(?:(\s*\}})\s*\\text\{{)?\s*,?\s*\band\b\s*(\}})?\s*(?=\d)")
_CONCLUSION = re.compile(r"\\(?:implies|Rightarrow|Longrightarrow|therefore)(?![A-Za-z])")
_COMPARISONS = (
    (re.compile(r"(?:strictly )?(?:greater|more|larger|bigger) than or equal to|at least"), ">="),
    (re.compile(r"(?:strictly )?(?:less|smaller|fewer) than or equal to|at most"), "<="),
    (re.compile(r"(?:strictly )?(?:greater|more|larger|bigger) than"), ">"),
    (re.compile(r"(?:strictly )?(?:less|smaller|fewer) than"), "<"),
)
_VALUED = re.compile(r"(\$?[A-Za-z]\$?)\s+(?:is|must be|equals)\s+(?:equal to\s+)?(?=[\d\\$-])")
_INFINITIES = {
    "infinity": 1,
    "positive infinity": 1,
    "negative infinity": -1,
    "minus infinity": -1,
}
_HOURS = {"noon": "pm", "midday": "pm", "midnight": "am"}
_COMPARED = re.compile(r"(\$?[A-Za-z]\$?)\s+(?:is|must be)\s+(?=[a-z])(.*)", re.DOTALL)


def without_hedge(text: str) -> str:
    """The value of "approximately 20", "only 3", "n = 3 only"."""
    text = text[hedge.end() :] if (hedge := _HEDGE.match(text)) else text
    return _HEDGE_BEHIND.sub("", text, count=1) if text[-1:] in "ylx.}" else text


def after_minus(text: str) -> str | None:
    """What follows the word of a negative value; None if there is none."""
    sign = _NEGATIVE.match(text)
    return None if sign is None else text[sign.end() :]


def negated(node: Node) -> Node | None:
    """Minus a number; None for anything else."""
    return replace(node, value=-node.value) if isinstance(node, Number) else None


def odds(text: str) -> Node | None:
    """4 to 1 as a ratio, 3 out of 8 as a fraction."""
    match = _ODDS.fullmatch(text)
    if match is None:
        return None
    first, second = (Number(0, len(text), int(match[index])) for index in (1, 3))
    if match[2] == "to":
        return Ratio(0, len(text), (first, second))
    return Div(0, len(text), first, second)


def joined_units(text: str) -> str:
    """2 hours and 30 minutes without the "and", which lists would be taken for."""
    return _COMPOUND.sub(lambda found: found[1] + ("}" if found[2] or found[3] else " "), text)


def conclusion(text: str) -> str | None:
    """What an answer that derives itself comes to."""
    steps = _CONCLUSION.split(text)
    return steps[-1].strip() if len(steps) > 1 else None


def compared(text: str) -> str | None:
    """ "x is greater than 4" as "x > 4", "x must be 2" as "x = 2"."""
    if (valued := _VALUED.match(text)) is not None:
        return f"{valued[1]} = {text[valued.end() :]}"
    match = _COMPARED.fullmatch(text)
    if match is None:
        return None
    said = ((spelling.match(match[2]), sign) for spelling, sign in _COMPARISONS)
    found = next(((words_of, sign) for words_of, sign in said if words_of), None)
    return f"{match[1]} {found[1]} {match[2][found[0].end() :]}" if found else None


def spoken(text: str) -> Node | None:
    """Words that are an answer themselves; None where they may be names of variables."""
    canonical = words.canonical(text)
    if canonical in _HOURS:
        return Clock(0, len(text), 12, 0, _HOURS[canonical])
    number = spoken_number(canonical)
    if number is not None:
        return Number(0, len(text), number)
    if canonical in _INFINITIES:
        endless = Constant(0, len(text), "infinity")
        return endless if _INFINITIES[canonical] > 0 else Neg(0, len(text), endless)
    quantity = _spoken_quantity(canonical)
    if quantity is not None:
        return quantity
    if canonical in words.MEANINGS:
        return Text(0, len(text), canonical)
    listed = _WORD.findall(text)
    plain = [word for word in listed if len(word) >= 3 and not _is_maths(word)]
    if plain and any(len(word) >= 4 for word in plain):
        return Text(0, len(text), canonical)
    return None


def _spoken_quantity(text: str) -> Node | None:
    """Twenty percent, half an hour, six people: a number in words, and what it counts."""
    listed = text.split()
    for end in range(min(len(listed) - 1, _LONGEST_NUMBER), 0, -1):
        value = spoken_number(" ".join(listed[:end]))
        if value is None:
            continue
        unit = spoken_unit(" ".join(listed[end:]))
        # "One of the roots" is not how many there are.
        if unit is None or (isinstance(value, int) and listed[end] == "of"):
            return None
        number = Number(0, len(text), value)
        return Quantity(0, len(text), number, unit) if unit else number
    return None


def _is_maths(word: str) -> bool:
    return word in FUNCTIONS or word in GREEK or word.lower() in {"infinity", "infty", "and", "pi"}
