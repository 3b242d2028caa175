"""The agent's end of the stream to the pool: whole frames in, whole frames out."""

import os
from collections import deque
from collections.abc import Sequence
from typing import Any

from . import protocol

_READ_BYTES = 1 << 18

Request = tuple[dict[str, Any], list[bytes]]


class Stream:
    """Frames over two blocking descriptors, which may be one and the same."""

    def __init__(self, reader: int, writer: int) -> None:
        self.reader = reader
        self._writer = writer
        self._incoming = bytearray()
        self._held = b""
        self.waiting: deque[Request] = deque()
        """Requests that have come in and were not taken yet."""

    def next_request(self) -> Request:
        """Take the next request, waiting for it. Raises EOFError when the pool has gone."""
        while not self.waiting:
            self._flush()
            self.receive()
        return self.waiting.popleft()

    def receive(self) -> None:
        """Read what has come, or wait for something, and put whole frames among the waiting.

        Raises EOFError, and ProtocolError for what is no frame.
        """
        data = os.read(self.reader, _READ_BYTES)
        if not data:
            raise EOFError
        self._incoming += data
        prefix = protocol.PREFIX.size
        while len(self._incoming) >= prefix:
            size, header_size = protocol.body_size(bytes(self._incoming[:prefix]))
            if len(self._incoming) < prefix + size:
                return
            body = bytes(self._incoming[prefix : prefix + size])
            del self._incoming[: prefix + size]
            self.waiting.append(protocol.decode(body, header_size))

    def closes(self, session: int) -> bool:
        """Whether the pool has asked by now to end that session."""
        return any(
            header["op"] == "close" and header.get("id") == session for header, _ in self.waiting
        )

    def hold(self, header: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
        """Send it together with the next one, so that the pool wakes up once for both; at the
        latest before we wait for a request."""
        self._held += protocol.encode(header, blobs)

    def send(self, header: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
        self.hold(header, blobs)
        self._flush()

    def _flush(self) -> None:
        view = memoryview(self._held)
        self._held = b""
        while view:
            view = view[os.write(self._writer, view) :]
