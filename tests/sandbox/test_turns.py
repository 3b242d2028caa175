"""Whose turn it is: runners are shared by the time they are held, and nobody waits for ever.

Time is simulated, so that what is measured does not depend on the machine.
"""

import heapq
import itertools
import random
import sys
from collections import Counter
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.circle import Circle
from sandbox.turns import Turns
from sandbox.types import Claim, Priority, Tier

pytestmark = pytest.mark.anyio


class Simulation:
    """Runners that are held for as long as the claim of a turn is said to take."""

    def __init__(self, slots=2):
        self.now = 0.0
        self.turns = Turns(clock=lambda: self.now)
        self.free = slots
        self.held_s = Counter()
        self.waited_s = {}
        self._endings = []
        self._numbers = itertools.count()
        self._of = {}

    def ask(self, claim, seconds, *, count=1, tier=Tier.WARM, first=False, again=False):
        """`again` asks once more when a turn is over, perhaps with the claim that it gives."""
        for _ in range(count):
            turn = self.turns.take(tier, claim, has_deadline=False, first=first)
            self._of[turn] = (claim, seconds, again)
        return turn

    def go_on(self, until, *, tiers=tuple(Tier), arrivals=()):
        """Until that time; `arrivals` are times with a function to be called then."""
        for when, act in arrivals:
            heapq.heappush(self._endings, (when, next(self._numbers), act))
        self._hand_out(tiers)
        while self._endings and self._endings[0][0] <= until:
            self.now, _, act = heapq.heappop(self._endings)
            act()
            self._hand_out(tiers)
        self.now = until

    def _hand_out(self, tiers):
        while self.free and (turn := self.turns.next(tiers)) is not None:
            self.free -= 1
            turn.runner.set_result(None)
            claim, seconds, _ = self._of[turn]
            self.waited_s.setdefault(claim, []).append(self.now - turn.since)
            ending = (self.now + seconds, next(self._numbers), lambda turn=turn: self._end(turn))
            heapq.heappush(self._endings, ending)

    def _end(self, turn):
        claim, seconds, again = self._of.pop(turn)
        self.free += 1
        self.turns.end(turn)
        self.held_s[claim] += seconds
        if again:
            self.ask(claim if again is True else again(), seconds, again=again)


def client(name, **claim):
    return Claim(client=name, **claim)


def request(number, **claim):
    return Claim(request=number, **claim)


async def test_equals_are_served_as_they_came():
    simulation = Simulation(slots=1)
    first = [simulation.turns.take(Tier.WARM, Claim(), has_deadline=False, first=False)]
    first += [
        simulation.turns.take(Tier.WARM, request(n), has_deadline=False, first=False)
        for n in range(3)
    ]
    assert [simulation.turns.next([Tier.WARM]) for _ in range(4)] == first
    assert simulation.turns.next([Tier.WARM]) is None


@pytest.mark.parametrize("slots", [1, 2, 7])
@pytest.mark.parametrize(
    ("one", "other"), [(client("a"), client("b")), (request(1), request(2)), (Claim(), request(1))]
)
async def test_equals_share_evenly_by_time_however_long_each_takes(slots, one, other):
    simulation = Simulation(slots)
    simulation.ask(one, 10.0, count=20, again=True)
    simulation.ask(other, 0.1, count=20, again=True)

    simulation.go_on(until=300)

    assert simulation.held_s[one] == pytest.approx(150 * slots, rel=0.1)
    assert simulation.held_s[other] == pytest.approx(150 * slots, rel=0.1)


async def test_a_client_with_many_requests_has_no_more_than_one_with_few():
    simulation = Simulation()
    for number in range(50):
        simulation.ask(client("many", request=number), 1.0, count=4, again=True)
    simulation.ask(client("few"), 1.0, count=4, again=True)

    simulation.go_on(until=1000)

    assert simulation.held_s[client("few")] == pytest.approx(1000, rel=0.1)


async def test_a_short_item_waits_for_one_turn_and_not_for_a_batch():
    simulation = Simulation(slots=2)
    batch, single = request(1), Claim()
    simulation.ask(batch, 10.0, count=10_000)
    posts = [(100 + 60 * n, lambda: simulation.ask(single, 0.1)) for n in range(20)]

    simulation.go_on(until=2000, arrivals=posts)

    assert max(simulation.waited_s[single]) <= 10.0
    assert simulation.held_s[batch] > 3800  # and the batch lost nothing but that


