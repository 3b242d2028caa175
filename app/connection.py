"""The caller's end of a request: its body, and whether anybody still waits for the answer."""

import asyncio
import json
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive

from app import wire
from app.errors import FieldError, InvalidRequest, Problem

T = TypeVar("T")


async def read_json(request: Request, *, limit: int, max_depth: int) -> tuple[Any, int]:
    """The value of the body, and its length in bytes.

    Raises Problem when it is no JSON, says so itself, or is longer than `limit` bytes.
    """
    _check_content_type(request.headers.get("content-type", ""))
    body = await _read(request, limit)
    try:
        return wire.parse(body), len(body)
    except json.JSONDecodeError as error:
        if "depth limit" in error.msg:
            raise InvalidRequest(
                [FieldError("", f"the body is nested deeper than {max_depth} levels (max_depth)")]
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


async def _read(request: Request, limit: int) -> bytes:
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise _too_large(limit)
    chunks, length = [], 0
    async for chunk in request.stream():
        length += len(chunk)
        if length > limit:
            raise _too_large(limit)
        chunks.append(chunk)
    return b"".join(chunks)


def _too_large(limit: int) -> Problem:
    return Problem(
        "body-too-large",
        f"The body is longer than {limit} bytes (max_body_bytes); split the batch, or have the "
        f"limit raised in the server's settings.",
        # Nobody is going to read the rest of it.
        headers={"Connection": "close"},
    )
