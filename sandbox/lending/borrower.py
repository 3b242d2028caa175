"""A process that has no runners of its own: borrows them from the keeper, session by session.

Sessions are the same as over a pool of their own, and speak to runners directly.
"""

import asyncio
import socket
from collections import Counter
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, replace
from typing import Any, cast

from sandbox.base import Session
from sandbox.channel import Channel
from sandbox.config import SandboxConfig
from sandbox.errors import SandboxError
from sandbox.languages import Language, language_table
from sandbox.launchers.attachment import attach
from sandbox.launchers.base import STREAM_LIMIT_BYTES, Death
from sandbox.lending.link import Link, Message
from sandbox.lending.page import Figure, Page
from sandbox.local import LocalSandbox
from sandbox.messages import Hello
from sandbox.runner import Loss, Runner, RunnerFailure
from sandbox.selftest import Survey
from sandbox.shield import to_the_end
from sandbox.supply import PoolStats
from sandbox.types import Claim, LanguageInfo, Program, Tier

_DETAIL_CHARACTERS = 1000
_NOBODY = Claim()

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class LentAgent:
    """An agent as its borrower sees it: its end is the keeper's business."""

    def __init__(self, link: Link, number: int, name: str, streams: Streams) -> None:
        self.id = name
        self.reader, self.writer = streams
        self._link = link
        self._number = number

    async def stop(self) -> None:
        self.writer.transport.abort()

    async def death(self) -> Death:
        try:
            found = await self._link.call("death", {"runner": self._number})
        except SandboxError:
            return Death.UNKNOWN
        return Death(found.header["death"])