async def test_priorities_share_in_powers_of_eight():
    simulation = Simulation()
    claims = {priority: Claim(priority=priority) for priority in Priority}
    for claim in claims.values():
        simulation.ask(claim, 0.5, count=20, again=True)

    simulation.go_on(until=1500)

    held = {priority: simulation.held_s[claim] for priority, claim in claims.items()}
    assert held[Priority.HIGH] / held[Priority.NORMAL] == pytest.approx(8, rel=0.1)
    assert held[Priority.NORMAL] / held[Priority.LOW] == pytest.approx(8, rel=0.1)


async def test_a_priority_takes_nothing_from_other_clients():
    simulation = Simulation()
    pushy, modest = client("a", priority=Priority.HIGH), client("b", priority=Priority.LOW)
    for claim in (pushy, modest):
        simulation.ask(claim, 0.5, count=20, again=True)

    simulation.go_on(until=1000)

    assert simulation.held_s[modest] == pytest.approx(1000, rel=0.05)


async def test_idle_time_cannot_be_saved_up():
    simulation = Simulation()
    busy, late = client("busy"), client("late")
    simulation.ask(busy, 1.0, count=20, again=True)
    simulation.go_on(until=1000)
    simulation.ask(late, 1.0, count=20, again=True)

    simulation.go_on(until=1100)

    assert simulation.held_s[late] == pytest.approx(100, abs=5)


async def test_what_was_used_while_nobody_waited_is_not_held_against_anybody():
    simulation = Simulation()
    early, late = client("early"), client("late")
    simulation.ask(early, 1.0, count=500)
    simulation.go_on(until=250)
    for claim in (early, late):
        simulation.ask(claim, 1.0, count=20, again=True)

    simulation.go_on(until=350)

    assert simulation.held_s[early] - 500 == pytest.approx(100, abs=5)


async def test_newcomers_starve_nobody():
    """There are always two requests that are new, and so have had nothing yet, beside a batch."""
    simulation = Simulation(slots=1)
    batch = request(0)
    numbers = itertools.count(1)
    simulation.ask(batch, 5.0, count=20, again=True)
    for _ in range(2):
        simulation.ask(request(next(numbers)), 0.1, again=lambda: request(next(numbers)))

    simulation.go_on(until=300)

    assert simulation.held_s[batch] == pytest.approx(100, rel=0.25)


async def test_going_away_and_coming_back_pays_no_debts():
    simulation = Simulation(slots=1)
    single, batch = Claim(), request(1)
    simulation.ask(batch, 0.1, count=20, again=True)
    # One long item at a time, each asked for as soon as the last one is done.
    simulation.ask(single, 10.0, again=True)

    simulation.go_on(until=1000)

    assert simulation.held_s[single] == pytest.approx(500, rel=0.1)


async def test_some_go_before_all_others_and_are_charged_for_it():
    simulation = Simulation(slots=1)
    one, other = client("a"), client("b")
    simulation.ask(one, 1.0, count=2)
    simulation.ask(other, 1.0)
    late = simulation.ask(other, 1.0, first=True)

    simulation.go_on(until=0.5)
    assert late.runner.done()
    simulation.go_on(until=2.5)
    assert simulation.held_s == {other: 1.0, one: 1.0}
    simulation.go_on(until=10)
    assert len(simulation.turns) == 0


async def test_each_tier_has_lines_of_its_own():
    simulation = Simulation(slots=2)
    fresh = simulation.ask(Claim(), 1.0, tier=Tier.FRESH)
    warm = simulation.ask(Claim(), 1.0)

    simulation.go_on(until=0.5, tiers=[Tier.WARM])

    assert (warm.runner.done(), fresh.runner.done()) == (True, False)
    assert len(simulation.turns) == 1
    assert simulation.turns.oldest == 0.0


async def test_who_has_given_up_is_passed_over():
    simulation = Simulation(slots=1)
    gone, stays = simulation.ask(client("a"), 1.0), simulation.ask(client("b"), 1.0)
    gone.runner.cancel()

    simulation.go_on(until=0.5)

    assert stays.runner.done()
    assert len(simulation.turns) == 0
    simulation.turns.leave(gone)


