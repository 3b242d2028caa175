"""Messages between examiner and candidate over a socket: JSON with a length in front."""

import json
import socket
import struct
from collections.abc import Callable
from typing import Any

from .codec import Uncarriable

MAX_MESSAGE_BYTES = 16 * 1024 * 1024
_LENGTH = struct.Struct("!I")
_LARGE_BYTES = 1 << 16
_MUCH_BYTES = 64 * 1024 * 1024
_READ_BYTES = 1 << 16
_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False)


class LinkClosed(BaseException):
    """The other side has gone. No test may catch this by catching Exception."""


class LinkBroken(BaseException):
    """The other side sent what is no message."""


class Link:
    """One end of the socket."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._received = bytearray()
        self.failure: LinkClosed | LinkBroken | None = None
        """What ended the conversation, also where a test has swallowed it."""
        self.burden: Callable[[bool], None] = lambda _: None
        """Hears when what the other side sent may become too much to take, and when that is over:
        from a large message on until the next is sent, and for good once it was much in all."""
        self._received_bytes = 0
        self._is_burdened = False

    def closed(self) -> LinkClosed:
        """The error to raise, noted."""
        self.failure = self.failure or LinkClosed()
        return LinkClosed()

    def broken(self, why: str) -> LinkBroken:
        """The error to raise, noted."""
        self.failure = self.failure or LinkBroken(why)
        return LinkBroken(why)

    def close(self) -> None:
        self._socket.close()

    def send(self, message: list[Any]) -> None:
        """Raises LinkClosed, and Uncarriable for a message that is too long."""
        if self._is_burdened and self._received_bytes < _MUCH_BYTES:
            self._set_burdened(False)
        # A lone surrogate crosses as itself.
        data = _ENCODER.encode(message).encode("utf-8", "surrogatepass")
        if len(data) > MAX_MESSAGE_BYTES:
            raise Uncarriable(f"a message of {len(data)} bytes is over {MAX_MESSAGE_BYTES}")
        try:
            self._socket.sendall(_LENGTH.pack(len(data)) + data)
        except OSError as error:
            raise self.closed() from error

    def receive(self) -> list[Any]:
        """The next message. Raises LinkClosed and LinkBroken."""
        (length,) = _LENGTH.unpack(self._take(_LENGTH.size))
        if length > MAX_MESSAGE_BYTES:
            raise self.broken(f"a message of {length} bytes")
        self._received_bytes += length
        if length >= _LARGE_BYTES or self._received_bytes >= _MUCH_BYTES:
            self._set_burdened(True)
        try:
            message = json.loads(self._take(length))
        except (ValueError, RecursionError) as error:
            raise self.broken("a message that is not JSON") from error
        if type(message) is not list or not message or type(message[0]) is not str:
            raise self.broken("a message that says nothing")
        return message

    def _set_burdened(self, burdened: bool) -> None:
        if burdened is not self._is_burdened:
            self._is_burdened = burdened
            self.burden(burdened)

    def _take(self, count: int) -> bytes:
        while len(self._received) < count:
            try:
                data = self._socket.recv(max(_READ_BYTES, count - len(self._received)))
            except OSError as error:
                raise self.closed() from error
            if not data:
                raise self.closed()
            self._received += data
        taken = bytes(self._received[:count])
        del self._received[:count]
        return taken
