"""What the parser reads, and that it says so when it cannot."""

import contextlib
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifiers.math.errors import Unreadable
from verifiers.math.nodes import Add, Mul, Node, Number, Pow, Symbol, walk
from verifiers.math.parser import parse
from verifiers.math.reading import clean, read, read_answer
from verifiers.math.tokens import normalise


def test_nodes_know_where_they_stand():
    text = "2x^3 + y"
    node = parse(text)
    assert isinstance(node, Add)
    product, y = node.terms
    assert isinstance(product, Mul)
    assert text[product.start : product.end] == "2x^3"
    power = product.factors[1]
    assert isinstance(power, Pow)
    assert text[power.start : power.end] == "x^3"
    assert isinstance(y, Symbol)
    assert text[y.start : y.end] == "y"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 2",
        "1 +",
        "* 3",
        "(1",
        "1)",
        r"\frac{1}",
        r"\frac{1}{2",
        r"\unknown{3}",
        r"\begin{pmatrix}1&2\\3\end{pmatrix}",
        r"\sum k",
        r"\int x",
        "9_7_5",
        "x^2^{3}^{4}",
        "12_1",
        "5 not 6",
        "import os",
        "a; DROP TABLE 1",
        "print(4) if x",
        "1\u202e2",
        "х+1",
        "(" * 100 + "1" + ")" * 100,
        "1+" * 3000 + "1",
    ],
)
def test_what_is_no_maths_is_not_read(text):
    with pytest.raises(Unreadable):
        parse(normalise(text))


@pytest.mark.parametrize("text", ["3 1/2", "3\\frac12", "3½", "3\\frac{1}{2}", "3.5"])
def test_mixed_numbers_are_one_number(text):
    node = parse(normalise(text))
    assert isinstance(node, Number)
    assert node.value * 2 == 7


MATHS = st.lists(
    st.sampled_from(
        [
            *"0123456789xyzie+-*/^_=<>!|()[]{},.;:%$ '&\\\n",
            *("\\frac", "\\sqrt", "\\pm", "\\left", "\\right", "\\{", "\\}", "\\text{", "\\sin "),
            *("\\begin{pmatrix}", "\\end{pmatrix}", "\\\\", "\\cup", "\\infty", "\\sum_{k=1}^{3}"),
            *("sqrt", " or ", " and ", " cm", "π", "²", "½", "∞", "\\int_0^1 ", "dx", "\\binom"),
        ]
    ),
    max_size=40,
).map("".join)


@settings(max_examples=600, deadline=None)
@given(MATHS | st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    for reader in (read, read_answer):
        try:
            node = reader(clean(text))
        except Unreadable:
            continue
        assert isinstance(node, Node)
        assert all(0 <= part.start <= part.end for part in walk(node))


def steps(text):
    """Calls that reading the text takes: a clock that other work on the machine cannot slow."""
    count = 0

    def step(_frame, _event, _argument):
        nonlocal count
        count += 1

    sys.setprofile(step)
    try:
        with contextlib.suppress(Unreadable):
            read_answer(clean(text))
    finally:
        sys.setprofile(None)
    return count


@settings(max_examples=40, deadline=None)
@given(MATHS.filter(lambda text: len(text) > 3))
def test_time_is_linear_in_the_length(text):
    short, long = (text * 500)[:1000], (text * 2000)[:4000]
    assert steps(long) < 8 * steps(short) + 10_000
