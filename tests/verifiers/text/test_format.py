"""text.format: the form of the whole completion, and the ways to fake it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from verifiers import InvalidReference
from verifiers.text.format import TagsReference, tags_flaw

pytestmark = pytest.mark.anyio

R1 = {"tags": ["think", "answer"]}
GOOD = "<think>\n6 * 7\n</think>\n<answer>42</answer>"

RIGHT = [
    (GOOD, R1),
    (f"\n {GOOD} \n", R1),
    (f"\ufeff{GOOD}\u200b", R1),
    ("<think>a</think><answer>\u200b42</answer>", R1),
    (f"{GOOD}<|im_end|>\n", R1),
    (f"{GOOD}</s>", R1),
    ("<think>1 < 2 <b>x</b></think><answer>42</answer>", R1),
    ("6 * 7</think><answer>42</answer>", {**R1, "opened_by_prompt": True}),
    ("<a>1</a>", {"tags": ["a"]}),
    (GOOD, {"pattern": r"<think>.+</think>\s*<answer>.+</answer>"}),
    ("x\n## Answer\n42", {"pattern": r"^## Answer$", "match": "search", "flags": ["multiline"]}),
]

WRONG = [
    ("42", R1),
    ("<answer>42</answer>", R1),
    ("<think>6 * 7</think>42", R1),
    ("<answer>42</answer><think>6 * 7</think>", R1),
    (f"Sure! {GOOD}", R1),
    (f"{GOOD} Done.", R1),
    ("<think>a</think> so <answer>42</answer>", R1),
    ("<think></think><answer>42</answer>", R1),
    ("<think>a</think><answer> \n</answer>", R1),
    ("<think>a</think><answer>42", R1),
    ("<think>a<answer>42</answer></think>", R1),
    ("<think>\u200b</think><answer>\u200b</answer>", R1),
    ("<think>a</think><answer> \u2060\ufeff\u00ad\ufe0f\u3164\x00\n</answer>", R1),
    ("<think>a<answer></think>42</answer>", R1),
    ("<think>a</think><think>b</think><answer>42</answer>", R1),
    ("<think>a <think> b</think><answer>42</answer>", R1),
    (GOOD + GOOD, R1),
    ("<think>a</think><answer>41</answer><answer>42</answer>", R1),
    ("<THINK>a</THINK><ANSWER>42</ANSWER>", R1),
    ("<think >a</think ><answer>42</answer>", R1),
    (GOOD, {**R1, "opened_by_prompt": True}),
    (f"Sure! {GOOD}", {"pattern": r"<think>.+</think>\s*<answer>.+</answer>"}),
]


@pytest.mark.parametrize(("completion", "reference"), RIGHT)
async def test_the_form_asked_for_is_accepted(tools, completion, reference):
    score = await tools.verify("text.format", completion, reference, {})
    assert (score.reward, score.verdict, score.message) == (
        1.0,
        "accepted",
        "the format is as asked for",
    )


@pytest.mark.parametrize(("completion", "reference"), WRONG)
async def test_any_other_form_is_refused(tools, completion, reference):
    score = await tools.verify("text.format", completion, reference, {})
    assert (score.reward, score.verdict) == (0.0, "wrong_answer")


async def test_the_message_names_what_is_wrong(tools):
    score = await tools.verify("text.format", "<think>a</think> so <answer>42</answer>", R1, {})
    assert score.message == "there is text between </think> and <answer>"


@pytest.mark.parametrize("reference", [R1, {**R1, "opened_by_prompt": True}, {"pattern": ".*"}])
@pytest.mark.parametrize("completion", ["", "\n", "\u200b"])
async def test_an_empty_completion_has_no_format(tools, completion, reference):
    score = await tools.verify("text.format", completion, reference, {})
    assert (score.reward, score.verdict) == (0.0, "no_answer")


async def test_a_tag_asked_for_twice_is_a_broken_task(tools):
    with pytest.raises(InvalidReference, match="twice"):
        await tools.verify("text.format", GOOD, {"tags": ["a", "a"]}, {})


@pytest.mark.parametrize(
    "reference", [{"tags": []}, {"tags": ["<think>"]}, {"tags": ["a"], "pattern": "a"}, {}, "think"]
)
async def test_a_reference_of_another_shape_is_refused(tools, reference):
    with pytest.raises(ValidationError):
        await tools.verify("text.format", GOOD, reference, {})


@given(
    st.lists(st.sampled_from(["think", "plan", "answer", "a.b"]), min_size=1, unique=True),
    st.text(alphabet="ab <>/\n"),
)
def test_tags_around_any_text_are_right_in_order_and_wrong_in_another(names, text):
    reference = TagsReference(tags=names)
    parts = [f"<{name}>{text}x</{name}>" for name in names]
    assert tags_flaw("\n".join(parts), reference) is None
    if len(parts) > 1:
        assert tags_flaw("\n".join(reversed(parts)), reference)
