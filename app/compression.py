"""Bodies of requests and answers as gzip, in pieces, so that other requests have their turn."""

import asyncio
import re
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PIECE_BYTES = 256 * 1024
"""So much is unpacked or packed without a pause: about a millisecond's work."""
LEAST_BYTES = 1000
"""Shorter answers are sent as they are: they fit into one packet anyway."""

_GZIP = 16 + zlib.MAX_WBITS
_LEVEL = 1
"""The quickest: results are so alike that a better one finds little more."""
_REFUSED = re.compile(r"q\s*=\s*0(\.0*)?")
_TEXT_TYPES = frozenset({"application/json", "application/problem+json", "application/x-ndjson"})


class DamagedBody(Exception):
    """It is no gzip, or not all of it."""


async def unpacked(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """What gzip has made into `chunks`, at most PIECE_BYTES at a time.

    Raises DamagedBody. How much comes out is for the caller to bound.
    """
    unpacker = zlib.decompressobj(_GZIP)
    async for chunk in chunks:
        left, more = chunk, bool(chunk)
        while more:
            if unpacker.eof:  # several files one after another are one file, says RFC 1952
                unpacker = zlib.decompressobj(_GZIP)
            try:
                piece = unpacker.decompress(left, PIECE_BYTES)
            except zlib.error as error:
                raise DamagedBody(str(error)) from None
            yield piece
            left = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
            more = bool(left)
            if len(piece) == PIECE_BYTES:
                more = more or not unpacker.eof
                await asyncio.sleep(0)
    if not unpacker.eof:
        raise DamagedBody("it ends too early")


class Gzip:
    """ASGI middleware that packs JSON for clients who say that they can unpack it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _accepts_gzip(Headers(scope=scope)):
            send = _Packing(send)
        await self._app(scope, receive, send)


class _Packing:
    """A `send` that packs, and flushes with each message, so that no line of a stream waits."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._pack: Callable[[Message], Awaitable[None]] = send

    async def __call__(self, message: Message) -> None:
        if message["type"] != "http.response.start":
            await self._pack(message)
            return
        headers = MutableHeaders(raw=list(message["headers"]))
        if headers.get("content-type") in _TEXT_TYPES:
            headers.add_vary_header("Accept-Encoding")
            if int(headers.get("content-length", LEAST_BYTES)) >= LEAST_BYTES:
                headers["Content-Encoding"] = "gzip"
                del headers["Content-Length"]
                self._pack = partial(_pack, zlib.compressobj(_LEVEL, wbits=_GZIP), self._send)
        await self._send({**message, "headers": headers.raw})


async def _pack(packer: Any, send: Send, message: Message) -> None:
    body, more = memoryview(message.get("body", b"")), message.get("more_body", False)
    while len(body) > PIECE_BYTES:
        packed = packer.compress(body[:PIECE_BYTES])
        body = body[PIECE_BYTES:]
        await send({"type": message["type"], "body": packed, "more_body": True})
        await asyncio.sleep(0)
    packed = packer.compress(body) + packer.flush(zlib.Z_SYNC_FLUSH if more else zlib.Z_FINISH)
    await send({"type": message["type"], "body": packed, "more_body": more})


def _accepts_gzip(headers: Headers) -> bool:
    """Whether gzip is named, and not refused with a weight of 0."""
    for header in headers.getlist("accept-encoding"):
        for part in header.lower().split(","):
            coding, _, parameters = part.partition(";")
            if coding.strip() in ("gzip", "x-gzip", "*"):
                return not _REFUSED.fullmatch(parameters.strip())
    return False
