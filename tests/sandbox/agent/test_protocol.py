"""Frames come out as they went in, and nothing else is taken for a frame."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.agent import protocol

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def split(frame: bytes) -> tuple[bytes, int]:
    size, header_size = protocol.body_size(frame[: protocol.PREFIX.size])
    body = frame[protocol.PREFIX.size :]
    assert len(body) == size
    return body, header_size


@given(op=st.text(), value=JSON, blobs=st.lists(st.binary(max_size=100), max_size=5))
def test_a_frame_carries_its_header_and_blobs_unchanged(op, value, blobs):
    header, received = protocol.decode(*split(protocol.encode({"op": op, "value": value}, blobs)))
    assert header["op"] == op
    assert header["value"] == value
    assert received == blobs


@given(st.binary(min_size=protocol.PREFIX.size, max_size=200))
def test_arbitrary_bytes_are_a_frame_or_a_protocol_error(data):
    try:
        size, header_size = protocol.body_size(data[: protocol.PREFIX.size])
        header, _ = protocol.decode(data[protocol.PREFIX.size :][:size], header_size)
    except protocol.ProtocolError:
        return
    assert isinstance(header["op"], str)


@pytest.mark.parametrize(
    "header",
    [
        b"[]",
        b"{}",
        b'"text"',
        b'{"op": 1, "blobs": []}',
        b'{"op": "x", "blobs": [-1]}',
        b"{" * 50000,
        b'{"op": "x", "blobs": [1.0]}',
        b'{"op": "x", "blobs": [true]}',
        b'{"op": "x"}',
        b"\xff",
    ],
)
def test_a_header_of_the_wrong_shape_is_refused(header):
    with pytest.raises(protocol.ProtocolError):
        protocol.decode(header, len(header))


def test_a_length_beyond_the_limit_is_refused_before_anything_is_read():
    with pytest.raises(protocol.ProtocolError):
        protocol.body_size(protocol.PREFIX.pack(protocol.MAX_FRAME_BYTES + 1, 10))
