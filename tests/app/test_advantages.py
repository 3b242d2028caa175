"""Advantages and ranks: properties that hold for every group, and the formulas by example."""

import math
import statistics

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.advantages import advantages, ranks

KINDS = ("grpo", "dr_grpo", "rloo")

rewards = st.floats(0, 1)
groups = st.lists(rewards | st.none(), max_size=32)
kinds = st.sampled_from(KINDS)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("dr_grpo", [0.5, -0.5, 0.5, -0.5]),
        ("grpo", [0.5 / math.sqrt(1 / 3), -0.5 / math.sqrt(1 / 3)] * 2),
        ("rloo", [1 - 1 / 3, 0 - 2 / 3, 1 - 1 / 3, 0 - 2 / 3]),
    ],
)
def test_by_example(kind, expected):
    assert advantages([1.0, 0.0, 1.0, 0.0], kind) == pytest.approx(expected)


@given(groups, kinds)
def test_each_is_finite_and_those_without_reward_take_no_part(group, kind):
    result = advantages(group, kind)

    assert len(result) == len(group)
    assert all(map(math.isfinite, result))
    assert all(value == 0.0 for value, reward in zip(result, group, strict=True) if reward is None)
    known = [reward for reward in group if reward is not None]
    assert [
        value for value, reward in zip(result, group, strict=True) if reward is not None
    ] == advantages(known, kind)


@given(groups, kinds)
def test_they_sum_to_zero(group, kind):
    result = advantages(group, kind)

    assert math.fsum(result) == pytest.approx(0.0, abs=1e-6 * max(1, *map(abs, result), 1))


@given(groups, kinds)
def test_a_better_reward_is_never_a_lesser_advantage(group, kind):
    pairs = sorted(
        (reward, value)
        for reward, value in zip(group, advantages(group, kind), strict=True)
        if reward is not None
    )

    assert [value for _, value in pairs] == sorted(value for _, value in pairs)


@given(rewards, st.integers(0, 8), kinds)
def test_nobody_stands_out_alone_or_among_equals(reward, others, kind):
    assert advantages([reward, *[None] * others], kind) == [0.0] * (others + 1)
    if kind == "grpo":
        assert advantages([reward] * (others + 1), kind) == [0.0] * (others + 1)
    else:
        assert advantages([reward] * (others + 1), kind) == pytest.approx([0.0] * (others + 1))


@given(st.lists(rewards, min_size=2, max_size=32))
def test_grpo_has_unit_deviation(group):
    assume(statistics.stdev(group) > 1e-6)

    assert statistics.stdev(advantages(group, "grpo")) == pytest.approx(1.0)


@given(st.lists(rewards, min_size=2, max_size=16), st.data())
def test_rloo_compares_with_the_mean_of_the_others(group, data):
    index = data.draw(st.integers(0, len(group) - 1))
    others = group[:index] + group[index + 1 :]

    result = advantages(group, "rloo")[index]

    assert result == pytest.approx(group[index] - statistics.fmean(others), abs=1e-9)


def test_ranks_by_example():
    assert ranks([0.5, 1.0, None, 0.5, 0.0, 1.0]) == [3, 1, None, 3, 5, 1]


@given(groups)
def test_a_rank_is_one_more_than_those_who_are_better(group):
    known = [reward for reward in group if reward is not None]

    for reward, rank in zip(group, ranks(group), strict=True):
        if reward is None:
            assert rank is None
        else:
            assert rank == 1 + sum(other > reward for other in known)
