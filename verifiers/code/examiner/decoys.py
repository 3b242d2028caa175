"""Objects of the program's like one that it is compared with, which it must not be equal to.

Whether two objects of a class under test are equal is that class's own word, given in a process
that the program may have changed. So it is asked of many objects: the one that the tests made, and
others that are made as it was but with other arguments. Nothing tells which is which where tests
make the object in the comparison itself (MADE): it is then made among the others, in any order.
"""

import decimal
import functools
import math
import random
import string
from collections.abc import Callable
from typing import Any, NamedTuple

from .codec import Uncarriable
from .peer import Peer, Proxy

MADE = "__rewardbox_made__"
"""The function by which tests make what they compare at once: of a class, one that calls it."""
_MANY = 200
_AGREEING = 20
"""One of so many may be equal as well: 1/2 and 2/4 are."""
_AGREEING_DATA = 50
_FEW = 2
_TRIES = 4
_NEAR = 100
_DIGITS = 5
_MOST_BITS = 10_000
_HALF = 0.5
_ZERO = 0.1
_OTHER_SIGN = 0.15
_ALTERED_LETTERS = 2
_CHANCE = random.SystemRandom()

Call = tuple[list[Any], dict[str, Any]]
"""Arguments and keyword arguments."""
Draw = Callable[[], Any]


class Origin(NamedTuple):
    """How the tests made an object."""

    kind: Any
    """The class that they called."""
    call: Call
    decoys: list[Any] | None = None
    """Other objects that were made along with it; None if it was made alone."""

    @property
    def says_something(self) -> bool:
        """Whether anything was given to the class."""
        return any(self.call)


def make_among_others(peer: Peer, kind: Any, call: Call) -> tuple[Any, list[Any] | None]:
    """What a class gives for these arguments, and what it gives for others. Raises what it does,
    and Uncarriable if it gives something only when it is not asked among others."""
    own, *others = like(call)
    args, kwargs = call
    if not others:
        return peer.request("call", kind, *args, **kwargs), None
    place = _CHANCE.randrange(len(others) + 1)
    made = _make(peer, kind, [*others[:place], own, *others[place:]])
    value = made.pop(place)
    if value is None:
        peer.request("call", kind, *args, **kwargs)
        raise Uncarriable("an object whose class makes it only where it is made alone")
    return value, [each for each in made if each is not None]


def tells_nothing(value: Any, decoys: list[Any]) -> bool:
    """Whether what a class gives is for other arguments the same object, or plain data as well."""
    if issubclass(type(value), Proxy):
        same = sum(each is value for each in decoys)
    else:
        same = sum(not issubclass(type(each), Proxy) and each == value for each in decoys)
    return same > _may_agree(decoys)


