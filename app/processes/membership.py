"""One member as the keeper sees it: a process that is started, served, and replaced."""

import asyncio
import os
import resource
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog

from app.cache.cache import Cache
from app.processes.judgements import JudgementsGiven
from app.processes.totals import Totals
from app.settings import CONFIG_VARIABLE, PREFIX, Settings
from sandbox import SandboxError, SandboxInfo
from sandbox.lending.lender import Borrower, Lender
from sandbox.lending.link import Link, Message, pair
from sandbox.lending.page import Page

log = structlog.get_logger(__name__)

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 10.0
_METRICS_S = 2.0
"""How long a member may take to tell its metrics; what it told before counts otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What there is once, for all members."""

    settings: Settings
    page: Page
    info: SandboxInfo
    lender: Lender
    cache: Cache
    totals: Totals
    exposition: Callable[[], Awaitable[bytes]]
    on_room: Callable[[], None]
    """Called whenever a process may have room for a connection that it had not before."""


class Membership:
    """The place of one member; `live` keeps a process in it."""

    def __init__(self, common: Common, number: int) -> None:
        self.ready = asyncio.Event()
        """Set while there is a process that answers requests."""
        self.connections = 0
        """Those that it has been given and that have not ended."""
        self._common = common
        self._number = number
        self._link: Link | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False
        self._refusal = ""
        self._was_ready = False
        """Whether the present process ever was."""

    async def live(self) -> None:
        """Start a process, and another one whenever it ends, until told to stop.

        Raises SandboxError when not even the first is able to start.
        """
        failures = 0
        has_worked = False
        while not self._stopping:
            was_ready = await self._serve_process()
            if self._stopping:
                return
            has_worked = has_worked or was_ready
            if not has_worked:
                raise SandboxError(self._refusal or "a service process ended while it was starting")
            failures = 0 if was_ready else failures + 1
            log.error("a service process has ended", number=self._number, reason=self._refusal)
            await asyncio.sleep(_pause_s(failures))

    @property
    def has_room(self) -> bool:
        """Whether there is a process that can take another connection."""
        return self.ready.is_set() and self.connections < most_connections()

    def connect(self, connection: socket.socket) -> None:
        """Have it serve a client."""
        if self._link is not None:
            self.connections += 1
            self._link.tell("connection", fds=[connection.fileno()])

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Have it end in order, and no other one start; SIGINT after that is for at once."""
        self._stopping = True
        self._signal(number)

    def kill(self) -> None:
        """End it, whatever it is doing."""
        self._signal(signal.SIGKILL)

    async def tell_metrics(self) -> None:
        """Have the totals hear what it has counted, unless it takes too long to say so."""
        if self._link is None or not self.ready.is_set():
            return
        with suppress(SandboxError, TimeoutError):
            async with asyncio.timeout(_METRICS_S):
                told = await self._link.call("metrics")
                self._common.totals.hear(self._number, told.blobs[0])

    async def _serve_process(self) -> bool:
        """Start a process and serve it until it ends; whether it was ever ready."""
        common, self._was_ready = self._common, False
        ours, theirs = pair()
        link = Link(ours, on_closed=self.ready.clear)
        borrower = common.lender.lend_to(link, number=self._number, of=common.settings.processes)
        judgements = JudgementsGiven(common.cache, link)
        link.answers |= {
            "begin": partial(self._begin, borrower),
            "exposition": self._exposition,
        }
        link.hears |= {
            "ready": self._note_ready,
            "refused": self._note_refusal,
            "disconnected": self._note_end,
        }
        link.start()
        try:
            with theirs:
                self._process = await _start(theirs, common.page)
            self._link, self.connections = link, 0
            if self._stopping:
                self.kill()
            await self._process.wait()
        finally:
            self._link = None
            link.close()
            judgements.close()
            borrower.close()
            common.page.forget(self._number)
            common.totals.end(self._number)
        return self._was_ready

    async def _begin(self, borrower: Borrower, _: Message) -> Message:
        common = self._common
        return Message(
            {
                "number": self._number,
                "settings": values_of(common.settings),
                "launcher": common.info.launcher,
                "reason": common.info.reason,
                **borrower.begin(),
            }
        )

    async def _exposition(self, _: Message) -> Message:
        return Message(blobs=[await self._common.exposition()])

    def _note_ready(self, _: Message) -> None:
        self._was_ready = True
        self.ready.set()
        self._common.on_room()

    def _note_refusal(self, message: Message) -> None:
        self._refusal = message.header["reason"]

    def _note_end(self, _: Message) -> None:
        self.connections -= 1
        self._common.on_room()

    def _signal(self, number: int) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, number)


def most_connections() -> int:
    """How many a process is given: it needs as many descriptors again, for runners and all else.

    That leaves two processes no fewer than one alone could have.
    """
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2


async def _start(connection: socket.socket, page: Page) -> asyncio.subprocess.Process:
    # It has its settings from us: what the environment or the file say now may be something else.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "app.processes.member"),
        *(str(connection.fileno()), str(page.fd)),
        pass_fds=(connection.fileno(), page.fd),
        env={**environment, CONFIG_VARIABLE: os.devnull},
        start_new_session=True,  # Ctrl-C is for the keeper, which tells us
    )


def values_of(settings: Settings) -> dict[str, Any]:
    """All settings, to be made again from these elsewhere."""
    values = settings.model_dump(mode="json")
    values["api_keys"] = [key.get_secret_value() for key in settings.api_keys]
    return values


def _pause_s(failures: int) -> float:
    if not failures:
        return 0.0
    return min(_FIRST_PAUSE_S * 2.0 ** min(failures - 1, 16), _LONGEST_PAUSE_S)
