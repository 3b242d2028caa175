"""Counters and histograms in the form that Prometheus reads, however many labels there are."""

import pytest

from app.watching.series import MANY_SERIES, Spread, Tally


def samples(series):
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in series.collect()
        for sample in family.samples
    }


def test_a_tally_counts_each_set_of_labels():
    tally = Tally("eggs", "Eggs laid.", ("hen", "day"))
    for labels in [("a", "1"), ("a", "1"), ("b", "1")]:
        tally.add(*labels)

    assert samples(tally) == {("eggs_total", "a", "1"): 2, ("eggs_total", "b", "1"): 1}


def test_a_spread_counts_up_to_each_bound_inclusively():
    spread = Spread("wait_seconds", "Waits.", ("who",))
    for seconds in (0.0005, 0.001, 0.0011, 1000.0):
        spread.add(seconds, "a")

    found = samples(spread)

    assert found["wait_seconds_bucket", "a", "0.001"] == 2
    assert found["wait_seconds_bucket", "a", "0.003"] == 3
    assert found["wait_seconds_bucket", "a", "300.0"] == 3
    assert found["wait_seconds_bucket", "a", "+Inf"] == 4
    assert found["wait_seconds_count", "a"] == 4
    assert found["wait_seconds_sum", "a"] == pytest.approx(1000.0026)


def test_what_was_never_counted_has_no_series():
    assert samples(Tally("eggs", "Eggs.", ("hen",))) == {}
    assert samples(Spread("wait_seconds", "Waits.", ("who",))) == {}


@pytest.mark.parametrize("series", ["tally", "spread"])
def test_where_there_are_many_the_language_is_given_up_and_nothing_else(series):
    labels = ("verifier", "language", "error")
    tally, spread = Tally("n", "N.", labels), Spread("s", "S.", labels)
    for number in range(MANY_SERIES + 50):
        tally.add("math", str(number), "")
        spread.add(1.0, "math", str(number), "")
    for verifier in ("code.stdio", "math"):
        for _ in range(2):
            tally.add(verifier, "cpp", "sandbox")
            spread.add(1.0, verifier, "cpp", "sandbox")

    counted = samples(tally) if series == "tally" else samples(spread)
    name = "n_total" if series == "tally" else "s_count"

    assert len([key for key in counted if key[0] == name]) == MANY_SERIES + 3
    assert counted[name, "math", "other", ""] == 50
    assert counted[name, "math", "0", ""] == 1
    assert counted[name, "math", "other", "sandbox"] == 2
    assert counted[name, "code.stdio", "other", "sandbox"] == 2


def test_what_has_no_language_is_never_folded():
    tally = Tally("n", "N.", ("route", "status"))
    for number in range(MANY_SERIES + 50):
        tally.add("/v1/score", str(number))

    assert len(samples(tally)) == MANY_SERIES + 50