def _may_agree(decoys: list[Any]) -> int:
    return max(_FEW, len(decoys) // _AGREEING)


def decoys_for(peer: Peer, origin: Origin) -> list[Any]:
    """Objects made as this one was; none where there is nothing to alter in what it was made of.

    Raises Uncarriable if its class makes no others.
    """
    if origin.decoys is not None:
        return origin.decoys
    others = like(origin.call)[1:]
    made = [each for each in _make(peer, origin.kind, others) if each is not None]
    if others and not made:
        raise Uncarriable(
            "an object whose class makes no others, so that its equality says nothing"
        )
    return made


def equals_it_alone(peer: Peer, value: Any, chosen: Any, decoys: list[Any], *, first: bool) -> bool:
    """Whether a value is equal to the chosen object, and not to its decoys. `first` says whether it
    stands on the left."""
    place = _CHANCE.randrange(len(decoys) + 1)
    others = [*decoys[:place], chosen, *decoys[place:]]
    answers = peer.request("operate", "eq", value, others, first)
    if type(answers) is not list or len(answers) != len(others):
        raise peer.link.broken("answers of another number")
    equal = [bool(each) for each in answers]
    return equal.pop(place) and sum(equal) <= _may_agree(decoys)


def equals_data_alone(peer: Peer, value: Any, data: Any) -> bool:
    """Whether an object is equal to this text or list, and not to others like it; to none where
    there are none."""
    others = values_like(data)[1:]
    place = _CHANCE.randrange(len(others) + 1)
    answers = peer.request("equal_to", value, [*others[:place], data, *others[place:]])
    if type(answers) is not list or len(answers) != len(others) + 1:
        raise peer.link.broken("answers of another number")
    equal = [each is True for each in answers]
    return bool(others) and equal.pop(place) and sum(equal) <= len(others) // _AGREEING_DATA


def _make(peer: Peer, kind: Any, calls: list[Call]) -> list[Any]:
    made = peer.request("make", kind, calls) if calls else []
    if type(made) is not list or len(made) != len(calls):
        raise peer.link.broken("objects of another number")
    return made


def like(call: Call) -> list[Call]:
    """These arguments, then others, each of which differs from them in whatever can be altered."""
    args, kwargs = call
    given: dict[Any, Any] = {**dict(enumerate(args)), **kwargs}
    drawn = {key: _drawing(value) for key, value in given.items()}
    draws = {key: draw for key, draw in drawn.items() if draw is not None}
    own = {key: repr(given[key]) for key in draws}
    rows: dict[str, dict[Any, Any]] = {}
    for _ in range(_TRIES * _MANY if draws else 0):
        if len(rows) == _MANY:
            break
        row = {key: draw() for key, draw in draws.items()}
        if all(repr(value) != own[key] for key, value in row.items()):
            rows.setdefault(repr(row), row)
    others = [
        (
            [row.get(key, each) for key, each in enumerate(args)],
            {key: row.get(key, each) for key, each in kwargs.items()},
        )
        for row in rows.values()
    ]
    return [call, *others]


def values_like(value: Any) -> list[Any]:
    """A value, then others among which it is none that could be told from them."""
    draw = _drawing(value)
    found = [] if draw is None else [draw() for _ in range(_TRIES * _MANY)]
    return list({repr(each): each for each in (value, *found)}.values())[:_MANY]


def _drawing(value: Any) -> Draw | None:
    """What draws values like this one, or this one; None where there is nothing to alter."""
    kind = type(value)
    if kind is int and value.bit_length() <= _MOST_BITS:
        return _drawing_integers(value)
    if kind is float and math.isfinite(value):
        return _drawing_floats(value)
    if kind is str:
        return _respelling(value)
    return _drawing_an_item(value) if kind in (list, tuple, dict) else None


def _drawing_integers(value: int) -> Draw:
    """As round as this one."""
    digits = str(abs(value))
    unit = 10 ** (len(digits) - len(digits.rstrip("0"))) if value else 1
    units = value // unit
    return lambda: value + (_number_like(units) - units) * unit


def _drawing_floats(value: float) -> Draw:
    """With no more decimal places than this one."""
    exact = decimal.Decimal(repr(value))
    exponent = int(exact.normalize().as_tuple().exponent) if value else 0
    unit = decimal.Decimal(10) ** max(exponent, exact.adjusted() + 1 - _DIGITS)
    units = int(exact / unit)
    return lambda: float(exact + (_number_like(units) - units) * unit)


def _number_like(number: int) -> int:
    """One of about that size, where small ones are as likely as large ones; or one near by."""
    digits = len(str(abs(number)))
    if digits > 1 and _CHANCE.random() < _HALF:
        return number + _CHANCE.randrange(-_NEAR, _NEAR)
    size = int(10 ** _CHANCE.uniform(-_ZERO, math.log10(2) + digits))
    return size if (number < 0) is (_CHANCE.random() < _OTHER_SIGN) else -size


def _drawing_an_item(value: Any) -> Draw | None:
    for key, item in value.items() if type(value) is dict else enumerate(value):
        draw = _drawing(item)
        if draw is not None:
            return functools.partial(_with_item, value, key, draw)
    return None


def _with_item(value: Any, key: Any, draw: Draw) -> Any:
    copy = dict(value) if type(value) is dict else list(value)
    copy[key] = draw()
    return type(value)(copy)


def _respelling(text: str) -> Draw | None:
    """Texts that differ in the same letters or digits, so that none lies amid the others."""
    places = [place for place, letter in enumerate(text) if _alphabet_of(letter)]
    places = _CHANCE.sample(places, min(_ALTERED_LETTERS, len(places)))

    def draw() -> str:
        letters = list(text)
        for place in places:
            letters[place] = _CHANCE.choice(_alphabet_of(text[place]))
        return "".join(letters)

    return draw if places else None


def _alphabet_of(letter: str) -> str:
    alphabets = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
    return next((each for each in alphabets if letter in each), "")
