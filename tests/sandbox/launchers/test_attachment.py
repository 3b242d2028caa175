"""The stream of a container: parts of standard output and error, however the engine cuts them."""

import asyncio
import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.launchers.attachment import STDERR, STDOUT, Demultiplexer, attach

pytestmark = pytest.mark.anyio

MIB = 1024 * 1024


def piece(stream, data):
    return struct.pack("!BxxxI", stream, len(data)) + data


@pytest.fixture
async def attached():
    """(engine's end, reader, writer, attachment) of one connection."""
    engine, ours = socket.socketpair()
    engine.setblocking(False)
    reader, writer, attachment = await attach(ours)
    yield engine, reader, writer, attachment
    writer.transport.abort()
    engine.close()
    await asyncio.sleep(0)


async def send(engine, data, *, times, within_s):
    async with asyncio.timeout(within_s):
        for _ in range(times):
            await asyncio.get_running_loop().sock_sendall(engine, data)


@given(
    pieces=st.lists(st.tuples(st.sampled_from([STDOUT, STDERR]), st.binary(max_size=40))),
    size=st.integers(min_value=1, max_value=60),
)
def test_streams_come_apart_wherever_the_bytes_are_cut(pieces, size):
    data = b"".join(piece(stream, content) for stream, content in pieces)
    demultiplexer = Demultiplexer()
    found = {STDOUT: b"", STDERR: b""}
    for start in range(0, len(data), size):
        for stream, content in demultiplexer.feed(data[start : start + size]):
            found[stream] += content
    for stream, content in found.items():
        assert content == b"".join(part for each, part in pieces if each == stream)


async def test_standard_output_is_read_and_standard_error_is_kept_apart(attached):
    engine, reader, _, attachment = attached
    engine.sendall(piece(STDOUT, b"one ") + piece(STDERR, b"oh no") + piece(STDOUT, b"two"))
    assert await reader.readexactly(7) == b"one two"
    assert attachment.stderr == b"oh no"


async def test_what_is_written_arrives_as_it_is(attached):
    engine, _, writer, _ = attached
    writer.write(b"frame")
    assert await asyncio.get_running_loop().sock_recv(engine, 100) == b"frame"


async def test_the_reader_ends_when_the_engine_closes(attached):
    engine, reader, _, _ = attached
    engine.sendall(piece(STDOUT, b"last"))
    engine.close()
    assert await reader.read() == b"last"


async def test_output_that_nobody_reads_is_not_taken_in_without_end(attached):
    engine, reader, _, _ = attached
    with pytest.raises(TimeoutError):
        await send(engine, piece(STDOUT, b"x" * MIB), times=64, within_s=1)
    assert len(await reader.read(64 * MIB)) < 4 * MIB


async def test_endless_standard_error_closes_the_connection_and_only_its_end_is_kept(attached):
    engine, reader, _, attachment = attached
    with pytest.raises(ConnectionError):
        await send(engine, piece(STDERR, b"x" * 9999), times=1000, within_s=10)
    assert await reader.read() == b""
    assert len(attachment.stderr) == 4096
