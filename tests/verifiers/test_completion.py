"""Where the answer starts: markers of many models, truncation, and hostile text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers.completion import after_reasoning, answer_tag

CLOSED = [
    ("<think>1 + 1</think>2", "2"),
    ("<THINK>1 + 1</THINK>2", "2"),
    ("1 + 1</think>2", "2"),
    ("<thinking>hm</thinking>\n2", "\n2"),
    ("<think>a</think>1<think>b</think>2", "2"),
    ("<reasoning>hm</reasoning>2", "2"),
    ("<|begin_of_thought|>hm<|end_of_thought|>2", "2"),
    ("<|START_THINKING|>hm<|END_THINKING|>2", "2"),
    ("[THINK]hm[/THINK]2", "2"),
    ("◁think▷hm◁/think▷2", "2"),
    ("<seed:think>hm</seed:think>2", "2"),
    (
        "<|channel|>analysis<|message|>hm<|end|><|start|>assistant"
        "<|channel|>final<|message|>2<|return|>",
        "2",
    ),
    ('<|channel|>final <|constrain|>json<|message|>{"a": 2}', '{"a": 2}'),
    ("2<|im_end|>\n<|endoftext|>\n", "2"),
    ("2", "2"),
    ("", ""),
    ('<think>"yes"</think>yes', "yes"),
]

NEVER_CLOSED = [
    "<think>the answer is 2",
    "<think>a</think>1<think>wait, 2",
    "Well. <think> the answer is 2",
    "<|channel|>analysis<|message|>the answer is 2",
    "<|channel|>final<|message|>1<|end|><|channel|>analysis<|message|>no, 2",
    "<think>I shall close with `</think>` and then say 2",
]


@pytest.mark.parametrize(("completion", "answer"), CLOSED)
def test_the_answer_follows_the_last_end_of_reasoning(completion, answer):
    assert after_reasoning(completion) == answer


@pytest.mark.parametrize("completion", NEVER_CLOSED)
def test_reasoning_that_never_ends_answers_nothing(completion):
    assert after_reasoning(completion) == ""


@pytest.mark.parametrize("code", ['s.split("</think>")[-1]', "s.startswith('<think>')"])
def test_a_quoted_marker_is_part_of_the_answer(code):
    assert after_reasoning(f"<think>hm</think>{code}") == code


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("<answer>2</answer>", "2"),
        ("<Answer> 2\n</ANSWER> done", " 2\n"),
        ("<answer>1</answer> no: <answer>2</answer>", "2"),
        ("<answer>1</answer> or <answer>2", "1"),
        ("<answer><answer>2</answer></answer>", "2"),
        ("<answer></answer>", ""),
        ("</answer>2<answer>", None),
        ("<answer>2", None),
        ("2", None),
    ],
)
def test_the_last_complete_answer_tag_counts(text, answer):
    assert answer_tag(text) == answer


@given(st.text(), st.text(alphabet="abc 123\n"))
def test_whatever_was_thought_the_answer_is_the_same(thought, answer):
    assert after_reasoning(f"<think>{thought}\n</think>{answer}") == answer


@pytest.mark.parametrize(
    "unit", ["<think>", "</think>", "<answer>", "<|channel|>final", " <", "[", "<|im_end|>"]
)
def test_a_megabyte_of_markers_takes_linear_time(unit):
    text = unit * (1_000_000 // len(unit))
    started = time.process_time()
    after_reasoning(text)
    answer_tag(text)
    assert time.process_time() - started < 1
