"""Keeps runners warm, hands each to one session at a time, and replaces those that end.

Each slot has a task that launches a runner, takes in its answers until it ends, and begins again.
"""

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from sandbox import messages
from sandbox.agent import protocol
from sandbox.channel import Channel
from sandbox.config import SandboxConfig
from sandbox.errors import LaunchError, Overloaded, SandboxError
from sandbox.launchers.base import LaunchedAgent, Launcher
from sandbox.runner import Loss, Runner, RunnerFailure
from sandbox.shield import to_the_end

logger = logging.getLogger("rewardbox.sandbox")

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 10.0
_LOGGED_CHARACTERS = 300

_EXPECTED_LOSSES = frozenset({Loss.WORN_OUT, Loss.STOPPED})


@dataclass(slots=True)
class PoolStats:
    """Counters since the start."""

    runs: int = 0
    """Runs of runners that have ended; `Pool.runs` has those of the living too."""
    launched: int = 0
    launch_failures: int = 0
    lost: Counter[Loss] = field(default_factory=Counter)
    """Runners that ended, by reason."""
    retries: int = 0
    """Runs repeated because a runner was lost under them."""


class Pool:
    """Runners of one launcher. Call `start`, then `acquire` and `Runner.close`, at last `close`."""

    def __init__(self, launcher: Launcher, config: SandboxConfig) -> None:
        self.stats = PoolStats()
        self.hello: messages.Hello | None = None
        """What the runner started last said of itself."""
        self._launcher = launcher
        self._config = config
        self._runners: set[Runner] = set()
        self._idle: list[Runner] = []
        self._waiting: OrderedDict[asyncio.Future[Runner], bool] = OrderedDict()
        """In the order of their turns; the value is whether the waiter has a deadline."""
        self._keepers: set[asyncio.Task[None]] = set()
        self._stopping: set[asyncio.Task[None]] = set()
        self._last_launch_error = ""
        self._failing_since: float | None = None
        self._ended: SandboxError | None = None
        """Why no runner can be had any more."""

    @property
    def queue_length(self) -> int:
        return len(self._waiting)

    @property
    def runners(self) -> int:
        """How many there are now."""
        return len(self._runners)

    @property
    def idle(self) -> int:
        """How many of them are idle."""
        return len(self._idle)

    @property
    def slots(self) -> int:
        slots = self._launcher.slots
        return self.runners if slots is None else slots

    @property
    def runs(self) -> int:
        """Runs since the start."""
        return self.stats.runs + sum(runner.runs for runner in self._runners)

    def start(self) -> None:
        """Begin launching, in the background."""
        if self._launcher.slots is None:
            self._keep(self._accept())
        else:
            for _ in range(self._launcher.slots):
                self._keep(self._keep_slot())

    async def close(self) -> None:
        """Stop every runner, whatever it is doing; who waits for one gets Overloaded."""
        self._end(Overloaded("the sandbox is shutting down"))
        for keeper in self._keepers:
            keeper.cancel()
        if self._keepers:
            await asyncio.wait(self._keepers)
        for runner in list(self._runners):  # launched, but its task had not begun
            self._retire(runner)
        if self._stopping:
            await asyncio.wait(self._stopping)

    async def acquire(self, deadline: float | None, *, first: bool = False) -> Runner:
        """The next free runner, for whoever has waited longest; `first` goes before all others.

        Raises Overloaded when too many wait or the deadline (a time of the loop's clock) passes,
        LaunchError when no runner can be started.
        """
        loop = asyncio.get_running_loop()
        if self._ended is not None:
            raise _again(self._ended)
        if deadline is not None and deadline <= loop.time():
            raise Overloaded("the deadline passed before a runner was asked for")
        if self._idle:
            return self._idle.pop()
        if len(self._waiting) >= self._config.queue_size and not first:
            raise Overloaded(f"{len(self._waiting)} others wait for a runner already")
        turn: asyncio.Future[Runner] = loop.create_future()
        self._waiting[turn] = deadline is not None
        if first:
            self._waiting.move_to_end(turn, last=False)
        return await self._wait_for(turn, deadline)

    async def _wait_for(self, turn: asyncio.Future[Runner], deadline: float | None) -> Runner:
        try:
            async with asyncio.timeout_at(deadline):
                return await turn
        except TimeoutError:
            self._pass_on(turn)
            why = f"; {self._last_launch_error}" if not self._runners else ""
            raise Overloaded(f"the deadline passed while waiting for a runner{why}") from None
        except asyncio.CancelledError:
            self._pass_on(turn)
            raise
        finally:
            self._waiting.pop(turn, None)

    def _pass_on(self, turn: asyncio.Future[Runner]) -> None:
        """Give back a runner that came in the very moment its waiter gave up."""
        if turn.done() and not turn.cancelled() and turn.exception() is None:
            self._offer(turn.result())

    def _offer(self, runner: Runner) -> None:
        """A free runner goes to whoever waited longest."""
        if runner.failure is not None:
            return
        while self._waiting:
            turn, _ = self._waiting.popitem(last=False)
            if not turn.done():
                turn.set_result(runner)
                return
        self._idle.append(runner)

    # Runners' lives

    async def _keep_slot(self) -> None:
        failures = 0
        while True:
            try:
                runner = await self._launch()
            except LaunchError as error:
                failures += 1
                self._note_launch_failure(error, failures)
            else:
                await self._serve(runner)
                # One that ends before its first run may be how launching fails here.
                failures = 0 if runner.runs else failures + 1
            if failures:
                await asyncio.sleep(_pause_s(failures))

    async def _accept(self) -> None:
        failures = 0
        while True:
            try:
                self._keep(self._serve(await self._launch()))
                failures = 0
            except LaunchError as error:
                failures += 1
                self._note_launch_failure(error, failures)
                await asyncio.sleep(_pause_s(failures))

    async def _launch(self) -> Runner:
        agent = await self._launcher.launch()
        try:
            runner = await self._greet(agent)
        except BaseException:
            await to_the_end(agent.stop())
            raise
        self.stats.launched += 1
        self._failing_since = None
        self.hello = runner.hello
        self._runners.add(runner)
        logger.info("runner %s started", agent.id)
        return runner

    async def _greet(self, agent: LaunchedAgent) -> Runner:
        channel = Channel(agent.reader, agent.writer)
        try:
            async with asyncio.timeout(self._config.launch_timeout_s):
                hello = messages.read_hello(*await channel.receive())
        except TimeoutError:
            raise LaunchError(f"runner {agent.id} did not say hello in time") from None
        except EOFError:
            raise LaunchError(f"runner {agent.id} ended before it said hello") from None
        except protocol.ProtocolError as error:
            raise LaunchError(f"runner {agent.id} cannot be used: {error}") from error
        return Runner(
            agent,
            channel,
            hello,
            on_free=self._offer,
            grace_s=self._config.answer_grace_s,
            runs_limit=self._config.runs_per_runner,
        )

    async def _serve(self, runner: Runner) -> None:
        self._offer(runner)
        try:
            self._note_end(runner, await runner.converse())
        finally:
            self._retire(runner)

    def _retire(self, runner: Runner) -> None:
        """Stop a runner beside everything else: its replacement need not wait for that."""
        self._runners.remove(runner)
        self.stats.runs += runner.runs
        if runner in self._idle:
            self._idle.remove(runner)
        task = asyncio.create_task(runner.agent.stop())
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)

    def _note_end(self, runner: Runner, failure: RunnerFailure) -> None:
        self.stats.lost[failure.loss] += 1
        level = logging.INFO if failure.loss in _EXPECTED_LOSSES else logging.WARNING
        words = ascii(str(failure))[:_LOGGED_CHARACTERS]
        logger.log(level, "runner %s ended after %d runs: %s", runner.agent.id, runner.runs, words)

    def _note_launch_failure(self, error: LaunchError, failures: int) -> None:
        now = asyncio.get_running_loop().time()
        self._failing_since = self._failing_since or now
        self.stats.launch_failures += 1
        self._last_launch_error = str(error)
        logger.warning("no runner could be started (%d in a row): %s", failures, error)
        hopeless = now - self._failing_since >= self._config.launch_patience_s
        if hopeless and not self._runners:
            patient = [turn for turn, has_deadline in self._waiting.items() if not has_deadline]
            self._refuse(patient, LaunchError(f"no runner could be started: {error}"))

    def _refuse(self, turns: list[asyncio.Future[Runner]], error: SandboxError) -> None:
        for turn in turns:
            del self._waiting[turn]
            if not turn.done():
                turn.set_exception(_again(error))

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._keepers.add(task)
        task.add_done_callback(self._note_keeper)

    def _note_keeper(self, task: asyncio.Task[None]) -> None:
        self._keepers.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # Nothing there should raise: better refuse all work, loudly, than wait without an end.
            logger.critical("the pool has failed", exc_info=error)
            self._end(SandboxError(f"the pool has failed: {error!r}"))

    def _end(self, error: SandboxError) -> None:
        self._ended = self._ended or error
        self._idle.clear()
        self._refuse(list(self._waiting), self._ended)


def _again(error: SandboxError) -> SandboxError:
    """The same error without the traceback it has gathered: it is raised to many."""
    return type(error)(*error.args)


def _pause_s(failures: int) -> float:
    return min(_FIRST_PAUSE_S * 2.0 ** min(failures - 1, 16), _LONGEST_PAUSE_S)
