"""Two peers over a socket: what one side does to what both have, the other sees."""

import contextlib
import gc
import random
import socket
import threading
from typing import Any

import pytest
from hypothesis import given, settings

from tests.verifiers.code.examiner.test_codec import VALUES, same
from verifiers.code.examiner.codec import Uncarriable
from verifiers.code.examiner.errors import Refused
from verifiers.code.examiner.link import MAX_MESSAGE_BYTES, Link, LinkClosed
from verifiers.code.examiner.peer import Peer, kind_of


class Other:
    """The other side: a thread that does what it is asked, and keeps what it is told to keep."""

    def __init__(self):
        ours, theirs = socket.socketpair()
        self.kept = []
        operations = {
            "same": lambda value: value,
            "keep": self.kept.append,
            "kept": lambda: self.kept[-1],
            "forget": self.kept.clear,
            "change": lambda change: change(self.kept),
            "do": self._do,
            "nested": lambda function, value: function(value),
            "raise": self._raise,
            "wide": lambda count: "x" * count,
        }
        self._peer = Peer(Link(theirs.detach()), operations, kind_of=kind_of, wrap=self._wrap)
        self.us = Peer(Link(ours.detach()), {"call": self._called}, kind_of=kind_of, wrap=None)
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self):
        with contextlib.suppress(LinkClosed):
            self._peer.serve()
        self._peer.link.close()

    def _wrap(self, peer, number, kind, description, part):
        return lambda *args: peer.request("call", number, *args)

    def _called(self, number, *args):
        return self.us._exported[number](*args)

    def _do(self, name, *args):
        getattr(self.kept[-1], name)(*args)

    def _raise(self, value):
        raise ValueError(value)

    def close(self):
        self.us.link.close()
        self._thread.join()


@pytest.fixture(scope="module")
def shared_other():
    other = Other()
    yield other
    other.close()


@pytest.fixture
def other():
    other = Other()
    yield other
    other.close()


@given(VALUES)
@settings(max_examples=200)
def test_whatever_plain_value_goes_over_and_back_is_the_same(shared_other, value):
    assert same(value, shared_other.us.request("same", value))


@given(VALUES)
def test_whatever_plain_value_an_exception_brings_is_the_same(shared_other, value):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - its arguments are looked at
        shared_other.us.request("raise", value)
    assert same(value, caught.value.args[0])


def test_a_list_that_comes_back_is_the_one_that_went(other):
    xs = [1]
    assert other.us.request("same", xs) is xs
    assert other.us.request("same", (xs, {"again": xs}))[1]["again"] is xs


def test_a_list_that_is_kept_is_changed_on_either_side(other):
    xs = [1]
    other.us.request("keep", xs)
    other.us.request("do", "append", 2)
    assert xs == [1, 2]
    xs.append(3)
    assert other.us.request("kept") is xs
    other.us.request("do", "extend", [4, 5])
    assert xs == [1, 2, 3, 4, 5]


def test_what_is_in_what_is_kept_is_shared_too(other):
    inner = {"n": [0]}
    outer: list[Any] = [inner, (inner, 1)]
    other.us.request("keep", outer)
    other.us.request("do", "append", [7])
    outer[2].append(8)
    inner["n"].append(9)
    kept = other.us.request("kept")
    assert kept is outer
    assert kept == [{"n": [0, 9]}, ({"n": [0, 9]}, 1), [7, 8]]


def test_nothing_is_remembered_that_nobody_holds(other):
    for number in range(50):
        other.us.request("same", [number, [number], {number: [number]}])
    gc.collect()
    other.us.request("forget")
    assert len(other.us._shared._entries) == 0
    assert len(other._peer._shared._entries) == 0


def test_a_function_is_called_with_the_list_itself(other):
    xs = [1]
    seen = []

    def function(value):
        seen.append(value is xs)
        value.append(2)
        return value

    assert other.us.request("nested", function, xs) is xs
    assert seen == [True]
    assert xs == [1, 2]


def test_after_something_that_cannot_cross_all_goes_on(other):
    xs = [1]
    other.us.request("keep", xs)
    deep: tuple[Any, ...] = ()
    for _ in range(1000):
        deep = (deep, [1])
    with pytest.raises(Uncarriable):
        other.us.request("same", [xs, [2], deep])
    xs.append(5)
    assert other.us.request("kept") == [1, 5]
    assert other.us.request("same", [[3], xs]) == [[3], [1, 5]]


def test_a_result_that_is_too_long_says_so(other):
    with pytest.raises(Refused, match=f"is over {MAX_MESSAGE_BYTES}"):
        other.us.request("wide", MAX_MESSAGE_BYTES + 1)
    assert other.us.request("same", [1]) == [1]


@pytest.mark.parametrize("seed", range(30))
def test_both_sides_always_have_the_same(other, seed):
    """Random changes on both sides of a heap of lists and dictionaries, compared with one heap."""
    chance = random.Random(seed)
    ours, model = [[]], [[]]
    other.us.request("keep", ours)
    for _ in range(60):
        step, value = chance.randrange(5), chance.randrange(100)
        place = chance.randrange(len(model))
        if step == 0:
            other.us.request("do", "append", [value])
            model.append([value])
        elif step == 1:
            ours.append({value: [value]})
            model.append({value: [value]})
        elif step == 2:
            ours.append(ours[place])
            model.append(model[place])
        elif step == 3 and len(model) > 2:
            other.us.request("do", "pop", place)
            model.pop(place)
        elif type(model[place]) is list:
            ours[place].append(value)
            model[place].append(value)
        assert other.us.request("kept") is ours
        assert ours == model
        assert other.kept[-1] == model
        assert [[a is b for b in ours] for a in ours] == [[a is b for b in model] for a in model]
