"""Multiple choice by letter or by content, as `math` judges it."""

import pytest

from verifiers.math.judge import judge_texts
from verifiers.math.policies import MathOptions


def is_right(gold, answer, kind="auto", **options):
    return judge_texts(gold, answer, kind, MathOptions(**options)).right


@pytest.mark.parametrize(
    "answer",
    [
        "A",
        "(A)",
        "A)",
        "A.",
        r"\text{(A)}",
        "A) 42",
        r"(A) $\frac{1}{2}$",
        r"\textbf{(A)}\ 42",
        "A. None of these",
        "A) No solution",
        "A. Not enough information",
        "A) No",
        "A: B is wrong",
        "A. B is too small, C too large",
        "A) vitamin C",
        "A) Both B and C",
        r"(A) $P(B)$",
        "(A) is correct",
        "Option A",
    ],
)
@pytest.mark.parametrize("kind", ["auto", "choice"])
def test_a_letter_stands_for_its_content(answer, kind):
    assert is_right("A", answer, kind)
    assert not is_right("C", answer, kind)


@pytest.mark.parametrize(
    "answer",
    [
        "A) 5 B) 6 C) 7 D) 8",
        "A) 5, B) 6",
        "A. 5 B. 6",
        "A) 5 | D) 6",
        "A) 5 and also D) 6",
        "A: B",
        "A) B)",
        "A. B.",
        "(A) 5 (b) 6",
        "A) false; B) true",
        "A) everything, A) through E)",
        "A) hmm D) 8",
        "(A) is eliminated",
        "(A) is not correct",
        "(A) isn't it",
        "(A) no, B",
        "A) no",
        "A) wrong",
        "A. cannot be it",
        "A. can't be right",
        "A. Just kidding, D",
        "A) is the one I reject",
        "A) 5 (rejected)",
        "A) 5, which is wrong",
        "A. Wait, D",
        "A) 5 or B",
        "(A) I choose B",
    ],
)
@pytest.mark.parametrize("kind", ["auto", "choice"])
def test_another_letter_or_a_denial_behind_it_takes_it_back(answer, kind):
    assert not any(is_right(gold, answer, kind) for gold in "ABCD")


def test_a_content_that_is_given_is_no_denial():
    choices = {"A": "is wrong", "B": "no"}
    assert is_right("A", "A) is wrong", choices=choices)
    assert is_right("B", "(B) no", choices=choices)
    assert not is_right("B", "(B) is wrong", choices=choices)
