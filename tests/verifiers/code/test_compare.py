"""Which outputs are equal, checker by checker."""

import time
import tracemalloc
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers.code import compare

FLOAT = partial(compare.compare_float, abs_tolerance=1e-6, rel_tolerance=1e-6)
CHECKERS: dict[str, Callable[[bytes, bytes], compare.Difference | None]] = {
    "exact": compare.compare_exact,
    "lines": compare.compare_lines,
    "tokens": compare.compare_tokens,
    "float": FLOAT,
    "unordered_lines": compare.compare_unordered_lines,
}
LENIENT = [name for name in CHECKERS if name != "exact"]
OUTPUTS = st.binary(max_size=40) | st.text(alphabet="12.e-+naif \t\r\n", max_size=40).map(
    str.encode
)


def equal(kind, one, other):
    return CHECKERS[kind](one, other) is None


def every_checker(test):
    return pytest.mark.parametrize("kind", CHECKERS)(test)


@every_checker
@given(output=OUTPUTS)
def test_an_output_equals_itself(kind, output):
    assert equal(kind, output, output)
    assert equal(kind, output, bytes(bytearray(output)))


@every_checker
@given(one=OUTPUTS, other=OUTPUTS)
def test_which_is_which_does_not_matter(kind, one, other):
    assert equal(kind, one, other) == equal(kind, other, one)


@every_checker
@given(output=OUTPUTS)
def test_only_what_is_blank_equals_an_empty_expectation(kind, output):
    assert equal(kind, output, b"") == (not output if kind == "exact" else not output.strip())


@pytest.mark.parametrize("kind", LENIENT)
@given(lines=st.lists(st.text(alphabet="ab 1", max_size=5).map(str.encode), max_size=6))
def test_line_ends_and_the_last_newlines_do_not_matter(kind, lines):
    plain = b"\n".join(lines)
    assert equal(kind, b"\r\n".join(lines) + b"\r\n", plain)
    assert equal(kind, b" \t\n".join(lines) + b"\n\n", plain)


@every_checker
@given(one=OUTPUTS, other=OUTPUTS)
def test_stricter_checkers_accept_less(kind, one, other):
    if kind != "exact" and equal("exact", one, other):
        assert equal(kind, one, other)
    if equal("lines", one, other):
        assert equal("unordered_lines", one, other)
        assert equal("tokens", one, other)
    if equal("tokens", one, other):
        assert equal("float", one, other)


SAME = {
    "lines": [("a\n b\n", "a\r\n b  \n\n")],
    "tokens": [("1 2\n3", "1\n2\t3\n"), (" a", "a")],
    "float": [
        ("1.0", "1"), ("0.333333", "0.33333333"), ("1e3", "1000.0"), ("-0", "0"), ("007", "+7"),
        ("nan", "-NaN"), ("inf", "+Infinity"), ("-inf", "-Infinity"), ("x 1.0", "x 1.00"),
        (".5", "0.50"), ("1e999", "1e999"), ("0" * 5000 + "5", "5"),
    ],
    "unordered_lines": [("b\na\n", "a\nb"), ("a\n\nb", "b\na\n")],
}  # fmt: skip
DIFFERENT = {
    "exact": [("a\n", "a"), ("a\r\n", "a\n"), ("", "\n")],
    "lines": [("a b", "a  b"), (" a", "a"), ("a\n\nb", "a\nb"), ("a", "a\nb"),
              ("a\nb", "a"), ("A", "a")],
    "tokens": [("12", "1 2"), ("1", "1 2"), ("1 2", "1"), ("", "1"), ("1.0", "1")],
    "float": [
        ("1.00001", "1"), ("1000001", "1000002"), ("9" * 400, "9" * 399 + "8"), ("-1", "1"),
        ("nan", "1"), ("1", "nan"), ("inf", "1e308"), ("inf", "-inf"), ("nan", "inf"),
        ("1e999", "1e998"), ("1e999", "inf"), ("1_000", "1000"), ("0x10", "16"), ("one", "1"),
        ("1 2", "1"), ("", "0"), ("0", ""), ("1." + "0" * 2000, "1.0"), ("١", "1"),
        ("1e-3x", "1e-3"), ("123456780.0", "123456789"), ("1.23456789e8", "123456780"),
        ("123456789012345680.0", "123456789012345678"), ("1e-999999999", "1"),
    ],
    "unordered_lines": [("a\na\nb", "a\nb\nb"), ("a", "a\na"), ("a\na", "a"), ("b a", "a b")],
}  # fmt: skip


