"""The host's end of the stream to one agent: whole frames in and out, bounded in size.

What an agent sends is untrusted: a runner may have been taken over by what ran in it.
"""

import asyncio
from typing import Any

from sandbox import frames
from sandbox.agent import protocol

SMALL_ANSWER_BYTES = 1024 * 1024
"""Room for any header, and for answers that carry no output."""


class Channel:
    """Sends and receives frames over a byte stream."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._held: list[bytes] = []
        self.max_answer_bytes = SMALL_ANSWER_BYTES
        """A larger frame is refused before any of it is kept."""

    def hold(self, frame: bytes) -> None:
        """Send it together with the next frame, so that the agent wakes up once for both."""
        self._held.append(frame)

    def drop_held(self, count: int) -> None:
        """Forget the last so many frames."""
        if count:
            del self._held[-count:]

    def send(self, frame: bytes) -> None:
        """Send at once, without waiting: memory is bounded by the one request that is sent ahead.

        A stream that has closed shows itself in `receive`.
        """
        self.hold(frame)
        self.flush()

    def flush(self) -> None:
        """Send what is held, if anything is."""
        frames = self._held
        self._held = []
        if frames and not self._writer.is_closing():
            self._writer.writelines(frames)

    async def receive(self) -> tuple[dict[str, Any], list[bytes]]:
        """The next frame's header and blobs.

        Raises EOFError when the stream has ended, ProtocolError for anything but a frame of
        bounded size, and whatever `interrupt` was given.
        """
        try:
            prefix = await self._reader.readexactly(protocol.PREFIX.size)
            size, header_size = protocol.body_size(prefix)
            if size > self.max_answer_bytes:
                raise protocol.ProtocolError(f"an answer of {size} bytes, more than was asked")
            return frames.decode(await self._reader.readexactly(size), header_size)
        except ConnectionError as error:
            raise EOFError(str(error)) from error

    def interrupt(self, error: Exception) -> None:
        """Make `receive` raise `error`, now and ever after."""
        self._reader.set_exception(error)