async def test_all_can_be_sent_away():
    simulation = Simulation(slots=1)
    patient = simulation.turns.take(Tier.WARM, Claim(), has_deadline=False, first=False)
    bound = simulation.turns.take(Tier.WARM, Claim(), has_deadline=True, first=True)

    assert simulation.turns.leave_all(patient_only=True) == [patient]
    assert simulation.turns.leave_all() == [bound]
    assert (len(simulation.turns), simulation.turns.oldest) == (0, None)


claims = st.builds(
    Claim,
    client=st.sampled_from(["a", "b"]),
    request=st.sampled_from([None, 1, 2]),
    priority=st.sampled_from(Priority),
)
asked = st.tuples(
    claims,
    st.sampled_from([0.0, 0.01, 1.0, 30.0]),
    st.sampled_from(Tier),
    st.booleans(),
    st.integers(0, 40),
)


@given(st.lists(asked, max_size=60), st.integers(1, 5))
@settings(max_examples=60)
async def test_everybody_has_a_turn_and_no_runner_is_idle_while_one_waits(asked, slots):
    simulation = Simulation(slots)
    arrivals = [
        (
            float(when),
            lambda claim=claim, seconds=seconds, tier=tier, first=first: simulation.ask(
                claim, seconds, tier=tier, first=first
            ),
        )
        for claim, seconds, tier, first, when in asked
    ]

    simulation.go_on(until=41, arrivals=arrivals)
    assert simulation.free == 0 or len(simulation.turns) == 0
    simulation.go_on(until=41 + sum(seconds for _, seconds, *_ in asked))

    assert (simulation.free, len(simulation.turns)) == (slots, 0)
    assert sum(map(len, simulation.waited_s.values())) == len(asked)


async def test_whoever_has_had_least_is_next_however_it_is_looked_up():
    """Of all members that wait, one by one, the lookup must find the same."""
    simulation, chance = Simulation(slots=3), random.Random(1)
    circle = simulation.turns._circle
    for _ in range(400):
        claim = Claim(
            client=chance.choice("abcdef"),
            request=chance.choice([None, 1, 2, 3]),
            priority=chance.choice(list(Priority)),
        )
        tier = chance.choice(list(Tier))
        turn = simulation.ask(claim, chance.uniform(0, 5), count=chance.randrange(1, 4), tier=tier)
        if chance.random() < 0.2:
            simulation.turns.leave(turn)
        tiers = chance.choice([[Tier.WARM], [Tier.FRESH], list(Tier)])
        lines = [line for client in circle.members.values() for line in [client.lines]]
        circles: list[Circle[Any]] = [circle, *lines]
        for each in circles:
            waiting = [
                (*member.standing(simulation.now), member.number)
                for member in each.members.values()
                if any(member.waiting[tier] for tier in tiers)
            ]
            found = each.next(tiers, simulation.now)
            told = found and (*found.standing(simulation.now), found.number)
            assert told == min(waiting, default=None)
        simulation.go_on(until=simulation.now + chance.uniform(0, 0.5))


async def test_finding_who_is_next_takes_no_longer_the_more_there_are():
    async def calls(count):
        simulation = Simulation()
        for number in range(count):
            simulation.ask(request(number), 1.0)
            simulation.ask(client(str(number)), 1.0)
        with counting_calls() as counted:
            turns = [simulation.turns.next(tuple(Tier)) for _ in range(20)]
            for turn in turns:
                simulation.turns.end(turn)
        return counted[0]

    assert await calls(1000) < 1.5 * await calls(30)


async def test_what_is_asked_for_and_given_up_leaves_nothing_behind():
    simulation = Simulation(slots=0)
    for number in range(2000):
        simulation.turns.leave(simulation.ask(request(number), 1.0))

    heaps = simulation.turns._circle._waiting.values()
    assert sum(map(len, heaps)) < 100


@contextmanager
def counting_calls():
    counted = [0]

    def note(frame, event, argument):
        counted[0] += event == "call"

    sys.setprofile(note)
    try:
        yield counted
    finally:
        sys.setprofile(None)
