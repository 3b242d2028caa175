"""Frames come out as they went in, and nothing else is taken for a frame."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import frames
from sandbox.agent import protocol

EACH = pytest.mark.parametrize("reader", [protocol, frames], ids=["agent", "service"])

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def split(frame: bytes) -> tuple[bytes, int]:
    size, header_size = protocol.body_size(frame[: protocol.PREFIX.size])
    body = frame[protocol.PREFIX.size :]
    assert len(body) == size
    return body, header_size


@EACH
@pytest.mark.parametrize("writer", [protocol, frames], ids=["agent writes", "service writes"])
@given(op=st.text(), value=JSON, blobs=st.lists(st.binary(max_size=100), max_size=5))
def test_a_frame_carries_its_header_and_blobs_unchanged(writer, reader, op, value, blobs):
    header, received = reader.decode(*split(writer.encode({"op": op, "value": value}, blobs)))
    assert header["op"] == op
    assert header["value"] == value
    assert received == blobs


@EACH
@given(st.binary(min_size=protocol.PREFIX.size, max_size=200))
def test_arbitrary_bytes_are_a_frame_or_a_protocol_error(reader, data):
    try:
        size, header_size = protocol.body_size(data[: protocol.PREFIX.size])
        header, _ = reader.decode(data[protocol.PREFIX.size :][:size], header_size)
    except protocol.ProtocolError:
        return
    assert isinstance(header["op"], str)


@EACH
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
def test_a_header_of_the_wrong_shape_is_refused(reader, header):
    with pytest.raises(protocol.ProtocolError):
        reader.decode(header, len(header))


def test_what_only_the_slower_library_can_write_is_written():
    header = {"op": "run", "name": "\ud800", "number": 2**70}
    assert protocol.decode(*split(frames.encode(header))) == ({**header, "blobs": []}, [])


def test_a_length_beyond_the_limit_is_refused_before_anything_is_read():
    with pytest.raises(protocol.ProtocolError):
        protocol.body_size(protocol.PREFIX.pack(protocol.MAX_FRAME_BYTES + 1, 10))
