"""How an object of the program's stands to a number, asked so that the answer is not given away.

The object is asked of many numbers at once. Which of them is the one that the tests expect, it can
only guess: it has to be equal to that one only, or as far from each as one number would be.
"""

import decimal
import fractions
import math
import random
from typing import Any

from .decoys import values_like
from .peer import Peer, Proxy

_MANY = 200
_FEWEST = 20
_CENTRES = 50
_AROUND = 10
MEASURED = ("sub", "truediv")
"""Operators that tell of a number how far it is away."""
_NUMBERS = (int, float, complex, decimal.Decimal, fractions.Fraction)
_EXACT_TO = 10**6
"""An object may be off by one of so many parts of what it is."""
_COARSE_DIGITS = 4
"""Of a number, in the last of which those that are asked beside it differ: far more than that."""
_DIGITS = 5
_CHANCE = random.SystemRandom()


def is_number(value: Any) -> bool:
    return type(value) in _NUMBERS


def is_numeric(value: Any) -> bool:
    """Whether it is a number, or a tuple or list of numbers."""
    if type(value) in (tuple, list):
        return len(value) > 0 and all(map(is_number, value))
    return is_number(value)


def equals_number(peer: Peer, proxy: Any, number: Any) -> bool:
    """Whether the object is equal to this one, and neither to those that differ from it in the last
    digit, nor to others that are as round, with those around them."""
    centres = _like(number, _CENTRES)
    moved = [_moved(each, step) for each in centres for step in _steps(_AROUND)]
    numbers = [each for each in moved if each == number or not _is_rounded(each, number)]
    answers = peer.request("equal_to", proxy, numbers)
    right = [bool(each == number) for each in numbers]
    is_among_others = any(right) and not all(right)
    return is_among_others and type(answers) is list and [each is True for each in answers] == right


def difference(peer: Peer, operation: str, left: Any, right: Any) -> Any:
    """What an object less (or by) a number comes to, or a number less an object.

    Raises TypeError for numbers that are not the differences from one and the same number.
    """
    object_first = issubclass(type(left), Proxy)
    proxy, number = (left, right) if object_first else (right, left)
    if not abs(number) < math.inf:
        raise TypeError("no difference to what has no size")
    numbers = [each for each in _like(number, _MANY) if each or not number or operation == "sub"]
    place = numbers.index(number)
    answers = peer.request("operate", operation, proxy, numbers, object_first)
    if type(answers) is not list or len(answers) != len(numbers):
        raise TypeError("no list of differences")
    if all(type(each) in _NUMBERS for each in answers):
        own = [_own(operation, *pair, object_first) for pair in zip(answers, numbers, strict=True)]
        if not all(abs(each - own[place]) * _EXACT_TO <= 1 + abs(own[place]) for each in own):
            raise TypeError("differences that are not those from any one number")
    elif not all(issubclass(type(each), Proxy) for each in answers):
        raise TypeError("differences of several kinds")
    return answers[place]


def _own(operation: str, answer: Any, number: Any, object_first: bool) -> Any:
    """What the object has to be for this answer."""
    if operation == "sub":
        return answer + number if object_first else number - answer
    return answer * number if object_first else (number / answer if answer else 0)


def _like(number: Any, count: int) -> list[Any]:
    """The number, or the first of several, among about so many that it could not be told from, in
    any order."""
    if type(number) in (tuple, list):
        return [type(number)([each, *number[1:]]) for each in _like(number[0], count)]
    if not abs(number) < math.inf:
        return [number]
    numbers = values_like(number)[:count]
    if len(numbers) < _FEWEST:
        unit = 10 ** max(0, len(str(int(abs(number)))) - _COARSE_DIGITS)
        numbers = [number + step * unit for step in _steps(count)]
    _CHANCE.shuffle(numbers)
    return numbers


def _is_rounded(each: Any, number: Any) -> bool:
    """Whether they differ by no more than arithmetic may be off."""
    if type(number) in (tuple, list):
        return _is_rounded(each[0], number[0])
    return type(number) is float and math.isclose(each, number, rel_tol=1e-9, abs_tol=1e-9)


def _steps(count: int) -> range:
    """So many steps, among which 0 is anywhere."""
    first = -_CHANCE.randrange(count)
    return range(first, first + count)


def _moved(number: Any, steps: int) -> Any:
    """The number, or the first of several, so many steps of its last digit away."""
    if type(number) in (tuple, list):
        return type(number)([_moved(number[0], steps), *number[1:]])
    if steps == 0:
        return number
    if type(number) is fractions.Fraction:
        return number + fractions.Fraction(steps, number.denominator)
    if type(number) is float and math.isfinite(number):
        places = _places(number)
        moved = number + steps / 10.0**places
        # None may be told from the others by having more digits.
        return round(moved, places) if round(number, places) == number else moved
    if type(number) is decimal.Decimal and number.is_finite():
        return number + steps * decimal.Decimal(10) ** -_places(float(number))
    return number + steps


def _places(number: float) -> int:
    """Decimal places to tell it from others by: those that it has, and no more than classes tell
    apart that are equal within a tolerance."""
    exponent = decimal.Decimal(repr(number)).normalize().as_tuple().exponent
    largest = math.ceil(math.log10(max(1.0, abs(number))))
    return min(max(-int(exponent), 0), _DIGITS - largest)
