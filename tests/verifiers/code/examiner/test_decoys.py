"""Other arguments, among which nothing tells those of the tests."""

from decimal import Decimal

import pytest

from verifiers.code.examiner.decoys import like, values_like


@pytest.mark.parametrize(
    "value", [3, 2.5, "Ada 1815", "x", [1, "a"], ["", [None, 4]], (True, 2), {"a": 1, 2: "b"}]
)
def test_values_are_of_one_kind_and_none_is_there_twice(value):
    first, *others = values_like(value)
    assert first == value
    assert len(others) >= 20
    assert {type(each) for each in others} == {type(value)}
    assert len(set(map(repr, [first, *others]))) == 1 + len(others)


@pytest.mark.parametrize("value", [None, True, "", "-", [], [None, object], float("nan"), {1: ()}])
def test_there_is_nothing_like_what_has_no_parts_to_alter(value):
    assert len(values_like(value)) == 1


@pytest.mark.parametrize("number", [3, -40, 1000, 12345, 2.5, 0.1, 100.0, 1e300, 1 / 3])
def test_numbers_are_as_round_as_those_like_them(number):
    def places(each):
        return Decimal(repr(each)).normalize().as_tuple().exponent

    assert places(number) <= min(map(places, filter(None, values_like(number))))


@pytest.mark.parametrize("numbers", [(2, 3), (10, 25), (0.2, 0.7), (7000, 4000), (-3, 4)])
def test_numbers_are_no_smaller_than_many_like_them(numbers):
    own, *others = like((list(numbers), {}))
    sizes = [sum(map(abs, args)) for args, _ in others]
    assert len(others) > 150
    assert sum(size < sum(map(abs, own[0])) for size in sizes) > 15


def test_all_arguments_that_can_be_are_altered_together():
    marker = object()
    (args, kwargs), *others = like(([1, marker], {"name": "Ada", "live": True}))
    assert (args, kwargs) == ([1, marker], {"name": "Ada", "live": True})
    assert len(others) > 100
    for (number, same), named in others:
        assert number != 1
        assert same is marker
        assert named["name"] != "Ada"
        assert named["live"] is True


def test_of_arguments_that_cannot_be_altered_there_are_no_others():
    assert like(([None], {})) == [([None], {})]
