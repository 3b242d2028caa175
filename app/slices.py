"""Parses long bodies of batches piece by piece, so that other requests are answered in between.

A parser of JSON stops everything else for as long as it takes: half a second for a batch of 160 MB.
Here the items are found first, and then parsed one at a time.
"""

import asyncio
import json
import re
from typing import Any

from app import wire

LONG_BYTES = 1024 * 1024
"""Shorter bodies are parsed at once."""
SLICE_BYTES = 512 * 1024
"""So much is looked through or parsed without a pause: about a millisecond's work."""

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}]', re.DOTALL)
_COLON = re.compile(rb"\s*:\s*\[")
_COMMA = re.compile(rb"\s*,\s*")
_SPACE = re.compile(rb"\s*")
_ITEMS = b'"items"'


class _Unsplit(Exception):
    """It is no plain batch, or no JSON: to be parsed as a whole, which finds the right words."""


async def parse(body: bytes | bytearray) -> Any:
    """As `wire.parse`, with pauses if the body is long and a batch.

    An item of a batch that is nested too deep to be read becomes `wire.TooDeep`.
    """
    if len(body) < LONG_BYTES:
        try:
            return wire.parse(bytes(body))
        except json.JSONDecodeError as error:
            if not wire.is_about_depth(error):
                raise
    try:
        return await _parse_batch(body)
    except (_Unsplit, json.JSONDecodeError):
        return wire.parse(bytes(body))


async def _parse_batch(body: bytes | bytearray) -> Any:
    spans, start, end = await _find_items(body)
    rest = wire.parse(bytes(body[:start]) + bytes(body[end:]))
    items: list[Any] = []
    paused = start
    for first, last in spans:
        items.append(_parse_item(bytes(body[first:last])))
        if last - paused > SLICE_BYTES:
            await asyncio.sleep(0)
            paused = last
    if not isinstance(rest, dict) or rest.get("items") != []:
        raise _Unsplit
    return {**rest, "items": items}


def _parse_item(text: bytes) -> Any:
    try:
        return wire.parse(text)
    except json.JSONDecodeError as error:
        if wire.is_about_depth(error):
            return wire.TooDeep()
        raise


async def _find_items(body: bytes | bytearray) -> tuple[list[tuple[int, int]], int, int]:
    """Where each item stands, and where the text of the list of them begins and ends."""
    spans: list[tuple[int, int]] = []
    depth = position = first = paused = opening = 0
    while (token := _TOKEN.search(body, position)) is not None:
        position = token.end()
        sign = token[0] if position - token.start() == 1 else b""
        if depth == 1 and token[0] == _ITEMS and (list_start := _COLON.match(body, position)):
            opening = position = list_start.end()
            depth += 1
        elif sign in (b"{", b"["):
            depth += 1
            if depth == 3 and opening:
                first = token.start()
        elif sign:
            depth -= 1
            if depth == 2 and opening:
                spans.append((first, position))
            elif depth == 1 and opening:
                _check_gaps(body, spans, opening, token.start())
                if _ITEMS in body[position:]:  # perhaps given twice
                    raise _Unsplit
                return spans, opening, token.start()
        if position - paused > SLICE_BYTES:
            await asyncio.sleep(0)
            paused = position
    raise _Unsplit


def _check_gaps(
    body: bytes | bytearray, spans: list[tuple[int, int]], start: int, end: int
) -> None:
    """Between the items there must be commas and nothing else."""
    for index, (first, last) in enumerate(spans):
        gap = _COMMA if index else _SPACE
        if not gap.fullmatch(body, start, first):
            raise _Unsplit
        start = last
    if not _SPACE.fullmatch(body, start, end):
        raise _Unsplit
