"""The keeper's side: lends the runners of its pool, one session at a time, to other processes.

Whose turn it is, how many run at once and when a runner has had enough is for the pool to say, as
without other processes. A runner that is lent is spoken to by its borrower alone, over the very
connection that the keeper has to it; the keeper pauses reading meanwhile.
"""

import asyncio
import itertools
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from typing import Any, cast

from sandbox.config import SandboxConfig
from sandbox.errors import LaunchError
from sandbox.languages import language_table
from sandbox.launchers.attachment import Attachment
from sandbox.launchers.base import Death, Launcher
from sandbox.lending.link import Link, Message
from sandbox.lending.page import Figure, Page
from sandbox.local import LocalSandbox
from sandbox.pool import Pool
from sandbox.runner import Loss, Runner, RunnerFailure
from sandbox.turns import Turn
from sandbox.types import Claim, Priority, Tier


class SharedPool(Pool):
    """A pool that writes what changes on the page, before anybody can see the change otherwise."""

    hands_on = False  # the answer would reach somebody else

    def __init__(self, launcher: Launcher, config: SandboxConfig, *, page: Page) -> None:
        super().__init__(launcher, config)
        self.on_change: Callable[[], None] = _nothing
        """Called when a runner has started."""
        self.on_end: Callable[[int], None] = lambda _: None
        """Called with the number of a runner that has ended."""
        self.connections: dict[Runner, tuple[int, socket.socket]] = {}
        """Every runner's number, and its connection as it can be passed on."""
        self._numbers = itertools.count(1)
        self._page = page

    def publish(self) -> None:
        """Write it all."""
        self._page[Figure.BUSY] = self.busy
        self._page[Figure.HANDED_OUT] = self.handed_out
        self._page[Figure.WAITING] = self.queue_length
        self._page[Figure.FREE] = self.free

    async def acquire_idle(self, claim: Claim) -> Runner | None:
        try:
            return await super().acquire_idle(claim)
        finally:
            self.publish()  # for a moment it looked as if somebody waited

    async def _wait_for(self, turn: Turn[Runner], deadline: float | None) -> Runner:
        try:
            return await super()._wait_for(turn, deadline)
        finally:
            self.publish()

    def _hand_out(self) -> None:
        super()._hand_out()
        self.publish()

    def _give_back(self, runner: Runner) -> bool:
        was_taken = super()._give_back(runner)
        self.publish()
        return was_taken

    async def _launch(self) -> Runner:
        runner = await super()._launch()
        connection = runner.agent.writer.get_extra_info("socket")
        try:
            passable = socket.socket(fileno=os.dup(connection.fileno()))
        except OSError as error:
            self._retire(runner)
            raise LaunchError(f"runner {runner.agent.id} cannot be lent: {error}") from error
        self.connections[runner] = next(self._numbers), passable
        self.on_change()
        return runner

    def _retire(self, runner: Runner) -> None:
        super()._retire(runner)
        self.publish()
        if runner in self.connections:
            number, connection = self.connections.pop(runner)
            with connection, suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # for those who hold it too
            self.on_end(number)


class Lender:
    """Lends the runners of one pool to any number of borrowers."""

    def __init__(self, sandbox: LocalSandbox, pool: SharedPool) -> None:
        self.pool = pool
        self.survey = sandbox.survey
        self._borrowers: set[Borrower] = set()
        pool.on_change = self._tell_state
        pool.on_end = self._forget

    def lend_to(self, link: Link, *, number: int, of: int) -> "Borrower":
        """Answer what the `number`th of so many borrowers asks for over that link."""
        return Borrower(self, link, number=number, of=of)

    def enter(self, borrower: "Borrower") -> dict[str, Any]:
        """What a borrower is told of the runners there are, and will be whenever that changes."""
        self._borrowers.add(borrower)
        return self._state()

    def _state(self) -> dict[str, Any]:
        hello = self.pool.hello
        return {
            "slots": self.pool.slots,
            "toolchains": self.pool.toolchains,
            "hello": asdict(hello) if hello else None,
        }

    def leave(self, borrower: "Borrower") -> None:
        self._borrowers.discard(borrower)

    def _tell_state(self) -> None:
        for borrower in self._borrowers:
            borrower.link.tell("state", self._state())

    def _forget(self, number: int) -> None:
        self._tell_state()
        for borrower in self._borrowers:
            borrower.forget(number)


