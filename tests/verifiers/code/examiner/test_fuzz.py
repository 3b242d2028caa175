"""Whatever a candidate writes into the link, the examiner ends, and tells of no test that passed.

The candidate here is a thread of the test that writes bytes; nothing hostile is run.
"""

import json
import os
import socket
import struct
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifiers.code.examiner.examiner import main

# A forged coroutine is taken for one and, like any that a test does not ask for, never awaited.
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PAYLOAD = json.dumps(
    {
        "tests": ["xs = [1]\nassert add(xs, lambda x: x) == 'what nobody can guess'"],
        "first": 0,
        "setup": "",
        "prompt": "",
        "preamble": "",
        "entry_point": "add",
        "stop_on_failure": True,
    }
).encode()

LEAVES = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.sampled_from(["", "add", "x"])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "own",
                    "object",
                    "type",
                    "shared",
                    "ref",
                    "tuple",
                    "dict",
                    "set",
                    "exit",
                    "names",
                    "0",
                ]
            ),
            inner,
            max_size=2,
        )
        | st.tuples(
            st.integers(-2, 3),
            st.sampled_from(["object", "class", "error", "function", "coroutine"]),
        ).map(lambda pair: {"object": [*pair, "StopIteration Exception"]})
    ),
    max_leaves=8,
)
MESSAGES = (
    st.tuples(
        st.just("value"), VALUES, st.dictionaries(st.sampled_from("01x-"), VALUES, max_size=1)
    )
    | st.tuples(st.just("raised"), VALUES, st.just({}))
    | st.tuples(
        st.just("raised"),
        st.fixed_dictionaries({"names": st.lists(st.text(max_size=5)), "args": VALUES}),
        st.just({}),
    )
    | st.tuples(
        st.just("do"),
        st.sampled_from(["call", "next", "getattr", "eq", "eval"]),
        st.lists(VALUES, max_size=2),
        st.just({}),
    )
    | st.tuples(st.just("uncarriable"), st.text())
    | VALUES.map(lambda value: ["value", value])
)
OPENING = [["ready"], ["value", ["add"], {}], ["value", {"object": [0, "function", "add"]}, {}]]


def frame(message):
    data = json.dumps(message).encode()
    return struct.pack("!I", len(data)) + data


def examined(written):
    """What the examiner tells when a candidate writes that and goes."""
    ours, theirs = socket.socketpair()
    told, tell = os.pipe()

    def write():
        with ours:
            try:
                ours.sendall(written)
                ours.shutdown(socket.SHUT_WR)
                while ours.recv(65536):
                    pass
            except OSError:
                return

    thread = threading.Thread(target=write)
    thread.start()
    try:
        main(PAYLOAD, theirs.detach(), tell)
    finally:
        os.close(tell)
        thread.join()
    with open(told, "rb") as report:
        return [json.loads(line) for line in report]


def test_an_answer_that_is_right_would_pass():
    answers = [*OPENING, OPENING[2], ["value", "what nobody can guess", {}]]
    lines = examined(b"".join(map(frame, answers)))
    assert lines[0]["outcome"] == "passed"


@given(st.lists(MESSAGES, min_size=1, max_size=6), st.booleans())
@settings(max_examples=300)
def test_no_messages_pass(messages, opened):
    opening = [*OPENING, OPENING[2]] if opened else []
    lines = examined(b"".join(map(frame, [*opening, *messages])))
    assert not any(line.get("outcome") == "passed" for line in lines)


@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_pass(data, opened):
    lines = examined((b"".join(map(frame, OPENING)) if opened else b"") + data)
    assert not any(line.get("outcome") == "passed" for line in lines)
