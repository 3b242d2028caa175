"""Messages, and when what comes may become too much."""

import socket

import pytest

from verifiers.code.examiner.link import Link


@pytest.fixture
def ends():
    ours, theirs = (Link(each.detach()) for each in socket.socketpair())
    yield ours, theirs
    ours.close()
    theirs.close()


def heard_by(link):
    heard = []
    link.burden = heard.append
    return heard


def test_small_messages_are_no_burden(ends):
    ours, theirs = ends
    heard = heard_by(ours)
    theirs.send(["value", "x"])
    assert ours.receive() == ["value", "x"]
    assert heard == []


def test_a_large_message_is_one_until_the_next_is_sent(ends):
    ours, theirs = ends
    heard = heard_by(ours)
    theirs.send(["value", "x" * 70_000])
    ours.receive()
    assert heard == [True]
    ours.send(["do"])
    assert heard == [True, False]


def test_much_in_all_is_one_for_good(ends, monkeypatch):
    monkeypatch.setattr("verifiers.code.examiner.link._MUCH_BYTES", 100)
    ours, theirs = ends
    heard = heard_by(ours)
    for _ in range(20):
        theirs.send(["value", "x"])
        ours.receive()
        ours.send(["do"])
    assert heard == [True]
