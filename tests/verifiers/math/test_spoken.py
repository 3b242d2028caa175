"""Numbers in words."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers.math.spoken import spoken_number

FIRST = " one two three four five six seven eight nine ten eleven twelve"
STEMS = "thir four fif six seven eigh nine"
ONES = FIRST.split(" ") + [f"{stem}teen" for stem in STEMS.split()]
TENS = ["", "", "twenty", *(f"{stem}ty" for stem in STEMS.replace("four", "for").split())]


def in_words(number, joint):
    """English as it is counted, written apart from what reads it."""
    for size, name in ((10**9, "billion"), (10**6, "million"), (10**3, "thousand")):
        if number >= size:
            rest = in_words(number % size, joint)
            return f"{in_words(number // size, joint)} {name} {rest}".strip()
    if number >= 100:
        rest = in_words(number % 100, joint)
        return f"{ONES[number // 100]} hundred{f' {joint}{rest}' if rest else ''}"
    if number >= 20:
        return f"{TENS[number // 10]} {ONES[number % 10]}".strip()
    return ONES[number]


@given(st.integers(1, 10**12 - 1), st.sampled_from(["", "and "]))
def test_a_number_in_words_is_that_number(number, joint):
    assert spoken_number(in_words(number, joint)) == number


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("zero", 0),
        ("hundred", 100),
        ("half", Fraction(1, 2)),
        ("one third", Fraction(1, 3)),
        ("three eighths", Fraction(3, 8)),
        ("one twentieth", Fraction(1, 20)),
        ("five hundredths", Fraction(5, 100)),
        ("two and half", Fraction(5, 2)),  # canonical words have no articles
        ("two and three quarters", Fraction(11, 4)),
        ("two dozen", 24),
        ("two and half million", 2_500_000),
        ("two and half dozen", 30),
        ("two thousand and five hundred", 2500),
        ("dozen", 12),
        ("twelve hundred", 1200),
    ],
)
def test_other_ways_to_say_numbers(words, value):
    assert spoken_number(words) == value


@pytest.mark.parametrize(
    "words",
    [
        "",
        "apple",
        "six seven",
        "twenty eleven",
        "twenty zero",
        "five hundred hundred",
        "thousand million million",
        "thousand hundred",
        "five and",
        "and five",
        "five and six",
        "third",
        "one thirds",
        "three third",
        "hundred and two thirds",
        "half half",
        "five or six",
        "two and three halves",
    ],
)
def test_what_is_no_number_or_may_be_several(words):
    assert spoken_number(words) is None
