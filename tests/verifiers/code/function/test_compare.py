"""Which results are equal to what was expected, under each of the rules."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from verifiers.code.function.compare import (
    Foreign,
    NoNodes,
    Rules,
    Unordered,
    first_difference,
)

EXACT = Rules()
STRICT = Rules(strict_numbers=True)
FREE = Rules(order="free")
FREE_DEEP = Rules(order="free_deep")
CLOSE = Rules(abs_tolerance=1e-6, rel_tolerance=1e-6)
ALL = [EXACT, STRICT, FREE, FREE_DEEP, CLOSE]

NUMBERS = st.integers() | st.floats() | st.sampled_from([0, -0.0, 1, 1.0, True, False, 10**400])
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=12,
)


def equal(actual, expected, rules=EXACT):
    return first_difference(actual, expected, rules) is None


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (1, 1.0),
        (-0.0, 0.0),
        (math.nan, math.nan),
        (math.inf, math.inf),
        (2**80, 2**80),
        (10**25, 1e25 if 1e25 == 10**25 else 10**25),
        ({"a": [1, None]}, {"a": [1.0, None]}),
        ("é", "é"),
        (NoNodes(), []),
        ([], []),
    ],
)
def test_equal(actual, expected):
    assert equal(actual, expected)
    assert equal([actual], [expected], FREE)
    assert equal([actual], [expected], FREE_DEEP)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (True, 1),
        (1, True),
        (False, 0),
        (0, None),
        ("1", 1),
        (2**80, 2**80 + 1),
        (2**53 + 1, float(2**53)),
        (math.nan, 1.0),
        (1.0, math.nan),
        (math.inf, -math.inf),
        (math.inf, 1e308),
        ([], None),
        ([], {}),
        ([1], [1, 2]),
        ([1, 2], [1]),
        ([1, 2], [2, 1]),
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"b": 1}),
        ({"a": 1, "b": 1}, {"a": 1}),
        ("a", ["a"]),
        ("", []),
        ("", None),
        (NoNodes(), [1]),
        (NoNodes(), 0),
        (Foreign("set"), []),
        (Foreign("object"), None),
        (Unordered([1]), [1]),
        ([Unordered([])], [[]]),
    ],
)
def test_different(actual, expected):
    assert not equal(actual, expected)


@pytest.mark.parametrize(
    ("actual", "expected", "free", "deep"),
    [
        ([1, 2], [2, 1], True, True),
        ([[1, 2], [3]], [[3], [2, 1]], False, True),
        ([[1, 2], [3]], [[3], [1, 2]], True, True),
        ([1, 1, 2], [1, 2, 2], False, False),
        ([1, True], [True, 1.0], True, True),
        ([1, 1], [True, 1], False, False),
        ([0.0], [-0.0], True, True),
        ([math.nan, 1], [1, math.nan], True, True),
        (Unordered([2, 1]), [1, 2], True, True),
        ([Unordered([2, 1])], [[1, 2]], False, True),
        ({"a": [1, 2]}, {"a": [2, 1]}, False, True),
        ([{"a": 1}, {"b": 2}], [{"b": 2}, {"a": 1}], True, True),
        ([Foreign("set")], [Foreign("set")], False, False),
        ([[]], [None], False, False),
    ],
)
def test_where_order_is_free(actual, expected, free, deep):
    assert equal(actual, expected, FREE) is free
    assert equal(actual, expected, FREE_DEEP) is deep


@pytest.mark.parametrize(
    ("actual", "expected", "close"),
    [
        (1.0000001, 1, True),
        (1.00001, 1.0, False),
        (10**15, 10**15 + 1, False),
        (1e15, 10**15 + 1, False),
        (10**15, 1e15 + 1, True),
        (math.nan, 1.0, False),
        (math.inf, 1e308, False),
        (10**400, 1e308, False),
        (1e308, 10**400, False),
        ([0.1 + 0.2, "a"], [0.3, "a"], True),
        (True, 1.0, False),
        ("1.0000001", "1", False),
    ],
)
def test_within_a_tolerance(actual, expected, close):
    assert equal(actual, expected, CLOSE) is close


def test_an_integer_is_met_within_the_absolute_tolerance_only():
    assert equal(3.0000001, 3, CLOSE)
    assert not equal(123456780.0, 123456789, CLOSE)
    assert not equal(123456789012345680.0, 123456789012345678, CLOSE)
    assert not equal(float("inf"), 10**400, CLOSE)
    assert equal(123456780, 123456780.5, CLOSE)


def test_numbers_of_different_kinds_differ_only_where_asked():
    assert equal([1], [1.0])
    assert not equal([1], [1.0], STRICT)
    assert equal([1.0], [1.0], STRICT)


@given(value=VALUES, rules=st.sampled_from(ALL))
def test_every_value_equals_itself(value, rules):
    assert equal(value, value, rules)


@given(one=VALUES, other=VALUES, rules=st.sampled_from(ALL))
def test_equality_goes_both_ways(one, other, rules):
    assert equal(one, other, rules) == equal(other, one, rules)


@given(one=VALUES, other=VALUES)
def test_looser_rules_accept_what_stricter_ones_do(one, other):
    if equal(one, other, STRICT):
        assert equal(one, other)
    if equal(one, other):
        assert all(equal(one, other, rules) for rules in (FREE, FREE_DEEP, CLOSE))
    if equal(one, other, FREE):
        assert equal(one, other, FREE_DEEP)


@given(items=st.lists(VALUES, max_size=6), data=st.data())
def test_order_alone_makes_no_difference_where_it_is_free(items, data):
    assert equal(data.draw(st.permutations(items)), items, FREE)


@given(items=st.lists(st.integers(0, 3), min_size=1), other=st.integers(0, 3), data=st.data())
def test_another_item_always_makes_one(items, other, data):
    place = data.draw(st.integers(0, len(items) - 1))
    assume(items[place] != other)
    changed = [*items[:place], other, *items[place + 1 :]]
    assert not any(equal(changed, items, rules) for rules in ALL)


def test_a_list_or_tree_without_nodes_is_null_too():
    assert all(equal(NoNodes(), None, rules) for rules in ALL)


def test_a_difference_names_its_place_and_what_was_expected_only_on_request():
    difference = first_difference({"a": [1, 2]}, {"a": [1, 4711]}, EXACT)
    assert difference.describe() == 'result["a"][1] differs'.replace('"', "'")
    assert "4711" in difference.describe(reveal_expected=True)
