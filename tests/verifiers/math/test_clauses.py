"""What "the answer is" says, and whether it is meant."""

import time

import pytest

from verifiers.math.clauses import last_clause
from verifiers.math.extract import extract


@pytest.mark.parametrize(
    "completion",
    [
        "I don't think the answer is 5.",
        "It is not true that the answer is 5.",
        "It's impossible that the answer is 5.",
        "I doubt that the answer is 5.",
        "Nobody believes the answer is 5",
        "The wrong answer is 5.",
        "An incorrect answer is 5.",
        "The only impossible answer is 5.",
        "Suppose the answer is 5.",
        "One might say the answer is 5.",
        "Bob claims the answer is 5.",
        "The answer to the previous question is 5",
        "The answer is 5. That is wrong.",
        "The answer is 5, which is wrong.",
        "The answer is 5, which is not correct.",
        "The answer is 5. Wait, I forgot the sign.",
        "The answer is 5. Actually, it is 6.",
        "The answer is 5. No, it is 6.",
        "The answer is $5$, or maybe not",
        "I do not think that the answer is $5$.",
        f"I deny that{' ' * 40}the answer is 5",
    ],
)
def test_what_is_denied_supposed_or_taken_back_is_no_answer(completion):
    found = extract(completion)
    assert found is None or found.text == ""


@pytest.mark.parametrize(
    "completion",
    [
        "The answer is $5$; it should be $6$.",
        "The answer is $5$ for even $n$ and $6$ for odd $n$.",
        "The answer is $5$ as a first guess, but really $6$.",
        "The answer is $5$ where I assume evenness, else $6$.",
        "The answer is 5, which is too small, so 6",
        "The answer is $5$ or $6$",
        "The answer is $5$, but not if $n$ is odd",
        "The answer is $5$ unless $n$ is odd",
        "The answer is $5$ because I guess, but it may be 6",
    ],
)
def test_more_than_the_answer_is_not_cut_off(completion):
    assert last_clause(completion).strip("$") != "5"


@pytest.mark.parametrize(
    "completion",
    [
        "The answer is 5 because 2+3=5.",
        "The answer is $5$ since $2+3=5$.",
        "The answer is 5, as required.",
        "The answer is 5, which is prime.",
        "The answer is $5$, where $n$ is a positive integer",
        "The answer is $5$ for all $n$",
        "The answer is 5, not 6.",
        "The answer is 5 rather than 6",
        "The answer is therefore 5.",
        "The answer must be 5",
        "The answer, obviously, is 5.",
        "The answer is 5. (Here 2 is used twice.)",
        "There is no doubt that the answer is 5",
        "If we forget the sign, it is 6. With it, the answer is 5.",
        "The answer is 5. No other value works.",
        "The answer is 5. I hope this helps!",
        "**Final Answer**\n\n5",
        "### Answer\n5",
        "Final Answer\n5",
        "정답은 5입니다.",
        "答えは5です。",
    ],
)
def test_what_only_explains_is(completion):
    assert last_clause(completion).strip("$") == "5"


@pytest.mark.parametrize(
    "completion",
    [
        r"The answer is $\$18$, which is what she makes.",
        r"The answer is $\$18$, where $n$ is a positive integer",
        r"The answer is $\$18$, not $\$19$.",
    ],
)
def test_money_in_a_formula_does_not_end_it(completion):
    assert last_clause(completion) == r"$\$18$"


@pytest.mark.parametrize(
    "completion", ["The answer is C because B is wrong.", "The correct option is C, not A."]
)
def test_letters_are_named_alike(completion):
    assert last_clause(completion) == "C"


@pytest.mark.parametrize(
    "completion", [r"It is not \boxed{5}.", r"$x$ cannot be equal to $\boxed{5}$"]
)
def test_a_box_behind_a_negation_is_no_answer(completion):
    assert extract(completion).text == ""


@pytest.mark.parametrize("piece", ["answer is ", "answer\n", "answer is 5. no ", "not ", "**\n"])
def test_time_is_linear_in_a_megabyte(piece):
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    extract(text)
    last_clause(text[-6000:])
    assert time.process_time() - started < 2
