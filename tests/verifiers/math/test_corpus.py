"""The corpus of answers under tests/data/math, by category: every verdict as the data says."""

import json
from pathlib import Path

import pytest

from verifiers.math import symbolic
from verifiers.math.errors import Costly, Unreadable
from verifiers.math.judge import judge_texts
from verifiers.math.policies import MathOptions

DATA = Path(__file__).parents[2] / "data" / "math"
CATEGORIES = sorted(path.stem for path in DATA.glob("*.jsonl") if path.stem != "hostile")

ONE_WAY = {
    ("3.5", "3,5"),  # as a gold, 3,5 is a list of two
    ("1.23", "1,23"),
    ("y=2", "y - 2 = 0"),
    ("x=5", "2x=10"),  # an unsolved gold may be solved, a solved one not unsolved
    ("x=5", "x+1=6"),
    (r"\frac{x^3}{3}+C", r"\frac{x^3}{3}+K"),  # only a gold's C says that it is any constant
    (r"\sqrt{2}", r"1.414\approx\sqrt{2}"),  # a gold may be given with its approximation
    (r"\sqrt{2}", r"\sqrt2\approx1.5"),
    ("C", "(C) 42"),  # a gold letter stands for the whole choice
    ("C", "Option C"),
    (r"\text{(B)}", r"\textbf{(B)} 12"),
    (r"\text{(B)}", "(B) 12"),
    ("D", "D. None of these"),
}
"""Pairs whose verdict may turn with the pair."""


def rows(category):
    text = (DATA / f"{category}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def is_right(gold, answer):
    try:
        return judge_texts(gold, answer, "auto", MathOptions()).right
    except Costly:
        return symbolic.decide(gold, answer, "auto", {})[0]


@pytest.mark.parametrize("category", CATEGORIES)
def test_verdicts_are_as_the_data_says(category):
    wrong = [
        (row["gold"], row["answer"], row["right"])
        for row in rows(category)
        if is_right(row["gold"], row["answer"]) is not row["right"]
    ]
    assert wrong == []


@pytest.mark.parametrize("category", CATEGORIES)
def test_verdicts_are_the_same_the_other_way_round(category):
    turned = []
    for row in rows(category):
        try:
            if is_right(row["answer"], row["gold"]) is not row["right"]:
                turned.append((row["gold"], row["answer"]))
        except Unreadable:
            continue  # an answer may have prose around it, a gold may not
    assert set(turned) <= ONE_WAY


def test_the_corpus_is_large_and_balanced():
    everything = [row for category in CATEGORIES for row in rows(category)]
    right = sum(row["right"] for row in everything)
    assert len(everything) >= 1500
    assert 0.4 < right / len(everything) < 0.6
    assert all(row["note"] for row in everything)