class Borrower:
    """One of those to whom runners are lent."""

    def __init__(self, lender: Lender, link: Link, *, number: int, of: int) -> None:
        self.link = link
        self._lender = lender
        self._pool = lender.pool
        self._number = number
        self._of = of
        self._known: set[int] = set()
        """Runners whose connections it has."""
        self._lent: dict[int, Runner] = {}
        link.answers |= {
            "acquire": self._acquire,
            "acquire_idle": self._acquire_idle,
            "death": self._death,
            "language": self._language,
        }
        link.hears |= {"release": self._release, "lost": self._lost}

    def begin(self) -> dict[str, Any]:
        """See `Lender.enter`."""
        return self._lender.enter(self)

    def close(self) -> None:
        """It has gone, and whatever it had is taken back; what ran there may still run."""
        self._lender.leave(self)
        for runner in list(self._lent.values()):
            runner.end(RunnerFailure(Loss.ABANDONED, "the process that it was lent to has ended"))
        self._lent.clear()

    def forget(self, number: int) -> None:
        """There is no such runner any more."""
        self._lent.pop(number, None)
        if number in self._known:
            self._known.remove(number)
            self.link.tell("gone", {"runner": number})

    async def _acquire(self, message: Message) -> Message:
        asked, pool = message.header, self._pool
        acquire = partial(
            pool.acquire,
            asked["deadline"],
            again=asked["again"],
            alone=asked["alone"],
            tier=Tier(asked["tier"]),
            claim=self._claim(asked),
        )
        runner = await acquire(first=asked["first"])
        while runner not in pool.connections:  # it ended before we were told of our turn
            runner = await acquire(first=True)
        return self._lend(runner)

    async def _acquire_idle(self, message: Message) -> Message:
        runner = await self._pool.acquire_idle(self._claim(message.header))
        return Message() if runner is None else self._lend(runner)

    def _claim(self, asked: dict[str, Any]) -> Claim:
        """Every borrower numbers its requests itself."""
        request = asked["request"]
        return Claim(
            client=asked["client"],
            request=None if request is None else request * self._of + self._number,
            priority=Priority(asked["priority"]),
        )

    def _lend(self, runner: Runner) -> Message:
        number, connection = self._pool.connections[runner]
        runner.begin()
        transport = _transport(runner)
        if not transport.is_closing():  # else its borrower will find out, and say so
            transport.pause_reading()
        self._lent[number] = runner
        lent = {"runner": number, "runs": runner.runs, "once": runner.is_for_one_session}
        if number in self._known:
            return Message(lent)
        self._known.add(number)
        about = {
            "id": runner.agent.id,
            "hello": asdict(runner.hello),
            "attached": isinstance(transport.get_protocol(), Attachment),
        }
        return Message({**lent, **about}, fds=[connection.fileno()])

    def _release(self, message: Message) -> None:
        told = message.header
        runner = self._lent.pop(told["runner"], None)
        if runner is None:
            return  # it has ended meanwhile
        runner.runs = max(runner.runs, told["runs"])
        runner.is_used = runner.is_used or told["used"]
        if not _transport(runner).is_closing():
            _transport(runner).resume_reading()
        runner.close()

    def _lost(self, message: Message) -> None:
        told = message.header
        runner = self._lent.pop(told["runner"], None)
        if runner is not None:
            runner.runs = max(runner.runs, told["runs"])
            runner.end(RunnerFailure(Loss(told["loss"]), told["detail"]))

    async def _death(self, message: Message) -> Message:
        runner = self._lent.get(message.header["runner"])
        death = Death.UNKNOWN if runner is None else await runner.agent.death()
        return Message({"death": death})

    async def _language(self, message: Message) -> Message:
        language = language_table().find(message.header["name"])
        return Message({"found": asdict(await self._lender.survey.look_at(language))})


def _transport(runner: Runner) -> asyncio.Transport:
    """Every launcher's stream is one connection, for both directions."""
    return cast(asyncio.Transport, runner.agent.writer.transport)


def _nothing() -> None:
    pass
