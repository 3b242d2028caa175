"""Frames of the agent protocol, written and read with a faster JSON library than runners have."""

import json
from collections.abc import Sequence
from typing import Any

import orjson

from sandbox.agent import protocol


def encode(header: dict[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
    """See `protocol.encode`."""
    return protocol.encode(header, blobs, dumps=_dumps)


def decode(body: bytes, header_size: int) -> tuple[dict[str, Any], list[bytes]]:
    """See `protocol.decode`; integers of more than 64 bits come out as floats."""
    return protocol.decode(body, header_size, loads=orjson.loads)


def _dumps(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:  # lone surrogates, or integers of more than 64 bits
        return json.dumps(value).encode()
