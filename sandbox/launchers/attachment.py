"""The connection that a container engine attaches to a container, as a pair of asyncio streams.

The engine sends a container's standard output and standard error interleaved, each piece behind a
header of 8 bytes: which of the two (1 byte), padding (3), length of the piece (4, big-endian).
"""

import asyncio
import socket
import struct
from collections.abc import Iterator

from sandbox.launchers.base import STREAM_LIMIT_BYTES

STDOUT, STDERR = 1, 2

_HEADER = struct.Struct("!B3xI")
_STDERR_TAIL_BYTES = 4096
_STDERR_MAX_BYTES = 1024 * 1024


class Demultiplexer:
    """Takes the interleaved streams apart, however the bytes arrive."""

    def __init__(self) -> None:
        self._header = b""
        self._stream = 0
        self._left = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """The pieces that `data` completes or continues: (STDOUT or STDERR, bytes)."""
        start = 0
        while start < len(data):
            if self._left:
                piece = data[start : start + self._left]
                self._left -= len(piece)
                start += len(piece)
                yield self._stream, piece
            else:
                part = data[start : start + _HEADER.size - len(self._header)]
                self._header += part
                start += len(part)
                if len(self._header) == _HEADER.size:
                    self._stream, self._left = _HEADER.unpack(self._header)
                    self._header = b""


class Attachment(asyncio.StreamReaderProtocol):
    """Feeds standard output to a reader and keeps the end of standard error for the log.

    Memory stays bounded whatever the container sends: while nobody reads, receiving pauses; and an
    agent, which has next to nothing to say on standard error, is cut off when it goes on and on.
    """

    def __init__(self, reader: asyncio.StreamReader) -> None:
        super().__init__(reader)
        self.stderr = b""
        self._stderr_bytes = 0
        self._connection: asyncio.BaseTransport | None = None
        self._demultiplexer = Demultiplexer()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._connection = transport
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        for stream, piece in self._demultiplexer.feed(data):
            if stream == STDOUT:
                super().data_received(piece)
            else:
                self._keep_stderr(piece)

    def _keep_stderr(self, piece: bytes) -> None:
        self.stderr = (self.stderr + piece)[-_STDERR_TAIL_BYTES:]
        self._stderr_bytes += len(piece)
        if self._stderr_bytes > _STDERR_MAX_BYTES and self._connection is not None:
            self._connection.close()


Attached = tuple[asyncio.StreamReader, asyncio.StreamWriter, Attachment]


async def attach(connection: socket.socket) -> Attached:
    """Streams over a connected Unix or TCP socket, which they own from now on."""
    loop = asyncio.get_running_loop()
    connection.setblocking(False)
    reader = asyncio.StreamReader(limit=STREAM_LIMIT_BYTES, loop=loop)
    attachment = Attachment(reader)
    if connection.family == socket.AF_UNIX:
        transport, _ = await loop.create_unix_connection(lambda: attachment, sock=connection)
    else:  # the event loop turns Nagle's algorithm off for TCP
        transport, _ = await loop.create_connection(lambda: attachment, sock=connection)
    return reader, asyncio.StreamWriter(transport, attachment, reader, loop), attachment
