"""Which part of a completion is the program."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import UnknownLanguage
from verifiers.code.extract import extract_program


def extract(completion, how="auto", language="python"):
    return extract_program(completion, how=how, language=language)


@pytest.mark.parametrize(
    ("completion", "program"),
    [
        pytest.param("So:\n```python\nprint(1)\n```\nDone.", "print(1)\n", id="a block"),
        pytest.param("```py\nprint(1)\n```", "print(1)\n", id="an alias"),
        pytest.param("```Python3\nprint(1)\n```", "print(1)\n", id="another case"),
        pytest.param('```python title="a.py"\nprint(1)\n```', "print(1)\n", id="more words"),
        pytest.param("```{.python}\nprint(1)\n```", "print(1)\n", id="Pandoc's label"),
        pytest.param("~~~python\nprint(1)\n~~~", "print(1)\n", id="tildes"),
        pytest.param("```\nprint(1)\n```", "print(1)\n", id="no label"),
        pytest.param("```code\nprint(1)\n```", "print(1)\n", id="a foreign label only"),
        pytest.param("```python\n1\n```\n```python\n2\n```", "2\n", id="the last of several"),
        pytest.param("```python\n1\n```\n```text\n2\n```", "1\n", id="the label before the place"),
        pytest.param("```\n1\n```\n```json\n2\n```", "1\n", id="no label before a foreign one"),
        pytest.param("```python\n1\n```\n```python\n\n```", "1\n", id="an empty block is none"),
        pytest.param("```python\nprint(1)\nprint(", "print(1)\nprint(", id="cut off"),
        pytest.param("```python\nprint(1)```", "print(1)", id="closed on the last line"),
        pytest.param("```python\nprint(1)```\nGood.", "print(1)", id="closed late, more words"),
        pytest.param("1. So\n\n       ```python\n       x = 1\n       y = 2\n       ```",
                     "x = 1\ny = 2\n", id="in a list"),
        pytest.param("````python\na = '''\n```\n'''\n````", "a = '''\n```\n'''\n", id="four marks"),
        pytest.param("print(1)", "print(1)", id="nothing but code"),
        pytest.param("    return x + y", "    return x + y", id="nothing but a body"),
        pytest.param("<answer>print(1)</answer>", "print(1)", id="a tag"),
        pytest.param("<answer>\n```python\nprint(1)\n```\n</answer>", "print(1)\n",
                     id="a block in a tag"),
        pytest.param("```python\n1\n```\n<answer>print(2)</answer>", "print(2)",
                     id="a tag before a draft"),
        pytest.param("```python\nprint(1)\n```\n<answer>42</answer>", "print(1)\n",
                     id="a tag without code"),
        pytest.param('```python\nprint("<answer>f(2)</answer>")\n```',
                     'print("<answer>f(2)</answer>")\n', id="a tag that is printed"),
        pytest.param("<think>\n```python\n1\n```\n</think>\n```python\n2\n```", "2\n",
                     id="after reasoning"),
        pytest.param("```python\nprint(1)\n```<|im_end|>", "print(1)\n", id="end of turn"),
        pytest.param("```python\nprint(1)\n```</s>", "print(1)\n", id="end of a sequence"),
        pytest.param("<think>```python\nprint(1)\n```", None, id="nothing but reasoning"),
        pytest.param("I cannot solve this.", None, id="prose"),
        pytest.param("", None, id="nothing"),
        pytest.param("```python\n```", None, id="an empty block"),
        pytest.param("<answer></answer>", None, id="an empty tag"),
    ],
)  # fmt: skip
def test_auto_finds_the_program(completion, program):
    assert extract(completion) == program


@pytest.mark.parametrize(
    ("how", "completion", "program"),
    [
        ("whole", "no sign of code", "no sign of code"),
        ("whole", "```python\n1\n```", "```python\n1\n```"),
        ("whole", " \n", None),
        ("code_block", "print(1)", None),
        ("code_block", "<answer>print(1)</answer>", None),
        ("answer_tag", "```python\n1\n```<answer>2</answer>", "2"),
        ("answer_tag", "<answer>```python\n1\n```</answer>", "1\n"),
        ("answer_tag", "```python\n1\n```", None),
        ("boxed", r"\boxed{print(1)}", "print(1)"),
        ("boxed", "print(1)", None),
    ],
)
def test_looks_only_where_it_is_told_to(how, completion, program):
    assert extract(completion, how=how) == program


@pytest.mark.parametrize("label", ["cpp", "c++", "C++", "cc", "cpp20"])
def test_a_label_may_be_any_name_of_the_language(label):
    completion = f"```{label}\nint main() {{}}\n```\n```sh\n./main\n```"
    assert extract(completion, language="c++17") == "int main() {}\n"


def test_a_language_that_nobody_knows_is_an_error_whatever_the_completion():
    with pytest.raises(UnknownLanguage):
        extract("", language="klingon")


@given(st.text(alphabet="`~ \n\tpython<answer>/{}=", max_size=200))
def test_a_program_is_never_blank_and_always_text_of_the_completion(completion):
    program = extract(completion)
    assert program is None or program.strip()
    assert program is None or set(program) <= set(completion)


@pytest.mark.parametrize("piece", ["```", "```\n", "\n", " ", "<answer>", "x ", "{ ", "~~~py\n "])
def test_takes_linear_time(piece):
    started = time.process_time()
    extract(piece * (1_000_000 // len(piece)))
    assert time.process_time() - started < 5
