"""What may stand behind a number without changing it, and what may not."""

import pytest

from verifiers.math.changing import CHANGING, TAKING_BACK
from verifiers.math.errors import Unreadable
from verifiers.math.glosses import counted, is_note, is_noun, takes_nothing_back
from verifiers.math.judge import judge_texts
from verifiers.math.parser.quantities import spoken_unit
from verifiers.math.policies import MathOptions
from verifiers.math.spoken import ONE_PART, PARTS, SCALES

GRAMMAR = {"per", "of", "in", "a", "each", "every", "times", "percent", "squared", "cubed"}
"""Words of the tables that may stand behind a number where grammar allows it."""
HEDGES = {"approximately", "about", "roughly"}
"""They say that the number is near, and it is compared as it stands."""
WORDS = sorted(CHANGING - GRAMMAR)


def is_right(gold, answer):
    return judge_texts(gold, answer, "auto", MathOptions()).right


@pytest.mark.parametrize("word", WORDS)
def test_a_word_that_may_change_a_number_is_no_gloss(word):
    answers = ["$5$ is %s", "5 %s apples, not 6"]
    answers += ["5 %s", r"5\text{ %s}", r"\sqrt{25}\text{ %s}"] if word not in HEDGES else []
    answers += ["5 (%s)", r"5\text{ (%s)}", "$5$ %s"] if word not in {*HEDGES, "five"} else []
    assert [answer for answer in answers if is_right("5", answer % word)] == []


@pytest.mark.parametrize("word", WORDS)
def test_nor_is_it_one_after_what_is_counted(word):
    assert not is_right("5", f"5 apples {word} two")
    assert not is_right("5", rf"5\text{{ apples {word} six}}")


@pytest.mark.parametrize("word", sorted({*PARTS, *ONE_PART} - {"quarter", "quarters"}))
def test_parts_are_parts(word):
    size = {**ONE_PART, **PARTS}[word]
    top = 1 if word in ONE_PART else 3
    assert is_right(rf"\frac{{{top}}}{{{size}}}", f"{top} {word}")
    assert is_right(rf"{top}\text{{ {word}}}", rf"\frac{{{top}}}{{{size}}}")
    assert not is_right(str(top), f"{top} {word}")


@pytest.mark.parametrize("word", sorted(SCALES))
def test_scales_multiply(word):
    assert is_right(str(5 * SCALES[word]), f"5 {word}")
    assert is_right(str(5 * SCALES[word]), f"5 {word} dollars")
    assert not is_right("5", f"5 {word} apples")


@pytest.mark.parametrize("word", sorted(TAKING_BACK - {"of", "each"}))
def test_a_number_in_a_sentence_that_takes_it_back_is_not_the_answer(word):
    assert not is_right("5", f"we {word} get $5$")
    assert not is_right("5", f"The {word} value is $5$") or word in {"or", "and"}


UNDERSTOOD = [
    "apples",
    "red apples",
    "apples in the basket",
    "bags of rice",
    "people",
    "children",
    "in total",
    "altogether",
    "each",
    "of them",
    "cookies left",
    "feet tall",
    "years old",
    "positive integers",
    "odd digits",
    "different ways",
    "days a week",
    "students per class",
    "times",
    "zeros",
    "glasses of water",
    "T-shirts",
    "boys and girls",
    "clips in April and May combined",
    "flowers in Mark's garden",
]


@pytest.mark.parametrize("gloss", UNDERSTOOD)
def test_what_is_counted_is_a_gloss(gloss):
    assert is_right("5", f"5 {gloss}")
    assert is_right("5", rf"5\text{{ {gloss}}}")


@pytest.mark.parametrize(
    "gloss",
    [
        "rejected",
        "blue",
        "quickly",
        "away",
        "tall",
        "lol",
        "apples, 6",
        "apples 6",
        "apples (6)",
        "apples and six pears",
        "and more apples",
        "apples that don't count",
        "apples for each of six people",
        "square roots",
        "half-dollars",
        "x",
        "n of them",
        "for odd n",
        "that",
        "of",
        "apples of",
        "apples " * 11,
    ],
)
def test_what_is_not_understood_is_none(gloss):
    assert spoken_unit(gloss) is None
    assert not is_right("5", rf"5\text{{ {gloss}}}")


@pytest.mark.parametrize("gloss", ["rejected", "decrease", "blue", "too many", "to 6 days"])
def test_a_gold_with_words_that_are_not_understood_is_refused(gloss):
    with pytest.raises(Unreadable):
        is_right(f"5 {gloss}", "5")


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("square meters", "meters^2"),
        ("miles per hour", "miles*hour^-1"),
        ("dollars in total", "dollars"),
        ("hours of work", "hours"),
        ("feet tall", "feet"),
        ("in total", ""),
        ("red apples", "red-apples"),
        ("red apples altogether", "red-apples"),
        ("students/day", "students-per-day"),
        ("per cent", "percent"),
    ],
)
def test_the_unit_is_what_is_left_of_the_words(words, unit):
    assert spoken_unit(words) == unit


def test_words_that_only_say_in_total_count_nothing():
    assert counted(["in", "total"]) == []
    assert counted(["apples", "in", "total"]) == ["apples"]
    assert counted(["feet", "tall"]) == ["feet"]
    assert counted(["tall"]) is None


@pytest.mark.parametrize("noun", ["apples", "classes", "glasses", "people", "hours", "matrices"])
def test_plurals_and_units_are_nouns(noun):
    assert is_noun(noun)


@pytest.mark.parametrize("word", ["is", "fails", "less", "thus", "basis", "rejected", "loss"])
def test_other_words_are_not(word):
    assert not is_noun(word)


def test_notes_confirm():
    assert is_note("the only solution")
    assert is_note("as required")
    assert not is_note("the only wrong solution")
    assert takes_nothing_back(["The", "area", "of", "the", "garden", "is"])
    assert not takes_nothing_back(["The", "area", "is", "not"])
