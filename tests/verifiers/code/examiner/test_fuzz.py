"""Whatever a candidate writes into the link, the examiner ends, and tells of no test that passed.

The candidate here is this process, which writes bytes; nothing hostile is run.
"""

import json
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifiers.code.forked import examiners as started

PAYLOAD = {
    "tests": ["xs = [1]\nassert add(xs, lambda x: x) == 'what nobody can guess'"],
    "first": 0,
    "setup": "",
    "prompt": "",
    "preamble": "",
    "seed": None,
    "records": [],
    "moved": [],
    "entry_point": "add",
    "stop_on_failure": True,
}

LEAVES = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.sampled_from(["", "add", "x"])
)
TAGS = ["own", "object", "type", "shared", "ref", "fixed", "slice", "npscalar", "exit", "names"]
KINDS = ["object", "class", "error", "function", "coroutine", "instance"]
SPECIALS = st.lists(
    st.sampled_from(["__eq__", "__sub__", "__call__", "__len__", "__iter__", "unhashable", "x"])
)
DESCRIPTIONS = st.sampled_from(["StopIteration Exception", "add", ""]) | st.tuples(
    st.sampled_from(["Lie", "int", "\0"]),
    SPECIALS,
    st.none() | st.just({"object": [3, "class", ["Lie", ["__eq__"]]]}),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(TAGS), inner, max_size=2)
        | st.tuples(st.integers(-2, 3), st.sampled_from(KINDS), DESCRIPTIONS).map(
            lambda content: {"object": list(content)}
        )
        | st.tuples(st.integers(-2, 3), st.sampled_from(KINDS), DESCRIPTIONS, inner).map(
            lambda content: {"object": list(content)}
        )
    ),
    max_leaves=8,
)
CONTAINERS = ["list", "dict", "set", "deque", "defaultdict", "bytearray", "record", "ndarray"]
NEWS = st.lists(st.tuples(st.sampled_from(CONTAINERS), st.lists(VALUES, max_size=3)), max_size=3)
FIXED = st.lists(st.tuples(st.sampled_from(["tuple", "frozenset"]), st.lists(VALUES)), max_size=2)
CHANGES = st.lists(st.tuples(st.integers(-3, 3), st.lists(VALUES, max_size=3)), max_size=2)
MEMOS = st.tuples(NEWS, FIXED, CHANGES) | st.just([[], [], []]) | VALUES
GONE = st.just([]) | st.lists(st.integers(-3, 3), max_size=2) | VALUES
MESSAGES = (
    st.tuples(st.just("value"), VALUES, MEMOS, GONE)
    | st.tuples(st.just("value"), VALUES, st.just([[], [], []]), st.just([]))
    | st.tuples(st.just("raised"), VALUES, MEMOS, GONE)
    | st.tuples(
        st.just("raised"),
        st.fixed_dictionaries({"names": st.lists(st.text(max_size=5)), "args": VALUES}),
        st.just([[], [], []]),
        st.just([]),
    )
    | st.tuples(
        st.just("do"),
        st.sampled_from(["call", "next", "getattr", "eq", "eval", "write", "read", "input"]),
        st.lists(VALUES, max_size=2),
        st.just({}),
        MEMOS,
        GONE,
    )
    | st.tuples(st.just("uncarriable"), st.text(), MEMOS, GONE)
    | VALUES.map(lambda value: ["value", value])
)
NOTHING = [[], [], []]
ADD = {"object": [0, "function", "add"]}
OPENING = [["ready"], ["value", {"ref": 1}, [[["dict", [["add", ADD]]]], [], []], [1]]]


def frame(message):
    data = json.dumps(message).encode()
    return struct.pack("!I", len(data)) + data


@pytest.fixture(scope="module")
def examiners():
    with started("verifiers.code.examiner.examiner") as examiners:
        yield examiners


def test_an_answer_that_is_right_would_pass(examiners):
    answers = [*OPENING, ["value", "what nobody can guess", NOTHING, []]]
    lines = examiners.tell(PAYLOAD, b"".join(map(frame, answers)))
    assert lines[0]["outcome"] == "passed"


@given(st.lists(MESSAGES, min_size=1, max_size=6), st.booleans())
@settings(max_examples=300)
def test_no_messages_pass(examiners, messages, opened):
    opening = OPENING if opened else []
    lines = examiners.tell(PAYLOAD, b"".join(map(frame, [*opening, *messages])))
    assert not any(line.get("outcome") == "passed" for line in lines)


@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_pass(examiners, data, opened):
    opening = b"".join(map(frame, OPENING)) if opened else b""
    lines = examiners.tell(PAYLOAD, opening + data)
    assert not any(line.get("outcome") == "passed" for line in lines)
