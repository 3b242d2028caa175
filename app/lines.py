"""NDJSON on its way out: lines that come within some milliseconds of each other leave together."""

import asyncio
from types import TracebackType
from typing import Any, Self

from starlette.types import Send

from app import wire

TOGETHER_S = 0.02
"""For so long a line may wait for others: each write to a connection costs as much as encoding
thirty lines, and the reader as much again."""
MOST_BYTES = 64 * 1024
"""More is not held back; who writes waits for the reader then."""


class Lines:
    """Sends the body of a response. Enter it, `write` lines, then `end`; leaving drops the rest."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._held = bytearray()
        self._turn = asyncio.Lock()
        """Held while something is sent."""
        self._sender: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.gather(self._sender, return_exceptions=True)

    async def write(self, value: Any) -> None:
        """Send a line soon; waits while a slow reader has too much of them to read."""
        self._held += wire.dump_line(value)
        if len(self._held) > MOST_BYTES:
            await self._flush()
        elif self._sender is None:
            self._sender = asyncio.create_task(self._keep_sending())

    async def end(self, value: Any) -> None:
        """Send the last line now, with whatever is held."""
        self._held += wire.dump_line(value)
        await self._flush(last=True)

    async def _keep_sending(self) -> None:
        while self._held:
            await asyncio.sleep(TOGETHER_S)
            await self._flush()
        self._sender = None

    async def _flush(self, *, last: bool = False) -> None:
        async with self._turn:
            content, self._held = bytes(self._held), bytearray()
            if content:
                await self._send(
                    {"type": "http.response.body", "body": content, "more_body": not last}
                )
