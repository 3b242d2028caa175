"""The process that has what there is once, starts the members, and lives as long as the service."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from functools import partial

import anyio.to_thread

from app import auth
from app.cache.caching import open_cache
from app.listening import bind, url_of
from app.processes.loops import loop_factory
from app.processes.membership import Common, Membership
from app.processes.totals import Totals, told
from app.settings import Settings
from app.watching import gauges
from app.watching.metrics import Metrics, Reading
from sandbox.config import SandboxConfig
from sandbox.launchers.base import Launcher
from sandbox.lending.lender import Lender, SharedPool
from sandbox.lending.page import Page
from sandbox.startup import start

logger = logging.getLogger(__name__)

_BACKLOG = 2048
_PAUSE_S = 0.1
_LEFT_FOR_ENDING_S = 15.0
"""Beyond `drain_s`: members have bounds of their own, and are killed only past this one."""


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C, as `app.server.serve` does.

    Raises what keeps the first of the members from starting.
    """
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(Keeper(settings).serve())


class Keeper:
    """The service as a whole."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stop = asyncio.Event()
        self._somebody_has_room = asyncio.Event()
        self._members: list[Membership] = []
        self._totals = Totals()

    async def serve(self) -> None:
        """Until a signal says so."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._be_told, number)
        settings = self._settings
        with ExitStack() as opened:
            # First of all, as an address in use is noticed now or after all else has been started.
            listeners = [opened.enter_context(each) for each in bind(settings.host, settings.port)]
            async with self._open_common() as common:
                self._members = [Membership(common, n) for n in range(settings.processes)]
                await self._run(listeners)

    async def _run(self, listeners: list[socket.socket]) -> None:
        lives = [asyncio.create_task(member.live()) for member in self._members]
        others = [
            asyncio.create_task(self._accept_all(listeners)),
            asyncio.create_task(self._stop.wait()),
        ]
        try:
            done, _ = await asyncio.wait([*lives, *others], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            self._stop.set()
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await self._end(lives)

    async def _end(self, lives: list[asyncio.Task[None]]) -> None:
        for member in self._members:
            member.stop()
        _, pending = await asyncio.wait(lives, timeout=self._settings.drain_s + _LEFT_FOR_ENDING_S)
        if pending:
            for member in self._members:
                member.kill()
            await asyncio.wait(pending)

    async def _accept_all(self, listeners: list[socket.socket]) -> None:
        for member in self._members:
            await member.ready.wait()
        for listener in listeners:
            listener.listen(_BACKLOG)
            listener.setblocking(False)
        logger.info("running on %s", url_of(listeners[0]))
        await asyncio.gather(*map(self._accept, listeners))

    async def _accept(self, listener: socket.socket) -> None:
        """Give each connection to the member that has fewest; without room they wait."""
        loop = asyncio.get_running_loop()
        while True:
            await self._idlest()
            try:
                connection, _ = await loop.sock_accept(listener)
            except OSError as error:  # the client has gone, or there are too many
                logger.warning("a connection could not be accepted: %s", error)
                await asyncio.sleep(_PAUSE_S)
                continue
            with connection:
                (await self._idlest()).connect(connection)

    async def _idlest(self) -> Membership:
        while not (found := [each for each in self._members if each.has_room]):
            self._somebody_has_room.clear()
            await self._somebody_has_room.wait()
        return min(found, key=lambda member: member.connections)

    def _be_told(self, number: int) -> None:
        """Stop in order; at a second Ctrl-C, without waiting for running work."""
        if self._stop.is_set() and number == signal.SIGINT:
            for member in self._members:
                member.stop(signal.SIGINT)
        self._stop.set()

    async def _exposition(self, metrics: Metrics) -> bytes:
        """The metrics of all processes, as Prometheus reads them."""
        await asyncio.gather(*(member.tell_metrics() for member in self._members))
        families = self._totals.families(told(metrics.read().families))
        return await anyio.to_thread.run_sync(Reading(families).exposition)

    def _make_page(self) -> Page:
        settings = self._settings
        return Page.make(members=settings.processes, clients=len(auth.clients_of(settings)))

    @asynccontextmanager
    async def _open_common(self) -> AsyncIterator[Common]:
        """What there is once."""
        settings, pools = self._settings, list[SharedPool]()

        def make_pool(launcher: Launcher, config: SandboxConfig) -> SharedPool:
            pools.append(SharedPool(launcher, config, page=page))
            return pools[0]

        async with AsyncExitStack() as stack:
            page = stack.enter_context(contextlib.closing(self._make_page()))
            cache = await stack.enter_async_context(open_cache(settings))
            sandbox = await stack.enter_async_context(start(settings.sandbox, make_pool=make_pool))
            metrics = Metrics()
            for source in (gauges.of_sandbox(sandbox), gauges.of_cache(cache)):
                stack.enter_context(metrics.reading(source))
            yield Common(
                settings=settings,
                page=page,
                info=sandbox.info(),
                lender=Lender(sandbox, pools[0]),
                cache=cache,
                totals=self._totals,
                exposition=partial(self._exposition, metrics),
                on_room=self._somebody_has_room.set,
            )
