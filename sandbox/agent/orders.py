"""Orders from the agent to its warm interpreters: a JSON header on a socket, bulk in a memory file.

A warm interpreter reads only headers. What a submission or its tests are made of lies in the memory
file, which the process made for that run opens first: nothing secret ever enters the memory that
later programs are forked from.
"""

import json
import os
import socket
from collections.abc import Sequence
from typing import Any

from . import protocol

_HEADER_BYTES = 65536
_MOST_DESCRIPTORS = 16


def memory_file(content: bytes) -> int:
    """A descriptor of an anonymous file holding `content`, positioned at its start."""
    fd = os.memfd_create("rewardbox", os.MFD_CLOEXEC)
    view = memoryview(content)
    while view:
        view = view[os.write(fd, view) :]
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def pack(header: dict[str, Any], blobs: Sequence[bytes]) -> int:
    """An order as a memory file."""
    return memory_file(protocol.encode(header, blobs))


def unpack(fd: int) -> tuple[dict[str, Any], list[bytes]]:
    """The order in a memory file, which is closed."""
    with open(fd, "rb") as file:
        content = file.read()
    size, header_size = protocol.body_size(content[: protocol.PREFIX.size])
    body = content[protocol.PREFIX.size :]
    if len(body) != size:
        raise protocol.ProtocolError("an order was cut short")
    return protocol.decode(body, header_size)


def send(channel: socket.socket, header: dict[str, Any], fds: Sequence[int] = ()) -> None:
    socket.send_fds(channel, [json.dumps(header).encode()], list(fds))


def receive(channel: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """The next header with its descriptors. Raises EOFError when the other end has gone."""
    data, fds, _, _ = socket.recv_fds(channel, _HEADER_BYTES, _MOST_DESCRIPTORS)
    if not data:
        raise EOFError
    return json.loads(data), fds
