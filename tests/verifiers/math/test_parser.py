"""What the parser reads, and that it says so when it cannot."""

import contextlib
import re
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifiers.math.cleaning import clean
from verifiers.math.errors import Unreadable
from verifiers.math.nodes import Add, Mul, Node, Number, Pow, Symbol, walk
from verifiers.math.normalising import normalise
from verifiers.math.parser import parse
from verifiers.math.reading import read, read_answer


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


def steps(text, reader=read_answer):
    """Calls that reading the text takes: a clock that other work on the machine cannot slow."""
    count = 0

    def step(_frame, _event, _argument):
        nonlocal count
        count += 1

    sys.setprofile(step)
    try:
        with contextlib.suppress(Unreadable):
            reader(clean(text))
    finally:
        sys.setprofile(None)
    return count


@settings(max_examples=40, deadline=None)
@given(MATHS.filter(lambda text: len(text) > 3))
def test_time_is_linear_in_the_length(text):
    short, long = (text * 500)[:1000], (text * 2000)[:4000]
    assert steps(long) < 8 * steps(short) + 10_000


def cpu_s(text):
    """The least of several times, as other work on the machine only adds to them."""
    times = []
    for _ in range(5):
        started_s = time.process_time()
        with contextlib.suppress(Unreadable):
            read_answer(clean(text))
        times.append(time.process_time() - started_s)
    return min(times)


PIECES = r"""
1,234, 1_234_ 1\,234 1{,}234 1'234 1.234. 1. .. 1e A1 aB1 ab\_ FF\_{ 0.\overline{3 {_}_ \!_ $x$
(1 \quad_ \text{a_ \text{and}_ the_ x_is_ for_all_x_ 5_(a_b (a_b) n_\in_ \text{where_ hours_and_2_
\implies_ 12_out_of_ \phantom{ 3:45_ a.m._ ^{\circ one_ \boxed{ answer_is_ a,_ (A)_ x_in_[ -_ **
1\\[_ 1\frac{\text{m}\,_ 1\,_\frac{
"""
"""What patterns look for, so that they begin to match again and again; _ is a space."""


@pytest.mark.parametrize("piece", PIECES.split())
def test_patterns_take_linear_time_however_they_are_repeated(piece):
    piece = re.sub(r"(?<!\\)_", " ", piece).replace(r"\_", "_")
    # Steps in C, such as those of a pattern that tries again, are no calls that `steps` counts.
    short_s, long_s = (cpu_s((piece * length)[:length]) for length in (1000, 4000))
    assert long_s < 10 * short_s + 0.003


NESTED = st.lists(
    st.sampled_from(
        [
            ("(", ")"),
            ("{", "}"),
            ("\\{", "\\}"),
            ("[", ")"),
            ("1\\frac{", "}{2}"),
            ("\\frac12", ""),
            ("\\sqrt[", "]{2}"),
            ("2^{", "}"),
            ("x_", ""),
            ("\\sin ", ""),
            ("-", ""),
            ("\\pm", ""),
            ("|", "|"),
            ("{2 \\choose ", "}"),
            ("\\text{", "}"),
            ("\\boxed{", "}"),
            ("\\sum_{k=1}^{", "} k"),
            ("\\begin{pmatrix}", "\\end{pmatrix}"),
            ("3 cm^", ""),
            ("1 = ", " or 2"),
        ]
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(NESTED)
def test_time_is_linear_in_the_depth(pairs):
    def nested(levels):
        opening = "".join(left for left, _ in pairs)
        closing = "".join(right for _, right in reversed(pairs))
        return opening * levels + "x" + closing * levels

    assert steps(nested(40), parse) < 6 * steps(nested(10), parse) + 5_000


@pytest.mark.parametrize(
    "text",
    ["(" * 700 + "1" + ")" * 700, "5" + "!" * 900, "1" + "/2*3" * 200, "x" + "^x" * 300],
)
def test_too_many_levels_are_named_as_the_reason(text):
    with pytest.raises(Unreadable, match="levels deep"):
        parse(text)
