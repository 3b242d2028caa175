"""The caller's end of a request: its body, and whether anybody still waits for the answer."""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive

from app import slices, wire
from app.admission import Held
from app.compression import DamagedBody, unpacked
from app.errors import FieldError, InvalidRequest, Problem
from app.settings import Settings

T = TypeVar("T")


async def read_json(request: Request, *, held: Held, settings: Settings) -> tuple[Any, int]:
    """The value of the body, and its length in bytes, unpacked.

    Raises Problem when it is no JSON, says so itself, is too long or comes in too slowly, or finds
    no room in the queue.
    """
    _check_content_type(request.headers.get("content-type", ""))
    try:
        async with asyncio.timeout(settings.upload_s):
            body = await _read(request, held, settings.max_body_bytes)
    except TimeoutError:
        raise _too_slow(settings.upload_s) from None
    try:
        return await slices.parse(body), len(body)
    except json.JSONDecodeError as error:
        if wire.is_about_depth(error):
            depth = settings.max_depth
            raise InvalidRequest(
                [FieldError("", f"the body is nested deeper than {depth} levels (max_depth)")]
            ) from None
        raise Problem(
            "malformed-json",
            f"{error.msg} (line {error.lineno}, column {error.colno}, byte {error.pos}).",
        ) from None


async def while_connected(receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    """Do `work`, but stop it as soon as the client goes away; raises ClientDisconnect then.

    The body must have been read before.
    """
    working = asyncio.ensure_future(work)
    watching = asyncio.ensure_future(_disconnected(receive))
    try:
        await asyncio.wait((working, watching), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientDisconnect
    finally:
        working.cancel()
        watching.cancel()
        await asyncio.gather(working, watching, return_exceptions=True)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _check_content_type(header: str) -> None:
    # Insisting also keeps a web page from posting here behind its visitor's back: without asking
    # first, a browser sends only form types and plain text to other sites.
    media_type = header.partition(";")[0].strip().lower()
    if media_type not in ("", "application/json") and not media_type.endswith("+json"):
        raise Problem(
            "unsupported-media-type",
            f"The body says that it is {media_type}; send JSON with "
            f"`Content-Type: application/json`.",
        )


async def _read(request: Request, held: Held, limit: int) -> bytearray:
    announced = request.headers.get("content-length", "")
    if announced.isdecimal():
        if int(announced) > limit:
            raise _too_large(limit)
        held.expect(int(announced))
    body = bytearray()  # joining the pieces in the end would take long
    try:
        async for chunk in _chunks(request):
            if len(body) + len(chunk) > limit:
                raise _too_large(limit)
            held.take(len(chunk))
            body += chunk
    except DamagedBody as error:
        raise Problem(
            "malformed-json", f"The body says that it is gzip, but cannot be unpacked: {error}."
        ) from None
    return body


def _chunks(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes in, unpacked."""
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding in ("gzip", "x-gzip"):
        return unpacked(request.stream())
    if coding in ("identity", ""):
        return request.stream()
    raise Problem(
        "unsupported-media-type",
        f"The body says that it is packed as {coding}; send it as it is, or packed with gzip.",
        headers={"Accept-Encoding": "gzip"},
    )


def _too_slow(within_s: float) -> Problem:
    return Problem(
        "body-too-slow",
        f"The body had not come in within {within_s:g} s (upload_s); send it faster or in smaller "
        f"batches, or have the limit raised in the server's settings.",
        # Nobody is going to read the rest of it.
        headers={"Connection": "close"},
    )


def _too_large(limit: int) -> Problem:
    return Problem(
        "body-too-large",
        f"The body is longer than {limit} bytes (max_body_bytes); split the batch, or have the "
        f"limit raised in the server's settings.",
        # Nobody is going to read the rest of it.
        headers={"Connection": "close"},
    )
