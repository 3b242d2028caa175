"""The frames between a pool and an agent, and the conversation they make.

    frame  = length of all that follows (4 bytes, big-endian) + length of header (4 bytes) + header
             + blobs, one after the other
    header = JSON object with at least `op`; its `blobs` lists the sizes of the blobs

An agent speaks first, then answers each request in order; requests may be sent ahead. Blobs are
named after the arrow's `+`.

    agent  hello   version, python, walls: [str], toolchains
                   `toolchains` is the same where what one runner compiled can run on another.

    pool   load    name, modules: [str]                        + source of each module
                   A harness: imported once into every warm interpreter. No answer.
    pool   open    id, program, files: [str],                  + content of each file
                   executable: [str],
                   compile: null | {argv, env, limits, keep: [str], largest_bytes},
                   python: null | {main, preload: [str]}
                   A program that was compiled before comes with what the compiler left among its
                   files: those are `executable`.
    agent  compiled                   The answer to an `open` with `compile`; others have none.
                   id, compilation: execution,                 + stdout, stderr, content of each
                   kept: null | [str]                            kept file
                   Kept are those files to `keep` that the compiler left; null when they are more
                   than `largest_bytes`.
    pool   run     id, index, parties: [party] | [party, party] + stdin, content of each file; the
                                                                 same of the second
                   party = {program, argv: null | [str], env: {str: str}, args: [str], limits,
                            files: [str], keep: [str]}
                   `argv` is null exactly when the program was opened with `python`. Two run side
                   by side, each one's output joined to the other's input.
    agent  ran     id, index, executions: [execution, ...],    + stdout, stderr, content of each
                   kept: [[str], ...]                            kept file; the same of the second
    pool   pair    id, parties: [party, party]                 + payload, stdin, content of each
                                                                 file; the same of the second
                   party = {harness, entry, preload: [str], limits, files: [str]}
    agent  paired  id, executions: [execution, execution]      + stdout, stderr, report; and again
    pool   close   id                 Kills what still runs and forgets what was sent ahead, so that
    agent  closed  id, clean: bool, detail           runs without an answer never get one.
                   The next session may follow at once. An agent that is not clean ends before it
                   runs anything of that.
    agent  broken  detail             The agent cannot go on; it ends after this.

    limits    = cpu_s, wall_s, memory_bytes, output_bytes, processes, file_bytes
    execution = status, exit_code, signal, cpu_s, wall_s, memory_bytes, message

`open` or `pair` begins a session, `close` ends it; there is one at a time. More `open`s add more
programs to it, each with a number of its own. `argv` and `env` may hold {dir}, which becomes the
run's working directory. Both ends use this module; it knows neither sockets nor processes.
"""

import json
import struct
from collections.abc import Callable, Sequence
from typing import Any

VERSION = 4
"""An agent of another version is refused: image and service must come from the same release."""

MAX_FRAME_BYTES = 512 * 1024 * 1024
PREFIX = struct.Struct("!II")


class ProtocolError(Exception):
    """The other end sent something that is no frame."""


def _dumps(value: Any) -> bytes:
    return json.dumps(value).encode()


def encode(
    header: dict[str, Any],
    blobs: Sequence[bytes] = (),
    *,
    dumps: Callable[[Any], bytes] = _dumps,
) -> bytes:
    """One frame, its header written by `dumps`.

    Raises ProtocolError when it would be larger than the other end takes.
    """
    text = dumps({**header, "blobs": [len(blob) for blob in blobs]})
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


def decode(
    body: bytes, header_size: int, *, loads: Callable[[bytes], Any] = json.loads
) -> tuple[dict[str, Any], list[bytes]]:
    """Header, read by `loads`, and blobs of a frame's body."""
    try:
        header = loads(body[:header_size])
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
