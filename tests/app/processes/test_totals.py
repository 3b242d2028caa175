"""Metrics of several processes, added up."""

import pytest

from app.processes.totals import Totals, told
from app.watching.gauges import counter, counters, gauge, gauges
from app.watching.metrics import Metrics, Reading


def read(families):
    """Every series that there is: name and labels, as text, to value."""
    lines = Reading(families).exposition().decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def totals_of(*processes, own=()):
    totals = Totals()
    for number, families in enumerate(processes):
        totals.hear(number, told(families))
    return read(totals.families(told(own)))


def test_counters_and_histograms_are_added_up():
    def metrics(route, times):
        found = Metrics()
        for _ in range(times):
            found.request_done(route, "POST", 200, seconds=0.002)
        return found.read().families

    found = totals_of(metrics("/a", 2), metrics("/a", 3), own=metrics("/b", 1))

    posted = 'method="POST",route="/{}",status="200"'
    assert found[f"rewardbox_requests_total{{{posted.format('a')}}}"] == 5
    assert found[f"rewardbox_requests_total{{{posted.format('b')}}}"] == 1
    assert found['rewardbox_request_seconds_bucket{le="0.003",route="/a"}'] == 5
    assert found['rewardbox_request_seconds_bucket{le="0.001",route="/a"}'] == 0
    assert found['rewardbox_request_seconds_sum{route="/a"}'] == pytest.approx(0.01)


def test_what_each_has_a_part_of_is_added_up_and_what_is_so_in_all_is_not():
    def process(items, slots, alarm, ready):
        return [
            gauge("items_waiting", "", items),
            gauge("slots", "", slots),
            gauges("share_alarm", "", "of", {"null": alarm}),
            gauge("ready", "", ready),
        ]

    found = totals_of(process(3, 8, 0, True), process(4, 8, 1, False))

    assert found == {
        "rewardbox_items_waiting": 7,
        "rewardbox_slots": 8,
        'rewardbox_share_alarm{of="null"}': 1,
        "rewardbox_ready": 0,
    }


def test_what_a_process_counted_stays_when_it_ends_and_what_it_was_does_not():
    totals = Totals()
    for again in range(1, 4):
        families = [
            counters("items", "", "verifier", {"math": 2}),
            counter("runs", "", again),
            gauge("items_waiting", "", 5),
        ]
        totals.hear(0, told(families))
        totals.end(0)

    assert read(totals.families(told([]))) == {
        'rewardbox_items_total{verifier="math"}': 6,
        "rewardbox_runs_total": 6,
    }


def test_who_never_told_anything_may_end():
    totals = Totals()
    totals.end(3)
    assert totals.families(told([])) == []
