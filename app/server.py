"""Serves over HTTP until told to stop, and then lets go of nothing that still runs."""

import resource
import socket
from contextlib import AsyncExitStack, suppress

import structlog
import uvicorn
from fastapi import FastAPI

from app import auth, logs
from app.main import create_app
from app.service import Service
from app.settings import Settings

log = structlog.get_logger(__name__)

_LEFT_FOR_ANSWERS_S = 5.0
"""Beyond `drain_s`: for answers to reach their callers."""
_KEEP_ALIVE_S = 75
"""Longer than clients keep idle connections, so that none sends into one that is being closed."""


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C; a second Ctrl-C stops without waiting for running work.

    Raises InvalidSettings when strangers could reach the service without a key, and what
    `app.main.running` raises; exits when it cannot listen on its address.
    """
    auth.check_exposure(settings)
    logs.configure(settings)
    _allow_many_connections()
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
        self._drain_s = settings.drain_s
        self._opened = AsyncExitStack()
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                log_config=None,
                access_log=False,
                lifespan="off",
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
        await self._opened.enter_async_context(self.app.router.lifespan_context(self.app))
        await super().startup(sockets)

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
