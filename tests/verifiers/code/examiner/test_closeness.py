"""The numbers that an object is asked about beside the one that is expected of it."""

import math
import operator
from decimal import Decimal
from fractions import Fraction

import pytest

from verifiers.code.examiner.closeness import difference, equals_number
from verifiers.code.examiner.peer import Proxy


class Asked:
    """Stands for the program's side: answers for each number as a function does."""

    def __init__(self, answer):
        self._answer = answer
        self.numbers = []

    def request(self, operation, *operands):
        self.numbers = operands[1] if operation == "equal_to" else operands[2]
        return [self._answer(each) for each in self.numbers]


NUMBERS = [7, 0, 3.5, 100.0, -2.25, 0.0, 2**0.5, 12345.678, 1e20, Decimal("1.25"), Fraction(1, 3)]


@pytest.mark.parametrize("number", [*NUMBERS, (2.5, 1), [4, 4.5], (Decimal("0.1"), 2)])
def test_an_object_equals_the_number_that_it_is(number):
    assert equals_number(Asked(lambda each: each == number), None, number)
    assert not equals_number(Asked(lambda each: True), None, number)


@pytest.mark.parametrize("number", [math.inf, math.nan, (-math.inf, 1)])
@pytest.mark.parametrize("answer", [True, False])
def test_nothing_equals_a_number_that_has_none_beside_it(number, answer):
    assert not equals_number(Asked(lambda each: answer), None, number)


@pytest.mark.parametrize("number", [100, 1000, 20.0, 2.5, 7])
def test_a_number_is_not_given_away_by_what_it_looks_like(number):
    class Guessing:
        def request(self, operation, value, numbers):
            guess = min(numbers, key=lambda each: (len(repr(abs(each)).rstrip("0")), each == 0))
            return [each == guess for each in numbers]

    guesses = [equals_number(Guessing(), None, number) for _ in range(40)]
    assert sum(guesses) < 20


@pytest.mark.parametrize("number", NUMBERS)
def test_one_that_is_as_near_as_its_last_digit_does_not(number):
    near = float(abs(number)) * 0.01 + 1.01
    assert not equals_number(Asked(lambda each: abs(each - number) < near), None, number)


@pytest.mark.parametrize("number", [3.5, -2.25, 5.0, 12.0])
def test_the_number_has_no_fewer_digits_than_those_around_it(number):
    asked = Asked(lambda each: each == number)
    equals_number(asked, None, number)
    assert max(len(str(abs(each)).partition(".")[2]) for each in asked.numbers) == len(
        str(abs(number)).partition(".")[2]
    )


def test_rounding_does_not_make_an_object_another_number():
    assert equals_number(Asked(lambda each: abs(each - 2**0.5) < 1e-9), None, 2**0.5)


LARGE = [1e9, 2_500_000_000, 123456789.25, 1e20, 10**30, Decimal("1e12")]


@pytest.mark.parametrize("number", [*NUMBERS, *LARGE])
@pytest.mark.parametrize("operation", ["sub", "truediv"])
def test_a_number_of_another_class_is_as_far_from_each_as_it_is(operation, number):
    value = number + 3
    answer = getattr(operator, operation)
    asked = Asked(lambda each: answer(value, each))
    if number:
        assert difference(asked, operation, Proxy(), number) == answer(value, number)


@pytest.mark.parametrize("number", [*NUMBERS, *LARGE, math.inf, -math.inf, math.nan])
@pytest.mark.parametrize(
    ("operation", "lie"),
    [
        ("sub", 0),
        ("sub", 1),
        ("sub", 1e-9),
        ("sub", math.nan),
        ("truediv", 1),
        ("truediv", math.nan),
    ],
)
def test_what_is_as_near_to_every_number_is_no_number(operation, number, lie):
    with pytest.raises(TypeError):
        difference(Asked(lambda each: lie), operation, Proxy(), number)
    with pytest.raises(TypeError):
        difference(Asked(lambda each: lie), operation, number, Proxy())
