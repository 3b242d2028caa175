"""Frames over a byte stream, of which the other end is not to be trusted."""

import asyncio
import socket
import struct
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.agent import protocol
from sandbox.channel import SMALL_ANSWER_BYTES, Channel

pytestmark = pytest.mark.anyio

FRAME = protocol.encode({"op": "hello"}, [b"one", b""])


@asynccontextmanager
async def connected():
    """A channel and the socket at its other end."""
    ours, theirs = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=ours)
    try:
        yield Channel(reader, writer), theirs
    finally:
        writer.close()
        theirs.close()


async def test_receives_frames_one_by_one_however_they_arrive():
    async with connected() as (channel, other):
        other.sendall(FRAME + FRAME[:5])
        assert (await channel.receive())[1] == [b"one", b""]
        other.sendall(FRAME[5:])
        header, blobs = await channel.receive()
        assert header["op"] == "hello"
        assert blobs == [b"one", b""]


async def test_what_is_held_goes_out_before_what_is_sent():
    async with connected() as (channel, other):
        channel.hold(b"first ")
        channel.send(b"second")
        assert other.recv(100) == b"first second"


async def test_what_is_held_goes_out_at_the_latest_when_it_is_told_to():
    async with connected() as (channel, other):
        channel.hold(b"first ")
        channel.hold(b"second")
        channel.flush()
        assert other.recv(100) == b"first second"


async def test_what_is_dropped_never_goes_out_and_what_was_held_before_it_does():
    async with connected() as (channel, other):
        for frame in (b"first ", b"second ", b"third "):
            channel.hold(frame)
        channel.drop_held(2)
        channel.drop_held(0)
        channel.send(b"fourth")
        assert other.recv(100) == b"first fourth"


@pytest.mark.parametrize("beginning", [b"", FRAME[:3], FRAME[:-1]])
async def test_the_end_of_the_stream_is_no_frame(beginning):
    async with connected() as (channel, other):
        other.sendall(beginning)
        other.close()
        with pytest.raises(EOFError):
            await channel.receive()


async def test_a_frame_larger_than_was_asked_for_is_refused_before_it_comes():
    async with connected() as (channel, other):
        other.sendall(struct.pack("!II", SMALL_ANSWER_BYTES + 100, 2))
        with pytest.raises(protocol.ProtocolError, match="more than was asked"):
            await channel.receive()


async def test_more_is_taken_when_more_was_asked_for():
    async with connected() as (channel, other):
        channel.max_answer_bytes = 3 * SMALL_ANSWER_BYTES
        large = bytes(2 * SMALL_ANSWER_BYTES)
        sending = asyncio.to_thread(other.sendall, protocol.encode({"op": "ran"}, [large]))
        (_, blobs), _ = await asyncio.gather(channel.receive(), sending)
        assert blobs == [large]


async def test_can_be_interrupted():
    async with connected() as (channel, _):
        asyncio.get_running_loop().call_soon(channel.interrupt, KeyError("enough"))
        with pytest.raises(KeyError, match="enough"):
            await channel.receive()


async def test_sending_into_a_closed_stream_is_found_out_by_receiving():
    async with connected() as (channel, other):
        other.close()
        for _ in range(10):
            channel.send(FRAME)
            await asyncio.sleep(0)
        with pytest.raises(EOFError):
            await channel.receive()


@given(garbage=st.binary(max_size=200))
def test_garbage_is_never_anything_else_than_refused(garbage):
    async def receive():
        async with connected() as (channel, other):
            other.sendall(garbage)
            other.close()
            with pytest.raises((protocol.ProtocolError, EOFError)):
                await channel.receive()

    asyncio.run(receive())
