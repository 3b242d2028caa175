"""Alarms: when null rewards or time limits suddenly become many, and when that is over."""

import random

import pytest
import structlog

from app.watching.shares import LEAST, RECENT, Kind, Shares

GOOD = {"verdict": "accepted", "error": ""}
WRONG = {"verdict": "wrong_answer", "error": ""}
LATE = {"verdict": "time_limit_exceeded", "error": ""}
NULL = {"verdict": "", "error": "sandbox"}


@pytest.fixture
def shares():
    return Shares()


def tell(shares, *items, times=1, verifier="code.stdio"):
    with structlog.testing.capture_logs() as logged:
        for _ in range(times):
            for item in items:
                shares.item_done(verifier, **item)
    return logged


def gauges(shares, verifier="code.stdio"):
    return {
        (sample.name.removeprefix("rewardbox_share_"), sample.labels["of"]): sample.value
        for family in shares.collect()
        for sample in family.samples
        if sample.labels["verifier"] == verifier
    }


def is_alarmed(shares, kind, verifier="code.stdio"):
    return gauges(shares, verifier)["alarm", kind] == 1


def test_null_rewards_from_the_start_are_an_alarm(shares):
    assert tell(shares, NULL, times=LEAST - 1) == []
    (entry,) = tell(shares, NULL)

    assert is_alarmed(shares, Kind.NULL)
    assert entry["log_level"] == "error"
    assert entry["verifier"] == "code.stdio"
    assert (entry["share"], entry["before"]) == (1.0, 0.0)
    assert entry["reasons"] == {"sandbox": LEAST}


def test_a_jump_of_null_rewards_is_told_once_and_so_is_its_end(shares):
    assert tell(shares, GOOD, WRONG, times=RECENT) == []

    (began,) = tell(shares, NULL, times=RECENT)
    assert began["event"] == "the share of null rewards has jumped"
    assert tell(shares, NULL, times=RECENT) == []
    (ended,) = tell(shares, GOOD, times=RECENT)

    assert ended["event"] == "the alarm is over"
    assert not is_alarmed(shares, Kind.NULL)


def test_null_rewards_never_become_what_is_usual(shares):
    tell(shares, GOOD, times=RECENT)
    tell(shares, NULL, times=20_000)

    assert is_alarmed(shares, Kind.NULL)
    assert gauges(shares)["past", Kind.NULL] < 0.01


def test_few_null_rewards_are_no_alarm(shares):
    assert tell(shares, *[GOOD] * 19, NULL, times=200) == []
    assert gauges(shares)["recent", Kind.NULL] == 0.05


def test_time_limits_that_were_always_many_are_no_alarm(shares):
    assert tell(shares, LATE, WRONG, times=5000) == []
    assert gauges(shares)["recent", Kind.TIME_LIMIT] == 0.5


def test_a_jump_of_time_limits_is_an_alarm_until_it_is_what_is_usual(shares):
    tell(shares, *[GOOD] * 9, LATE, times=250)

    (began,) = tell(shares, LATE, GOOD, times=RECENT)
    assert began["event"] == "the share of time limits has jumped"
    assert is_alarmed(shares, Kind.TIME_LIMIT)
    (ended,) = tell(shares, LATE, GOOD, times=10_000)

    assert ended["event"] == "the alarm is over"


def test_items_without_a_reward_say_nothing_of_time_limits(shares):
    tell(shares, LATE, GOOD, times=RECENT)
    tell(shares, NULL, times=RECENT)

    assert gauges(shares)["recent", Kind.TIME_LIMIT] == 0.5


def test_one_verifier_says_nothing_of_another(shares):
    tell(shares, GOOD, times=RECENT, verifier="math")
    tell(shares, NULL, times=RECENT)

    assert is_alarmed(shares, Kind.NULL)
    assert not is_alarmed(shares, Kind.NULL, "math")
    assert gauges(shares, "math")["recent", Kind.NULL] == 0


def test_chance_raises_no_alarm(shares):
    """Groups of 16 that fail or pass together, as one prompt's completions do."""
    draw = random.Random(6)
    logged = []
    for _ in range(2000):
        item = LATE if draw.random() < 0.2 else draw.choice([GOOD, WRONG])
        logged += tell(shares, item, times=16)

    assert logged == []
