"""Words that are answers themselves: which are the same."""

import pytest

from verifiers.math.judge import judge_texts
from verifiers.math.policies import MathOptions
from verifiers.math.words import canonical


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Yes.", "yes"),
        ("the red one", "Red"),
        ("Alice wins", "Alice"),
        ("The first player has a winning strategy", "first player"),
        ("an isosceles triangle", "isosceles"),
        ("May 5", "5 May"),
        ("May 5th, 2020", "the 5th of May 2020"),
        ("Covid-19", "covid 19"),
        ("1,234 of them", "1234 of them"),
        ("x > 3", "x>3"),
        ("A square", "square"),
        ("T-shirt", "t shirt"),
        ("- Paris", "Paris"),
        ("not enough information", "It cannot be determined."),
    ],
)
def test_the_same_in_other_words(one, other):
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("room -5", "room 5"),
        ("profit of -5", "profit of 5"),
        ("C++", "C"),
        ("C#", "C"),
        ("x > 3", "x < 3"),
        ("x + 1", "x - 1"),
        ("x + 1", "x 1"),
        ("50%", "50"),
        ("1/2 of them", "12 of them"),
        ("3.5 of them", "35 of them"),
        ("3:45", "345"),
        ("[0, 1)", "(0, 1]"),
        ("5!", "5"),
        ("A wins", "wins"),
        ("A wins", "B wins"),
        ("Alice wins", "Alice loses"),
        ("nobody wins", "nobody"),
        ("neither player wins", "neither player"),
        ("Mayo 5", "May 5"),
        ("June 5", "July 5"),
        ("the wrong one", "wrong"),
        ("the last one hundred", "last"),
        ("-infinity", "infinity"),
    ],
)
def test_signs_and_names_make_a_difference(one, other):
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    ("gold", "answer", "right"),
    [
        ("-5", "5", False),
        ("x > 3", "x < 3", False),
        ("C++", "C", False),
        ("C++", "c++", True),
        ("room 5", "Room 5", True),
        ("the red car", "red car", True),
    ],
)
def test_words_alone_are_compared_as_such(gold, answer, right):
    assert judge_texts(gold, answer, "text", MathOptions()).right is right


@pytest.mark.parametrize(
    ("gold", "answer", "right"),
    [
        (r"\text{C++}", "C++", True),
        (r"\text{C++}", r"\text{C}", False),
        (r"\text{A-}", "A-", True),
        (r"\text{A-}", "A", False),
        (r"\text{1/2 of them}", r"\frac12", True),
        (r"12:00\text{ p.m.}", "noon", True),
        (r"12:00\text{ p.m.}", "midnight", False),
        ("May 5", "May 6", False),
        ("May 5", "5", False),
        ("5", "May 5", False),
    ],
)
def test_words_set_as_text_are_words(gold, answer, right):
    assert judge_texts(gold, answer, "auto", MathOptions()).right is right
