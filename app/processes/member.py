"""A process that answers requests: started by the keeper, as `python -m app.processes.member`."""

import asyncio
import math
import os
import signal
import socket
import sys
from contextlib import ExitStack, suppress
from functools import cached_property, partial
from typing import Any

from app import auth, logs
from app.main import create_app
from app.processes.judgements import JudgementsAsked
from app.processes.loops import loop_factory
from app.processes.room import SharedRoom
from app.processes.totals import told
from app.server import Server
from app.settings import Settings
from app.sharing import Shared
from sandbox.agent import system
from sandbox.lending.borrower import BorrowedPool, borrow
from sandbox.lending.link import Link, Message
from sandbox.lending.page import Own, Page

REFUSED = 2
"""Exit code of one that could not start, and has told the keeper why."""


class MemberServer(Server):
    """A Server whose connections come from the keeper."""

    def __init__(self, app: Any, settings: Settings, link: Link) -> None:
        super().__init__(app, settings)
        self._link = link
        self._accepting: set[asyncio.Task[None]] = set()
        link.hears["connection"] = self._take
        link.answers["metrics"] = self._metrics

    def listen(self) -> list[socket.socket]:
        return []

    def announce(self, listeners: list[socket.socket]) -> None:
        self._link.tell("ready")

    def _take(self, message: Message) -> None:
        (fd,) = message.fds
        task = asyncio.ensure_future(self._serve_connection(socket.socket(fileno=fd)))
        self._accepting.add(task)
        task.add_done_callback(self._accepting.discard)

    async def _serve_connection(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        loop = asyncio.get_running_loop()
        with suppress(OSError):  # the client has gone already
            await loop.connect_accepted_socket(self._protocol, connection)
            return
        self._link.tell("disconnected")

    def _protocol(self) -> asyncio.Protocol:
        """What speaks HTTP, made as uvicorn makes it."""
        protocol: asyncio.Protocol = self._connection(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return protocol

    @cached_property
    def _connection(self) -> Any:
        """The class of protocols that uvicorn has chosen; these tell the keeper of their end."""
        base: Any = self.config.http_protocol_class
        tell = partial(self._link.tell, "disconnected")

        class Connection(base):  # type: ignore[misc] # known only now
            def connection_lost(self, error: Exception | None) -> None:
                super().connection_lost(error)
                tell()

        return Connection

    async def _metrics(self, _: Message) -> Message:
        metrics = self.app.state.service.watch.metrics
        return Message(blobs=[told(metrics.read().families)])


async def serve(connection: socket.socket, page: Page) -> int:
    """Serve until told to stop, or the keeper has gone; the exit code."""
    # Without its keeper a member has no runners, and nothing to finish in order.
    link = Link(connection, on_closed=partial(os._exit, 1))
    link.start()
    begun = (await link.call("begin")).header
    settings, number = _share(Settings(**begun["settings"])), begun["number"]
    logs.configure(settings)
    sandbox = borrow(
        link,
        page,
        settings.sandbox,
        launcher=begun["launcher"],
        reason=begun["reason"],
        processes=settings.processes,
    )
    if isinstance(sandbox.pool, BorrowedPool):
        sandbox.pool.take_state(begun)

    async def exposition() -> bytes:
        return bytes((await link.call("exposition")).blobs[0])

    room = partial(SharedRoom, page=page, member=number, clients=auth.clients_of(settings))
    shared = Shared(
        cache=JudgementsAsked(link),
        items=room(settings.queue_size, figure=Own.ITEMS),
        body_bytes=room(settings.queue_bytes, figure=Own.BODY_BYTES),
        exposition=exposition,
    )
    try:
        app = create_app(settings, sandbox=sandbox, shared=shared)
        await MemberServer(app, settings, link).serve()
    except Exception as error:  # whatever it was, the keeper must learn why there is no member
        link.tell("refused", {"reason": str(error)})
        return REFUSED
    return 0


def _share(settings: Settings) -> Settings:
    """Settings of one of several processes: with its share of those that check maths."""
    workers = settings.workers or len(os.sched_getaffinity(0))
    return settings.model_copy(update={"workers": math.ceil(workers / settings.processes)})


def main() -> None:
    """Serve over the descriptors that the keeper named."""
    system.prctl(system.PR_SET_PDEATHSIG, signal.SIGKILL)
    connection, page = sys.argv[1:]
    with ExitStack() as stack:
        runner = stack.enter_context(asyncio.Runner(loop_factory=loop_factory()))
        work = serve(socket.socket(fileno=int(connection)), Page(int(page)))
        # uvicorn passes on the signal that it was stopped by when all is done.
        with suppress(KeyboardInterrupt):
            sys.exit(runner.run(work))


if __name__ == "__main__":
    main()
