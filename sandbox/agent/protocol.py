"""The frames between a pool and an agent: a JSON header followed by raw blobs.

    frame  = length of all that follows (4 bytes, big-endian) + length of header (4 bytes) + header
             + blobs, one after the other
    header = JSON object with at least `op`; its `blobs` lists the sizes of the blobs

Both ends use this module; it knows neither sockets nor processes.
"""

import json
import struct
from collections.abc import Sequence
from typing import Any

VERSION = 1
"""An agent of another version is refused: image and service must come from the same release."""

MAX_FRAME_BYTES = 512 * 1024 * 1024
PREFIX = struct.Struct("!II")


class ProtocolError(Exception):
    """The other end sent something that is no frame."""


def encode(header: dict[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
    """One frame. Raises ProtocolError when it would be larger than the other end takes."""
    text = json.dumps({**header, "blobs": [len(blob) for blob in blobs]}).encode()
    size = 4 + len(text) + sum(map(len, blobs))
    if size > MAX_FRAME_BYTES:
        raise ProtocolError(f"a frame of {size} bytes is over the limit of {MAX_FRAME_BYTES}")
    return b"".join((PREFIX.pack(size, len(text)), text, *blobs))


def body_size(prefix: bytes) -> tuple[int, int]:
    """(bytes that follow the 8-byte prefix, bytes of header among them), checked."""
    size, header_size = PREFIX.unpack(prefix)
    if not 4 <= size <= MAX_FRAME_BYTES or not 2 <= header_size <= size - 4:
        raise ProtocolError("malformed frame prefix")
    return size - 4, header_size


def decode(body: bytes, header_size: int) -> tuple[dict[str, Any], list[bytes]]:
    """Header and blobs of a frame's body."""
    try:
        header = json.loads(body[:header_size])
        sizes = header["blobs"]
        blobs, start = [], header_size
        for size in sizes:
            if type(size) is not int or size < 0:
                raise ProtocolError("malformed blob size")
            blobs.append(body[start : start + size])
            start += size
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ProtocolError("malformed frame header") from error
    if start != len(body) or type(header.get("op")) is not str:
        raise ProtocolError("malformed frame")
    return header, blobs
