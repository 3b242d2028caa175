"""Launches runners, takes in what they answer until they end, and replaces them.

Each slot has a task that does so again and again. Who uses a runner when is no matter here.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import Any

from sandbox import messages
from sandbox.agent import protocol
from sandbox.channel import Channel
from sandbox.config import SandboxConfig
from sandbox.errors import LaunchError, SandboxError
from sandbox.launchers.base import LaunchedAgent, Launcher
from sandbox.runner import Loss, Runner, RunnerFailure
from sandbox.shield import to_the_end
from sandbox.supply import PoolStats
from sandbox.types import Tier
from sandbox.walls import missing_walls

logger = logging.getLogger("rewardbox.sandbox")

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 10.0
_LOGGED_CHARACTERS = 300

_EXPECTED_LOSSES = frozenset({Loss.WORN_OUT, Loss.STOPPED})


class Fleet(ABC):
    """Runners of one launcher. Call `start`, at last `close`."""

    hands_on = True
    """Whether a runner goes to the next session before it has said that it is clean."""

    def __init__(self, launcher: Launcher, config: SandboxConfig) -> None:
        self.stats = PoolStats()
        self.hello: messages.Hello | None = None
        """What the runner started last said of itself."""
        self._launcher = launcher
        self._config = config
        self._toolchains: str | None = None
        """None whenever runners have come or gone, until somebody asks."""
        self._runners: set[Runner] = set()
        self._keepers: set[asyncio.Task[object]] = set()
        self._stopping: set[asyncio.Task[None]] = set()
        self._last_launch_error = ""
        self._failing_since: float | None = None

    @property
    def runners(self) -> int:
        """How many there are now."""
        return len(self._runners)

    @property
    def toolchains(self) -> str:
        """Tells apart what programs find on the runners there are."""
        if self._toolchains is None:
            hellos = [runner.hello for runner in self._runners]
            if not hellos and self.hello is not None:
                hellos = [self.hello]
            found = {f"{hello.python} {hello.toolchains}" for hello in hellos}
            launcher = self._launcher
            self._toolchains = ", ".join([launcher.name, launcher.edition, *sorted(found)])
        return self._toolchains

    @property
    def runs(self) -> int:
        """Runs since the start."""
        return self.stats.runs + sum(runner.runs for runner in self._runners)

    def start(self) -> None:
        """Begin launching, in the background."""
        if self._launcher.slots is None:
            self._keep(self._accept())
        else:
            for _ in range(self._launcher.slots + self._spares(self._launcher.slots)):
                self._keep(self._keep_slot())

    async def close(self) -> None:
        """Stop every runner, whatever it is doing."""
        for keeper in self._keepers:
            keeper.cancel()
        if self._keepers:
            await asyncio.wait(self._keepers)
        for runner in list(self._runners):  # launched, but its task had not begun
            self._retire(runner)
        if self._stopping:
            await asyncio.wait(self._stopping)

    @abstractmethod
    def _offer(self, runner: Runner) -> None:
        """A runner is free: it is new, or a session has been cleaned away."""

    @abstractmethod
    def _withdraw(self, runner: Runner) -> None:
        """A runner can be used no more."""

    @abstractmethod
    def _despair(self, error: LaunchError) -> None:
        """There is no runner, and none could be started for long."""

    @abstractmethod
    def _end(self, error: SandboxError) -> None:
        """No runner can be had any more."""

    def _spares(self, slots: int) -> int:
        if self._config.spares is not None:
            return self._config.spares
        # One that ends is replaced at once: to start another may take a second of a slot's time.
        return slots if Tier.FRESH in self._config.tiers else 1

    async def _keep_slot(self) -> None:
        failures = 0
        while True:
            try:
                runner = await self._launch()
            except LaunchError as error:
                failures += 1
                self._note_launch_failure(error, failures)
            else:
                failure = await self._serve(runner)
                # One that ends before its first run may be how launching fails here.
                was_of_use = runner.runs > 0 or failure.loss is Loss.WORN_OUT
                failures = 0 if was_of_use else failures + 1
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
        if self.hello is None or self.hello.walls != runner.hello.walls:
            logger.info("walls of runner %s: %s", agent.id, ", ".join(runner.hello.walls))
        self.hello = runner.hello
        self._runners.add(runner)
        self._toolchains = None
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
        if missing := missing_walls(hello.walls):
            raise LaunchError(f"runner {agent.id} cannot be used: {missing}")
        return Runner(
            agent,
            channel,
            hello,
            on_free=self._offer,
            grace_s=self._config.answer_grace_s,
            runs_limit=self._config.runs_per_runner,
            hands_on=self.hands_on,
        )

    async def _serve(self, runner: Runner) -> RunnerFailure:
        """Why it ended."""
        self._offer(runner)
        try:
            failure = await runner.converse()
            self._note_end(runner, failure)
            return failure
        finally:
            self._retire(runner)

    def _retire(self, runner: Runner) -> None:
        """Stop a runner beside everything else: its replacement need not wait for that."""
        self._runners.remove(runner)
        self._toolchains = None
        self.stats.runs += runner.runs
        self._withdraw(runner)
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
            self._despair(LaunchError(f"no runner could be started: {error}"))

    def _keep(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        self._keepers.add(task)
        task.add_done_callback(self._note_keeper)

    def _note_keeper(self, task: asyncio.Task[object]) -> None:
        self._keepers.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # Nothing there should raise: better refuse all work, loudly, than wait without an end.
            logger.critical("the pool has failed", exc_info=error)
            self._end(SandboxError(f"the pool has failed: {error!r}"))


def _pause_s(failures: int) -> float:
    return min(_FIRST_PAUSE_S * 2.0 ** min(failures - 1, 16), _LONGEST_PAUSE_S)
