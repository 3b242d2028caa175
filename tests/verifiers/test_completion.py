"""Where the answer starts: markers of many models, truncation, and hostile text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers import completion
from verifiers.completion import after_reasoning, answer_tag, boxes, fenced_blocks

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
    ("2</s>", "2"),
    ("2<eos>\n", "2"),
    ("2<|eom_id|>", "2"),
    ("2<\uff5cend\u2581of\u2581sentence\uff5c>", "2"),
    ("<s>1</s> 2", "<s>1</s> 2"),
    ("2 <s>1</s>", "2 <s>1</s>"),
    ("2</s> or 3", "2</s> or 3"),
    ("2<s>", "2<s>"),
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


@pytest.mark.parametrize(
    ("text", "contents"),
    [
        (r"so \boxed{2}", ["2"]),
        (r"\boxed{1} no, \fbox{2}", ["1", "2"]),
        (r"\boxed{\frac{1}{2}}", [r"\frac{1}{2}"]),
        (r"\boxed{\{1, 2\}}", [r"\{1, 2\}"]),
        (r"\boxed{1 + \boxed{2}}", [r"1 + \boxed{2}"]),
        (r"\boxed{1} \boxed{2", ["1"]),
        (r"\boxed{1 \boxed{2}", ["2"]),
        (r"} \boxed {2}", ["2"]),
        (r"\boxed 2", []),
        (r"\\\boxed{2}", ["2"]),
        (r"\\boxed{2}", []),
        ("2", []),
    ],
)
def test_boxes_are_balanced_and_outermost(text, contents):
    assert [box.content for box in boxes(text)] == contents


def test_a_box_says_where_it_stands():
    text = r"so \boxed{2}."
    (box,) = boxes(text)
    assert text[box.start : box.end] == r"\boxed{2}"


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("```json\n{}\n```", [("json", "{}\n")]),
        ("a\n```\n1\n```\nb\n~~~ py x\n2\n~~~\n", [("", "1\n"), ("py x", "2\n")]),
        ("````\n```\n1\n```\n````", [("", "```\n1\n```\n")]),
        ("```\n1", []),
        ("``` not a `fence`", []),
        ("```\n```", [("", "")]),
    ],
)
def test_fenced_blocks_are_closed_by_their_own_fence(text, blocks):
    assert fenced_blocks(text) == blocks


@given(st.text(), st.text(alphabet="abc 123\n"))
def test_whatever_was_thought_the_answer_is_the_same(thought, answer):
    assert after_reasoning(f"<think>{thought}\n</think>{answer}") == answer


@pytest.mark.parametrize(
    "unit",
    [
        "<think>",
        "</think>",
        "<answer>",
        "<|channel|>final",
        " <",
        "[",
        "<|im_end|>",
        "</s>",
        r"\boxed{",
        "{",
        "```\n",
        "`",
        "\n",
    ],
)
def test_a_megabyte_of_markers_takes_linear_time(unit):
    count = 1_000_000 // len(unit)
    text = unit * count + "}" * count
    started = time.process_time()
    for find in (after_reasoning, answer_tag, boxes, fenced_blocks):
        find(text)
    assert time.process_time() - started < 2


@given(
    st.lists(
        st.sampled_from(
            ["<think>", "</think>", "</THINK>", "[THINK]", "[/THINK]", "◁/think▷", "<", "["]
        )
        | st.sampled_from(["a" * 10, "a" * 200, "\\"]),
        max_size=12,
    ).map("".join)
)
def test_markers_are_the_same_however_they_are_looked_for(text):
    found = [marker.span() for marker in completion._markers(text)]
    assert found == [marker.span() for marker in completion._MARKER.finditer(text)]