class BorrowedPool:
    """A Supply. What it counts is what happened here; the keeper has the rest."""

    runners = 0
    idle = 0
    longest_wait_s = 0.0
    runs = 0

    def __init__(self, link: Link, page: Page, config: SandboxConfig) -> None:
        self.stats = PoolStats()
        self.in_use: Counter[Tier] = Counter()
        self.slots = 0
        self.toolchains = ""
        self.hello: Hello | None = None
        self._link = link
        self._page = page
        self._config = config
        self._runners: dict[int, Runner] = {}
        self._numbers: dict[Runner, int] = {}
        self._conversations: dict[int, asyncio.Task[None]] = {}
        link.hears |= {"state": self._take_state, "gone": self._forget}

    @property
    def busy(self) -> int:
        return self._page[Figure.BUSY]

    @property
    def handed_out(self) -> int:
        return self._page[Figure.HANDED_OUT]

    @property
    def queue_length(self) -> int:
        return self._page[Figure.WAITING]

    async def acquire(
        self,
        deadline: float | None,
        *,
        first: bool = False,
        again: bool = False,
        alone: bool = False,
        tier: Tier = Tier.WARM,
        claim: Claim = _NOBODY,
    ) -> Runner:
        """See `Pool.acquire`; a deadline means the same in all processes of a machine."""
        asked = {"deadline": deadline, "first": first, "again": again, "alone": alone}
        while True:
            lent = await self._ask("acquire", {**asked, "tier": tier, **asdict(claim)})
            if (runner := await self._take(lent)) is not None:
                return runner

    async def acquire_idle(self, claim: Claim) -> Runner | None:
        """See `Pool.acquire_idle`."""
        if self._page[Figure.WAITING] or not self._page[Figure.FREE]:
            return None
        answer = await self._ask("acquire_idle", asdict(claim))
        return await self._take(answer) if "runner" in answer.header else None

    async def close(self) -> None:
        for conversation in self._conversations.values():
            conversation.cancel()
        await asyncio.gather(*self._conversations.values(), return_exceptions=True)

    async def _ask(self, op: str, asked: dict[str, Any]) -> Message:
        return await self._link.call(op, asked, on_late=self._decline)

    async def _take(self, lent: Message) -> Runner | None:
        """The runner that was lent; None if it has ended by now."""
        number = lent.header["runner"]
        if lent.fds:
            try:
                await to_the_end(self._meet(number, lent))
            except asyncio.CancelledError:
                self._return(number)
                raise
        runner = self._runners.get(number)
        if runner is not None:
            runner.runs = lent.header["runs"]
            runner.is_for_one_session = lent.header["once"]
            if not _transport(runner).is_closing():
                _transport(runner).resume_reading()
        return runner

    def _decline(self, lent: Message) -> None:
        """Give back what came when nobody waited for it any more."""
        if (number := lent.header.get("runner")) is None:
            return
        if lent.fds:
            meeting = asyncio.ensure_future(self._meet(number, lent))
            meeting.add_done_callback(lambda _: self._return(number))
        else:
            self._return(number)

    async def _meet(self, number: int, lent: Message) -> None:
        (fd,) = lent.fds
        connect = _attached if lent.header["attached"] else _opened
        streams = await connect(socket.socket(fileno=fd))
        agent = LentAgent(self._link, number, lent.header["id"], streams)
        hello = lent.header["hello"]
        runner = Runner(
            agent,
            Channel(agent.reader, agent.writer),
            Hello(**{**hello, "walls": tuple(hello["walls"])}),
            on_free=self._give_back,
            grace_s=self._config.answer_grace_s,
            runs_limit=self._config.runs_per_runner,
        )
        self._runners[number] = runner
        self._numbers[runner] = number
        conversation = asyncio.create_task(self._converse(number, runner))
        self._conversations[number] = conversation
        conversation.add_done_callback(lambda _: self._drop(number, runner))

    async def _converse(self, number: int, runner: Runner) -> None:
        failure = await runner.converse()
        detail = failure.detail[:_DETAIL_CHARACTERS]
        told = {"runner": number, "loss": failure.loss, "detail": detail, "runs": runner.runs}
        self._link.tell("lost", told)

    def _drop(self, number: int, runner: Runner) -> None:
        # A conversation that was cancelled before it began has not said so.
        runner.failure = runner.failure or RunnerFailure(Loss.STOPPED)
        del self._runners[number], self._numbers[runner], self._conversations[number]
        _transport(runner).abort()

    def _return(self, number: int) -> None:
        """Give back a runner that was not used."""
        if (runner := self._runners.get(number)) is not None:
            self._give_back(runner)

    def _give_back(self, runner: Runner) -> None:
        """The session has ended, and what is said from now on is for others to hear."""
        if runner.failure is not None or runner not in self._numbers:
            return
        if not _transport(runner).is_closing():
            _transport(runner).pause_reading()
        told = {"runner": self._numbers[runner], "runs": runner.runs, "used": runner.is_used}
        self._link.tell("release", told)

    def _forget(self, message: Message) -> None:
        """The keeper has ended that runner."""
        if (conversation := self._conversations.get(message.header["runner"])) is not None:
            conversation.cancel()

    def _take_state(self, message: Message) -> None:
        self.take_state(message.header)

    def take_state(self, told: dict[str, Any]) -> None:
        """What the keeper tells of the runners there are."""
        self.slots = told["slots"]
        self.toolchains = told["toolchains"]
        if (hello := told["hello"]) is not None:
            self.hello = Hello(**{**hello, "walls": tuple(hello["walls"])})


class BorrowedSurvey(Survey):
    """What the keeper has found out about languages."""

    def __init__(self, link: Link) -> None:
        super().__init__(_open_nothing, python_version=lambda: None)
        self._link = link

    async def _try(self, language: Language) -> LanguageInfo:
        found = (await self._link.call("language", {"name": language.name})).header["found"]
        return LanguageInfo(**{**found, "aliases": tuple(found["aliases"])})


def borrow(
    link: Link, page: Page, config: SandboxConfig, *, launcher: str, reason: str, processes: int
) -> LocalSandbox:
    """A sandbox over the keeper's runners; its room for what compilers made is a share of all."""
    config = replace(config, artefact_bytes=config.artefact_bytes // processes)
    pool = BorrowedPool(link, page, config)
    sandbox = LocalSandbox(pool, language_table(), config, launcher=launcher, reason=reason)
    sandbox.survey = BorrowedSurvey(link)
    return sandbox


def _open_nothing(language: Language, program: Program) -> AbstractAsyncContextManager[Session]:
    raise NotImplementedError("the keeper tries languages")


async def _opened(connection: socket.socket) -> Streams:
    return await asyncio.open_unix_connection(sock=connection, limit=STREAM_LIMIT_BYTES)


async def _attached(connection: socket.socket) -> Streams:
    reader, writer, _ = await attach(connection)
    return reader, writer


def _transport(runner: Runner) -> asyncio.Transport:
    return cast(asyncio.Transport, runner.agent.writer.transport)
