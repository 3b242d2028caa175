"""Times of quiet: when one begins, how long it may last, and what others have of the time."""

import asyncio
import heapq

import pytest

from sandbox.quiet import LONGEST_S, Quiet


class Loop:
    """Time that passes when a test says so."""

    def __init__(self):
        self.now = 0.0
        self.calls = []

    def time(self):
        return self.now

    def call_at(self, when, call):
        heapq.heappush(self.calls, (when, len(self.calls), call))

    def go_on(self, until):
        while self.calls and self.calls[0][0] <= until:
            self.now, _, call = heapq.heappop(self.calls)
            call()
        self.now = until


@pytest.fixture
def loop(monkeypatch):
    loop = Loop()
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: loop)
    return loop


class Machine:
    """What a pool tells, and when it was told to look again."""

    def __init__(self, loop):
        self.loop = loop
        self.looked = []
        self.told = {"wanted": False, "is_used": False, "others_wait": True}
        self.quiet = Quiet(lambda: self.looked.append(loop.now))

    def is_quiet(self, **told):
        self.told |= told
        return self.quiet.reigns(**self.told)


@pytest.fixture
def machine(loop):
    return Machine(loop)


def test_there_is_none_unless_somebody_wants_it(machine):
    assert not machine.is_quiet()
    assert machine.is_quiet(wanted=True)


def test_it_lasts_as_long_as_somebody_wants_it_or_is_alone(machine, loop):
    assert machine.is_quiet(wanted=True)
    loop.go_on(5)
    assert machine.is_quiet(wanted=False, is_used=True)
    assert machine.is_quiet(wanted=True, is_used=False), "the next one follows at once"
    assert not machine.is_quiet(wanted=False)


def test_after_it_others_have_as_much_time(machine, loop):
    machine.is_quiet(wanted=True)
    loop.go_on(5)
    machine.is_quiet(wanted=False)

    assert not machine.is_quiet(wanted=True)
    loop.go_on(9.9)
    assert not machine.is_quiet()
    loop.go_on(10)
    assert machine.looked == [10]
    assert machine.is_quiet()


def test_where_nobody_else_waits_nobody_has_to_be_given_time(machine, loop):
    machine.is_quiet(wanted=True)
    loop.go_on(5)
    machine.is_quiet(wanted=False)

    assert machine.is_quiet(wanted=True, others_wait=False)


def test_it_ends_when_nobody_could_be_alone_for_long(machine, loop):
    assert machine.is_quiet(wanted=True)
    loop.go_on(LONGEST_S)

    assert machine.looked == [LONGEST_S]
    assert not machine.is_quiet()
    loop.go_on(2 * LONGEST_S)
    assert machine.is_quiet()


def test_whoever_is_alone_may_end_in_peace(machine, loop):
    machine.is_quiet(wanted=True)
    loop.go_on(LONGEST_S - 1)
    machine.is_quiet(is_used=True)
    loop.go_on(LONGEST_S + 50)

    assert machine.is_quiet(is_used=True)
    assert not machine.is_quiet(is_used=False), "though another wants to be"
