"""The connection between the keeper and one other process: frames both ways, and descriptors.

Each end may call the other, and be answered, or tell it something. Frames are those of
`sandbox.agent.protocol`; a frame may bring descriptors along, which is why this is no stream of
asyncio's. Both ends are ours, so what comes is believed.
"""

import asyncio
import itertools
import logging
import os
import socket
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sandbox import errors, frames
from sandbox.agent import protocol

logger = logging.getLogger("rewardbox.sandbox")

_READ_BYTES = 1 << 18
_MOST_FDS = 16
_ERRORS = {
    kind.__name__: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.SandboxError)
}


@dataclass(frozen=True, slots=True)
class Message:
    """What one end says to the other."""

    header: dict[str, Any] = field(default_factory=dict)
    blobs: Sequence[bytes] = ()
    fds: Sequence[int] = ()
    """Descriptors; whoever gets them owns them, whoever sends them keeps its own."""


Answer = Callable[[Message], Awaitable[Message]]
Hear = Callable[[Message], None]


class Link:
    """One end. `answers` are for calls, by their names, `hears` for what is only told.

    `on_closed` is called once, when the other end has gone or `close` was called.
    """

    def __init__(self, connection: socket.socket, *, on_closed: Callable[[], None]) -> None:
        connection.setblocking(False)
        self.answers: dict[str, Answer] = {}
        self.hears: dict[str, Hear] = {}
        self.is_closed = False
        self._connection = connection
        self._on_closed = on_closed
        self._loop = asyncio.get_running_loop()
        self._numbers = itertools.count()
        self._calls: dict[int, tuple[asyncio.Future[Message], Hear]] = {}
        """Those that have no answer yet, cancelled ones too."""
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._incoming = bytearray()
        self._fds: deque[int] = deque()
        self._outgoing: deque[tuple[memoryview, Sequence[int]]] = deque()

    def start(self) -> None:
        """Begin to listen; the handlers must be there."""
        self._loop.add_reader(self._connection, self._read)

    def close(self) -> None:
        """Let go of the other end: calls fail, and what is done for it is cancelled."""
        if self.is_closed:
            return
        self.is_closed = True
        self._loop.remove_reader(self._connection)
        self._loop.remove_writer(self._connection)
        self._connection.close()
        for fd in (*self._fds, *(fd for _, fds in self._outgoing for fd in fds)):
            os.close(fd)
        self._fds.clear()
        self._outgoing.clear()
        for answer, _ in self._calls.values():
            if not answer.done():
                answer.set_exception(_gone())
        self._calls.clear()
        for task in self._tasks.values():
            task.cancel()
        self._on_closed()

    # To the other end

    async def call(
        self,
        op: str,
        header: dict[str, Any] | None = None,
        blobs: Sequence[bytes] = (),
        *,
        on_late: Hear | None = None,
    ) -> Message:
        """What the other end answers; cancelling the call cancels what is done for it there.

        `on_late` gets an answer that came although the call was cancelled. Raises SandboxError of
        the kind that was raised there.
        """
        if self.is_closed:
            raise _gone()
        number = next(self._numbers)
        answer: asyncio.Future[Message] = self._loop.create_future()
        self._calls[number] = answer, on_late or _ignore
        self._send({**(header or {}), "op": op, "call": number}, blobs)
        try:
            return await answer
        except asyncio.CancelledError:
            if number in self._calls:
                self._send({"op": "cancel", "call": number})
            elif not answer.cancelled() and answer.exception() is None:
                (on_late or _ignore)(answer.result())
            raise

    def tell(
        self,
        op: str,
        header: dict[str, Any] | None = None,
        blobs: Sequence[bytes] = (),
        fds: Sequence[int] = (),
    ) -> None:
        """Say something that needs no answer; nobody hears it if the other end has gone."""
        self._send({**(header or {}), "op": op}, blobs, fds)

    def _send(
        self, header: dict[str, Any], blobs: Sequence[bytes] = (), fds: Sequence[int] = ()
    ) -> None:
        if self.is_closed:
            return
        if fds:
            header["fds"] = len(fds)
        rest = memoryview(frames.encode(header, blobs))
        if not self._outgoing:
            sent = self._write(rest, fds)
            if sent:
                rest, fds = rest[sent:], ()
        if rest:
            self._hold(rest, fds)

    def _hold(self, data: memoryview, fds: Sequence[int]) -> None:
        """Send it when there is room."""
        try:
            self._outgoing.append((data, [os.dup(fd) for fd in fds]))
        except OSError:
            self._break()
        else:
            self._loop.add_writer(self._connection, self._write_on)

    def _write(self, data: memoryview, fds: Sequence[int]) -> int:
        """How many bytes went out, and the descriptors with the first of them."""
        try:
            if fds:
                return socket.send_fds(self._connection, [data], fds)
            return self._connection.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self._break()
            return len(data)

    def _break(self) -> None:
        """Have both ends close: what is lost would be waited for without end."""
        with suppress(OSError):  # it has gone already
            self._connection.shutdown(socket.SHUT_RDWR)

    def _write_on(self) -> None:
        while self._outgoing:
            data, fds = self._outgoing.popleft()
            sent = self._write(data, fds)
            if sent:
                for fd in fds:
                    os.close(fd)
                data, fds = data[sent:], ()
            if data:
                self._outgoing.appendleft((data, fds))
                return
        self._loop.remove_writer(self._connection)

    # From the other end

    def _read(self) -> None:
        try:
            data, fds, flags, _ = socket.recv_fds(
                self._connection, _READ_BYTES, _MOST_FDS, socket.MSG_CMSG_CLOEXEC
            )
        except BlockingIOError:
            return
        except OSError:
            data, fds, flags = b"", [], 0
        self._fds += fds
        # The kernel drops descriptors that this process has no room for, and for good.
        if not data or flags & socket.MSG_CTRUNC:
            self.close()
            return
        self._incoming += data
        prefix = protocol.PREFIX.size
        while not self.is_closed and len(self._incoming) >= prefix:
            size, header_size = protocol.body_size(bytes(self._incoming[:prefix]))
            if len(self._incoming) < prefix + size:
                return
            body = bytes(self._incoming[prefix : prefix + size])
            del self._incoming[: prefix + size]
            header, blobs = frames.decode(body, header_size)
            brought = [self._fds.popleft() for _ in range(header.pop("fds", 0))]
            self._take(header, Message(header, blobs, brought))

    def _take(self, header: dict[str, Any], message: Message) -> None:
        op, number = header["op"], header.get("call")
        if op in ("answer", "error", "cancelled"):
            self._end_call(header, message)
        elif op == "cancel":
            if (task := self._tasks.get(header["call"])) is not None:
                task.cancel()
        elif number is None:
            self._hear(self.hears[op], message)
        else:
            task = self._loop.create_task(self._answer(number, self.answers[op], message))
            self._tasks[number] = task
            task.add_done_callback(partial(self._note_end, number))

    def _hear(self, hear: Hear, message: Message) -> None:
        try:
            hear(message)
        except Exception:  # one message must not keep those after it from being taken
            logger.exception("what another process told could not be taken")

    def _end_call(self, header: dict[str, Any], message: Message) -> None:
        answer, late = self._calls.pop(header["call"])
        if header["op"] == "answer":
            if answer.done():
                self._hear(late, message)
            else:
                answer.set_result(message)
        elif not answer.done():
            kind = _ERRORS.get(header.get("kind", ""), errors.SandboxError)
            answer.set_exception(kind(header.get("detail", "it was given up")))

    async def _answer(self, number: int, answer: Answer, message: Message) -> None:
        try:
            found = await answer(message)
            self._send({**found.header, "op": "answer", "call": number}, found.blobs, found.fds)
        except Exception as error:  # whoever called must get an answer, whatever went wrong here
            if not isinstance(error, errors.SandboxError):
                logger.exception("a call of another process failed")
            header = {"op": "error", "kind": type(error).__name__, "detail": str(error)}
            self._send({**header, "call": number})

    def _note_end(self, number: int, task: asyncio.Task[None]) -> None:
        del self._tasks[number]
        if task.cancelled():  # perhaps before it had begun
            self._send({"op": "cancelled", "call": number})


def pair() -> tuple[socket.socket, socket.socket]:
    """The two ends of a new connection."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)


def _gone() -> errors.SandboxError:
    return errors.SandboxError("the process at the other end has gone")


def _ignore(message: Message) -> None:
    for fd in message.fds:
        os.close(fd)
