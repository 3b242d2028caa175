"""Other values in the place of literals, of which nobody can tell that they are others.

Each has the shape of what it replaces: a digit for a digit, a letter for a letter of the same case,
taken from what the other expected values are made of, or all of another expected value.
"""

import random
import re
import string
from collections.abc import Iterable, Iterator, Sequence

from verifiers.code.appended.lexing import Token
from verifiers.code.appended.vocabulary import OPPOSITE_WORDS

_NUMBER = re.compile(r"(?:\d[\d_]*)?\.?\d[\d_]*\.?(?P<rest>(?:[eE][+-]?\d+)?[a-zA-Z]*\d*)")
_CLASSES = (string.digits, string.ascii_lowercase, string.ascii_uppercase)
_FILLED = re.compile(r"\$\{|#\{")
"""What a string has in which something else is put."""
_FILLING_LANGUAGES = frozenset(("perl", "php", "bash", "ruby", "julia", "r"))


def can_alter(token: Token, language: str) -> bool:
    kind, text, _ = token
    if kind == "number":
        return _NUMBER.fullmatch(text) is not None and not text.startswith(("0x", "0b", "0o"))
    if kind == "character":
        return len(text) == 3 and text[1].isalnum()
    if kind == "string":
        fills = language in _FILLING_LANGUAGES and re.search(r"[$@]", text) is not None
        return not fills and _FILLED.search(text) is None
    return text in OPPOSITE_WORDS


def another(
    token: Token, beside: Sequence[Token], expected: Sequence[Token], chance: random.Random
) -> str:
    """A literal of the same kind and another value.

    It is none of those `beside` it, since a set and a map would refuse one twice. `expected` are
    all literals of the tests that it may be made from.
    """
    if token.text in OPPOSITE_WORDS:
        return OPPOSITE_WORDS[token.text]
    others = [each for each in expected if each.kind == token.kind]
    taken = {token.text, *(each.text for each in beside)}
    whole = [each.text for each in others if _shape(each) == _shape(token) and not _is_real(token)]
    made = list(_changed(token, others, chance))
    groups = [sorted(set(group) - taken) for group in (whole, made)]
    groups = [group for group in groups if group] or [made]
    return chance.choice(chance.choice(groups))


def _is_real(token: Token) -> bool:
    """Whether it may be compared with a tolerance, which another one may be within."""
    return token.kind == "number" and re.search(r"[.eE]", token.text) is not None


def _shape(token: Token) -> str:
    """What two literals have in common that may stand for one another."""
    if token.kind != "number":
        quote = token.text.find('"')
        return token.text[: quote + 1] if quote >= 0 else token.text[0]
    return re.sub(r"\d[\d_]*", "0", token.text)


def _changed(token: Token, others: Iterable[Token], chance: random.Random) -> Iterator[str]:
    if token.kind == "number":
        yield from _numbers(token.text)
        return
    start, end = _inside(token.text)
    text = token.text[start:end]
    alphabet = set("".join(each.text[slice(*_inside(each.text))] for each in others))
    made = False
    for place in _plain_places(text):
        for letter in _alike(text[place], alphabet):
            made = True
            yield token.text[: start + place] + letter + token.text[start + place + 1 :]
    if made:
        return
    signs = sorted({text[place] for place in _plain_places(text, signs=True)} & set("()[]{}<> .,"))
    letters = sorted(set(string.ascii_letters + string.digits) & alphabet)
    added = signs or letters or list(string.ascii_lowercase)
    for place, letter in ((p, s) for p in _plain_places(text, signs=True) for s in added):
        if text[place] in signs and letter != text[place]:
            yield token.text[: start + place] + letter + token.text[start + place + 1 :]
    yield token.text[:end] + chance.choice(added) + token.text[end:]


def _inside(text: str) -> tuple[int, int]:
    """Where the contents of a string or character are."""
    opening = re.match(r"b?r?#*(\"{3}|[\"'`])", text)
    if opening is None:
        return 0, len(text)
    hashes = opening[0].count("#")
    return opening.end(), len(text) - len(opening[1]) - hashes


def _plain_places(text: str, *, signs: bool = False) -> Iterator[int]:
    """Where letters and digits (or anything) stand that are no part of an escape sequence."""
    place = 0
    while place < len(text):
        if text[place] == "\\":
            escape = re.compile(
                r"\\(?:u\{?[0-9a-fA-F]+\}?|x[0-9a-fA-F]+|[0-7]{1,3}|.|\Z)", re.DOTALL
            )
            found = escape.match(text, place)
            place = found.end() if found else place + 1
            continue
        if signs or (text[place].isascii() and text[place].isalnum()):
            yield place
        place += 1


def _alike(letter: str, alphabet: set[str]) -> list[str]:
    """Letters of the same class, those that occur in other expected values if there are any."""
    group = next(each for each in _CLASSES if letter in each)
    known = [each for each in group if each in alphabet and each != letter]
    return known or [each for each in group if each != letter]


def _numbers(text: str) -> Iterator[str]:
    """The number with another digit in one place; a smaller one where a larger might be too large
    for its type, and one that no tolerance hides."""
    found = _NUMBER.fullmatch(text)
    mantissa = text[: found.start("rest")] if found else text
    places = [place for place, each in enumerate(mantissa) if each.isdigit()]
    is_real = re.search(r"[.eE]", text) is not None
    if is_real:
        places = [place for place in places if mantissa[place] != "0"][:1] or places[:1]
    lower: list[str] = []
    higher: list[str] = []
    for place in places:
        digit = int(mantissa[place])
        leads = place == 0 and len(mantissa) > 1 and mantissa[1] != "."
        for other in range(1 if leads or is_real else 0, 10):
            if other != digit:
                changed = f"{text[:place]}{other}{text[place + 1 :]}"
                (lower if other < digit else higher).append(changed)
    yield from lower if len(places) > 2 and lower else [*lower, *higher]