def pairs(table):
    return [pytest.param(kind, *pair, id=f"{kind}-{index}") for kind in table
            for index, pair in enumerate(table[kind])]  # fmt: skip


@pytest.mark.parametrize(("kind", "one", "other"), pairs(SAME))
def test_equal(kind, one, other):
    assert equal(kind, one.encode(), other.encode())


@pytest.mark.parametrize(("kind", "one", "other"), pairs(DIFFERENT))
def test_different(kind, one, other):
    assert not equal(kind, one.encode(), other.encode())


def test_one_tolerance_is_enough():
    wide = partial(compare.compare_float, abs_tolerance=0.1, rel_tolerance=0)
    assert wide(b"0.05", b"0.1") is None
    assert wide(b"1000.0", b"1000.2") is not None
    steep = partial(compare.compare_float, abs_tolerance=0, rel_tolerance=0.01)
    assert steep(b"1000.0", b"1000.2") is None
    assert steep(b"0.0", b"1e-300") is not None


def test_an_integer_is_met_within_the_absolute_tolerance_only():
    wide = partial(compare.compare_float, abs_tolerance=0.1, rel_tolerance=0.1)
    assert wide(b"1000.1", b"1000") is None
    assert wide(b"1000.2", b"1000") is not None
    assert wide(b"1000", b"1000.2") is None


@pytest.mark.parametrize(
    ("kind", "actual", "expected", "where"),
    [
        ("exact", b"abcd", b"abXd", "byte 3 differs"),
        ("lines", b"a\nb\nc", b"a\nB\nc", "line 2 differs"),
        ("lines", b"a", b"a\nsecret", "the output ends before line 2"),
        ("lines", b"a\nb", b"a", "the output goes on with line 2 where it should have ended"),
        ("tokens", b"1 2 3", b"1 2 4", "token 3 differs"),
        ("unordered_lines", b"a", b"a\nsecret", "the output ends before some of the lines"),
        ("unordered_lines", b"a\nb", b"secret\na", "line 2 differs"),
    ],
)
def test_says_where_the_first_difference_is_and_what_it_is_only_if_asked(
    kind, actual, expected, where
):
    difference = CHECKERS[kind](actual, expected)
    assert difference is not None
    assert difference.describe() == where
    assert difference.describe(reveal_expected=True).startswith(f"{where}: expected ")


def test_what_is_shown_is_short():
    difference = compare.compare_lines(b"x" * 10_000, b"y" * 10_000 + b"\xff")
    assert len(difference.describe(reveal_expected=True)) < 300


SIZE = 4 * 1024 * 1024
HUGE = {
    "one line": b"x" * SIZE,
    "empty lines": b"\n" * SIZE,
    "spaces": b" " * SIZE,
    "short lines": b"1\n" * (SIZE // 2),
    "digits": b"1" * SIZE,
    "a fraction": b"0." + b"3" * SIZE,
}


@pytest.mark.parametrize("shape", HUGE)
@every_checker
def test_large_outputs_take_linear_time(kind, shape):
    started = time.process_time()
    assert not equal(kind, HUGE[shape] + b"1", HUGE[shape] + b"2")
    assert time.process_time() - started < 10


@every_checker
def test_large_outputs_take_little_memory(kind):
    output = b"1\n" * 100_000
    tracemalloc.start()
    try:
        assert not equal(kind, output + b"1", output + b"2")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # A piece of text is in pieces of Python's, dozens of bytes each; the whole never is.
    assert peak < 5_000_000
