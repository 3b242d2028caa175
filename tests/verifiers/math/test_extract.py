"""Which part of a completion is its answer."""

import time

import pytest

from verifiers.math.extract import extract


@pytest.mark.parametrize(
    ("completion", "answer"),
    [
        (r"So \boxed{7}.", "7"),
        (r"\boxed{7} Actually no, the answer is \boxed{8}", "8"),
        (r"\boxed{7}, \boxed{8}", "7, 8"),
        (r"$\boxed{7}$ and $\boxed{8}$", "7, 8"),
        (r"\boxed{7} or \boxed{8}", "7 or 8"),
        (r"\boxed{\frac{1}{2}}", r"\frac{1}{2}"),
        (r"\boxed{\{1,2\}}", r"\{1,2\}"),
        (r"\boxed{\boxed{3}}", r"\boxed{3}"),
        (r"\fbox{3}", "3"),
        (r"\boxed 5", "5"),
        (r"\boxed{1} and then it was cut: \boxed{2", "1"),
        ("<think>\\boxed{1}</think> The answer is \\boxed{2}", "2"),
        ("<think>\\boxed{1}", None),
        ("<think>a</think><answer> 42 </answer>", "42"),
        ("<answer>The answer is 42.</answer>", "42"),
        ("<|begin_of_box|>9<|end_of_box|>", "9"),
        ("Natalia sold 48/2 = 24 clips.\n#### 72", "72"),
        ("#### Step 2\nThe answer is 5.", "5"),
        ("The final answer is $\\frac{3}{4}$.", "$\\frac{3}{4}$"),
        ("The answer is 3.5. Thanks.", "3.5"),
        ("**Answer:** 12", "12"),
        ("**Final Answer**: $12$", "$12$"),
        ("The answer is: **12**", "12"),
        ("Answer: 7 or 8", "7 or 8"),
        ("The answer is $7$ because $8$ is even.", "$7$"),
        ("the answer is 5; wait, the answer is 6", "6"),
        ("所以答案是 $15$。", "$15$"),
        ("La respuesta es 4.", "4"),
        ("La réponse est 4.", "4"),
        ("Die Antwort ist 4.", "4"),
        ("Ответ: 4", "4"),
        ("Therefore $x = 3$ and so $y = 4$.", "y = 4"),
        (r"So she makes $9 \times 2 = \$18$ every day.", r"9 \times 2 = \$18"),
        (r"Thus $x=\$18$.", r"x=\$18"),
        (r"So he pays $\$1{,}250$.", r"\$1{,}250"),
        (r"Each costs \$4. So $x=6$.", "x=6"),
        (r"One is $2 \cdot \$4 = \$8$, hence $x=\$6$ here.", r"x=\$6"),
        (r"With rows $a \\$ and so $x = 5$ there.", "x = 5"),
        (r"They make \$4 and \$5 a day.", None),
        (r"\frac{1}{2}", r"\frac{1}{2}"),
        ("42", "42"),
        ("I have no idea what to do.", None),
        ("There are 5 of them and 6 of those.", None),
        ("", None),
    ],
)
def test_the_answer_is_found(completion, answer):
    found = extract(completion)
    assert (found.text if found else None) == answer


def test_a_bare_last_number_is_an_answer_only_by_option():
    text = "First there were 5 of them, then 6 more came along and that was all"
    assert extract(text) is None
    assert extract(text, last_number=True).text == "6"


@pytest.mark.parametrize(
    ("how", "answer"),
    [
        ("boxed", "1"),
        ("answer_tag", "2"),
        ("code_block", "3"),
        ("whole", "\\boxed{1} <answer>2</answer>\n```\n3\n```"),
    ],
)
def test_an_option_says_where_to_look(how, answer):
    assert extract("\\boxed{1} <answer>2</answer>\n```\n3\n```", how).text == answer


@pytest.mark.parametrize("how", ["boxed", "answer_tag", "code_block", "whole"])
def test_where_it_was_told_to_look_is_the_only_place(how):
    assert how == "whole" or extract("The answer is 5.", how) is None


@pytest.mark.parametrize(
    "piece",
    [
        "\\boxed{",
        "\\boxed{2} ",
        "\\boxed{2}, ",
        "{",
        "$",
        "\\$",
        "$\\$",
        "\\(",
        "#### ",
        "a ",
        "answer is ",
    ],
)
def test_time_is_linear_in_a_megabyte(piece):
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    extract(text)
    assert time.process_time() - started < 2
