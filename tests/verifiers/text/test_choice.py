"""text.choice: several right choices, choices by content, other labels, and unclear references."""

import pytest

from verifiers import InvalidReference

pytestmark = pytest.mark.anyio

PLANETS = {"A": "Venus", "B": "Mars", "C": "A dwarf planet", "D": "All of the above"}


@pytest.mark.parametrize(
    "completion", ["I doubt that the answer is Mars.", "The wrong answer is Mars"]
)
async def test_to_reject_a_content_is_not_to_name_it(tools, completion):
    score = await tools.verify("text.choice", completion, {"answer": "B", "choices": PLANETS}, {})
    assert (score.reward, score.verdict) == (0.0, "no_answer")


@pytest.mark.parametrize(
    "completion",
    [
        "A, C",
        "C and A",
        "AC",
        "A\nC",
        "(A) and (C)",
        r"\boxed{A, C}",
        r"\boxed{A} and \boxed{C}",
        "The answers are A and C.",
        "The correct options are:\n- A\n- C",
        "A and C are correct.",
        "答案是A、C",
        "<answer>A; C</answer>",
    ],
)
async def test_of_several_right_choices_all_must_be_named(tools, completion):
    score = await tools.verify("text.choice", completion, ["A", "C"], {})
    assert (score.reward, score.extracted) == (1.0, "A, C")
    for gold in (["A"], ["A", "B"], ["A", "B", "C"], "C"):
        assert (await tools.verify("text.choice", completion, gold, {})).reward == 0.0


@pytest.mark.parametrize(
    ("completion", "gold"),
    [
        ("Mars", "B"),
        ("**mars**.", "B"),
        ("The answer is Mars.", "B"),
        ("The answer is: mars", "B"),
        (r"\boxed{\text{Mars}}", "B"),
        ("<answer>Mars</answer>", "B"),
        ("It is red.\nMars", "B"),
        ("B", "B"),
        ("B) Mars", "B"),
        ("A dwarf planet", "C"),
        ("The answer is a dwarf planet.", "C"),
        ("<answer>All of the above.</answer>", "D"),
        ("Mars", "mars"),
    ],
)
async def test_a_choice_may_be_named_by_its_content(tools, completion, gold):
    score = await tools.verify("text.choice", completion, {"answer": gold, "choices": PLANETS}, {})
    assert score.reward == 1.0


@pytest.mark.parametrize(
    "completion", ["Venus", "Mars or Venus", "Mars and so on", "not Mars", "Marsh", "A", "E", "I"]
)
async def test_another_content_is_not_the_right_one(tools, completion):
    score = await tools.verify("text.choice", completion, {"answer": "B", "choices": PLANETS}, {})
    assert score.reward == 0.0


@pytest.mark.parametrize(
    ("completion", "reference"),
    [
        ("The answer is 2.", "2"),
        ("(2) 42", {"answer": "2", "choices": {"1": "41", "2": "42"}}),
        ("Ответ: Б", "Б"),
        ("The answer is β.", "β"),
        ("The answer is B", {"answer": "B", "choices": ["Venus", "Mars"]}),
        ("The answer is B", "(b)"),
        ("The answer is I.", "I"),
    ],
)
async def test_labels_may_be_numbers_or_letters_of_other_scripts(tools, completion, reference):
    assert (await tools.verify("text.choice", completion, reference, {})).reward == 1.0


@pytest.mark.parametrize(
    ("completion", "reference"),
    [
        ("The answer is 2.5", "2"),
        ("The answer is 12", "2"),
        ("The answer is 2 apples", "2"),
        ("Ответ: В", "B"),
        ("The answer is 1 or 2", "2"),
    ],
)
async def test_what_only_looks_like_the_label_is_not_it(tools, completion, reference):
    assert (await tools.verify("text.choice", completion, reference, {})).reward == 0.0


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("", "no single letter"),
        ("AC", r'write \["A", "C"\]'),
        ("Mars", "give `choices`"),
        ([], "empty list"),
        (["A", "a"], "twice"),
        (["A", "1"], "one script"),
        ({"answer": "E", "choices": PLANETS}, "none of the choices A, B, C, D"),
        ({"answer": "A", "choices": {"AA": "x"}}, "'AA' is no single letter"),
        ({"answer": "0", "choices": ["x", "y"]}, "none of the choices A, B"),
    ],
)
async def test_an_unclear_reference_is_a_broken_task(tools, reference, reason):
    with pytest.raises(InvalidReference, match=reason):
        await tools.verify("text.choice", "B", reference, {})
