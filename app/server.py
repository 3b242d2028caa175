"""Serves over HTTP until told to stop, and then lets go of nothing that still runs."""

import gc
import logging
import resource
import socket
from contextlib import AsyncExitStack, suppress

import structlog
import uvicorn
from fastapi import FastAPI

from app import auth, logs
from app.listening import bind, url_of
from app.main import create_app
from app.processes import keeper
from app.protocol import OneAtATime
from app.service import Service
from app.settings import Settings

log = structlog.get_logger(__name__)

_LEFT_FOR_ANSWERS_S = 5.0
"""Beyond `drain_s`: for answers to reach their callers."""
_KEEP_ALIVE_S = 75
"""Longer than clients keep idle connections, so that none sends into one that is being closed."""


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C; a second Ctrl-C stops without waiting for running work.

    Raises InvalidSettings when strangers could reach the service without a key, or its address
    cannot be had, and what `app.main.running` raises.
    """
    auth.check_exposure(settings)
    logs.configure(settings)
    _allow_many_connections()
    if settings.processes > 1:
        keeper.serve(settings)
        return
    # uvicorn passes Ctrl-C on when all is done; there is nothing left to interrupt then.
    with suppress(KeyboardInterrupt):
        Server(create_app(settings), settings).run()


class Server(uvicorn.Server):
    """A uvicorn server that drains the service before it waits for connections to close.

    It runs the application's lifespan itself, so that what goes wrong there is raised, and what
    was opened is closed however serving ends.
    """

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        self.app = app
        self._host = settings.host
        self._port = settings.port
        self._drain_s = settings.drain_s
        self._opened = AsyncExitStack()
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                http=OneAtATime,
                ws="none",
                server_header=False,
                timeout_keep_alive=_KEEP_ALIVE_S,
                timeout_graceful_shutdown=round(settings.drain_s + _LEFT_FOR_ANSWERS_S),
            )
        )

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        async with self._opened:
            await super().serve(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        # First of all, as an address in use is noticed now or after all else has been started.
        listeners = self.listen()
        await self._opened.enter_async_context(self.app.router.lifespan_context(self.app))
        # What there is now is there to stay: the collector need not stop everything to look at it.
        gc.collect()
        gc.freeze()
        await super().startup(listeners)
        self.announce(listeners)

    def listen(self) -> list[socket.socket]:
        """The sockets that connections come from, closed in the end."""
        return [self._opened.enter_context(each) for each in bind(self._host, self._port)]

    def announce(self, listeners: list[socket.socket]) -> None:
        """Connections are served from now on."""
        logging.getLogger(__name__).info("running on %s", url_of(listeners[0]))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        service: Service = self.app.state.service
        log.info("draining", within_s=self._drain_s)
        service.drain.start(self._drain_s)
        await super().shutdown(sockets)
        # Now, as uvicorn is about to pass on the signal that it was stopped by.
        await self._opened.aclose()


def _allow_many_connections() -> None:
    """Use all the descriptors that this process may have; every connection takes one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
