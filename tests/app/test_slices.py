"""Long bodies are parsed with pauses, and come out as if they had been parsed at once."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import slices, wire

pytestmark = pytest.mark.anyio

scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.text()
values = st.recursive(
    scalars,
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=8,
)
batches = st.fixed_dictionaries(
    {"items": st.lists(st.dictionaries(st.text(), values))},
    optional={"advantage": st.sampled_from(["grpo", None]), "more": values},
)


@pytest.fixture(autouse=True)
def even_short_bodies_are_long(monkeypatch):
    monkeypatch.setattr(slices, "LONG_BYTES", 0)


def parsed(body):
    return asyncio.run(slices.parse(body))


def outcome(parse, body):
    try:
        return parse(body)
    except json.JSONDecodeError as error:
        return error.msg, error.pos


@given(values | batches, st.sampled_from([None, 1]), st.booleans())
def test_the_value_is_the_same(value, indent, ascii_only):
    body = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()
    assert parsed(body) == wire.parse(body)


@given(batches, st.data())
def test_so_is_what_is_said_of_a_broken_body(value, data):
    body = bytearray(json.dumps(value).encode())
    at = data.draw(st.integers(0, len(body) - 1))
    body[at : at + 1] = data.draw(st.sampled_from([b"", b'"', b"}", b"]", b",", b"{", b"\\", b"x"]))
    assert outcome(parsed, bytes(body)) == outcome(wire.parse, bytes(body))


@pytest.mark.parametrize(
    "body",
    [
        b'{"items": [{"a": 1}], "items": []}',
        b'{"items": [], "items": [{"a": 1}]}',
        b'{"items": 3, "items": [{"a": 1}]}',
        b'{"x": {"items": [{"a": 1}]}, "items": [{"b": "}]{["}]}',
        b'[{"items": [{"a": 1}]}]',
        b'{"items": [{"a": 1} {"b": 2}]}',
        b'{"items": [{"a": 1},]}',
        b'{"items": [1, "x", [2], {}]}',
        b'{"items": [{"a": "\\ud800"}]}',
        b'{"items": [{"a": 123456789012345678901234567890}]}',
    ],
)
def test_what_looks_like_a_batch_is_read_as_ever(body):
    assert outcome(parsed, body) == outcome(wire.parse, body)


async def test_others_have_their_turn_meanwhile():
    body = json.dumps({"items": [{"completion": "x" * 16_000}] * 2_000}).encode()
    turns = 0

    async def watch():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    watching = asyncio.create_task(watch())
    value = await slices.parse(body)
    watching.cancel()
    assert len(value["items"]) == 2_000
    assert turns >= len(body) / slices.SLICE_BYTES
