"""Keeps runners warm, hands each to one session at a time, and replaces those that end.

Each slot has a task that launches a runner, takes in its answers until it ends, and begins again.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

from sandbox import messages
from sandbox.agent import protocol
from sandbox.channel import Channel
from sandbox.config import SandboxConfig
from sandbox.errors import LaunchError, Overloaded, SandboxError
from sandbox.launchers.base import LaunchedAgent, Launcher
from sandbox.quiet import Quiet
from sandbox.runner import Loss, Runner, RunnerFailure
from sandbox.shield import to_the_end
from sandbox.turns import Turn, Turns
from sandbox.types import Claim, Tier
from sandbox.walls import missing_walls

logger = logging.getLogger("rewardbox.sandbox")

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 10.0
_LOGGED_CHARACTERS = 300

_NOBODY = Claim()

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
    reruns: int = 0
    """Runs repeated alone because they came near to a limit beside others."""


class Pool:
    """Runners of one launcher. Call `start`, then `acquire` and `Runner.close`, at last `close`."""

    hands_on = True
    """Whether a runner goes to the next session before it has said that it is clean."""

    def __init__(self, launcher: Launcher, config: SandboxConfig) -> None:
        self.stats = PoolStats()
        self.handed_out = 0
        """Times that a runner was."""
        self.hello: messages.Hello | None = None
        """What the runner started last said of itself."""
        self._launcher = launcher
        self._config = config
        self._toolchains: str | None = None
        """None whenever runners have come or gone, until somebody asks."""
        self._runners: set[Runner] = set()
        self._idle: dict[Tier, list[Runner]] = {tier: [] for tier in Tier}
        """FRESH are those that nobody has used yet."""
        self._taken: dict[Runner, Turn[Runner]] = {}
        """Handed out, as many as there are slots at most."""
        self._waiting: Turns[Runner] = Turns()
        self._quiet = Quiet(self._look_again)
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
    def longest_wait_s(self) -> float:
        """How long the first of those in the queue has waited."""
        since = self._waiting.oldest
        return 0.0 if since is None else asyncio.get_running_loop().time() - since

    @property
    def in_use(self) -> Counter[Tier]:
        """Runners handed out now, by the tier that was asked for."""
        return Counter(
            Tier.FRESH if runner.is_for_one_session else Tier.WARM for runner in self._taken
        )

    @property
    def busy(self) -> int:
        """Runners handed out now."""
        return len(self._taken)

    @property
    def runners(self) -> int:
        """How many there are now."""
        return len(self._runners)

    @property
    def idle(self) -> int:
        """How many of them are idle."""
        return sum(map(len, self._idle.values()))

    @property
    def free(self) -> int:
        """How many of them can be handed out: as many as slots are free, at most."""
        return self.idle if self._most is None else max(min(self.idle, self._most - self.busy), 0)

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
    def slots(self) -> int:
        """Runners that can be in use at once, as things are."""
        if self._launcher.slots is not None:
            return self._launcher.slots
        return self.runners if self._most is None else min(self.runners, self._most)

    @property
    def _most(self) -> int | None:
        """Runners that may be handed out at once; None is all."""
        launcher = self._launcher
        return launcher.at_once if launcher.slots is None else launcher.slots

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
        """A free runner, when the turn has come (see `Turns`); `first` goes before all others.

        For who comes `again`, after having given one back to others, the queue is never too long.
        With `alone` no other is handed out as long as this one is (see `Quiet`).
        Raises Overloaded when too many wait or the deadline (a time of the loop's clock) passes,
        LaunchError when no runner can be started.
        """
        if self._ended is not None:
            raise _again(self._ended)
        if deadline is not None and deadline <= asyncio.get_running_loop().time():
            raise Overloaded("the deadline passed before a runner was asked for")
        if (
            not first
            and not again
            and not self.free
            and len(self._waiting) >= self._config.queue_size
        ):
            raise Overloaded(f"{len(self._waiting)} others wait for a runner already")
        turn = self._waiting.take(
            tier, claim, has_deadline=deadline is not None, first=first, alone=alone
        )
        self._hand_out()
        return await self._wait_for(turn, deadline)

    async def acquire_idle(self, claim: Claim) -> Runner | None:
        """A runner of the tier `warm` at once, if one is idle and nobody waits for any."""
        if self._ended is not None or self._waiting:
            return None
        turn = self._waiting.take(Tier.WARM, claim, has_deadline=False, first=False)
        self._hand_out()
        if turn.runner.done():
            return turn.runner.result()
        self._waiting.leave(turn)
        return None

    async def _wait_for(self, turn: Turn[Runner], deadline: float | None) -> Runner:
        if turn.runner.done():
            return turn.runner.result()
        try:
            async with asyncio.timeout_at(deadline):
                return await turn.runner
        except TimeoutError:
            self._pass_on(turn)
            why = f"; {self._last_launch_error}" if self._failing_since is not None else ""
            raise Overloaded(f"the deadline passed while waiting for a runner{why}") from None
        except asyncio.CancelledError:
            self._pass_on(turn)
            raise
        finally:
            self._waiting.leave(turn)
            if turn.is_alone:
                self._hand_out()  # others waited for that

    def _pass_on(self, turn: Turn[Runner]) -> None:
        """Give back a runner that came in the very moment its waiter gave up."""
        future = turn.runner
        if future.done() and not future.cancelled() and future.exception() is None:
            self._offer(future.result())

    def _offer(self, runner: Runner) -> None:
        """A runner is free, and goes to whoever's turn it is."""
        self._give_back(runner)
        if runner.failure is None:
            self._idle[Tier.WARM if runner.is_used else Tier.FRESH].append(runner)
        self._hand_out()

    def _hand_out(self) -> None:
        """Give idle runners to those who wait, as far as slots are free."""
        while (turn := self._next()) is not None:
            runner = self._pick(turn.tier)
            self._taken[runner] = turn
            self.handed_out += 1
            turn.runner.set_result(runner)

    def _look_again(self) -> None:
        if self._ended is None:  # a timer may ring after the end
            self._hand_out()

    def _next(self) -> Turn[Runner] | None:
        """Who is to have an idle runner now."""
        # Without a used one an unused one will do; as many as there are slots get used.
        tiers = tuple(Tier) if self._idle[Tier.FRESH] else (Tier.WARM,)
        if self._is_quiet():
            return self._waiting.next_alone(tiers) if self.idle and not self._taken else None
        return self._waiting.next(tiers) if self.free else None

    def _is_quiet(self) -> bool:
        wanted = self._waiting.who_want_to_be_alone
        held = next(iter(self._taken.values()), None)
        return self._quiet.reigns(
            wanted=wanted > 0,
            is_used=held is not None and held.is_alone,
            others_wait=len(self._waiting) > wanted,
        )

    def _give_back(self, runner: Runner) -> bool:
        turn = self._taken.pop(runner, None)
        if turn is not None:
            self._waiting.end(turn)
        return turn is not None

    def _pick(self, tier: Tier) -> Runner:
        runner = (self._idle[tier] or self._idle[Tier.FRESH]).pop()
        runner.is_for_one_session = tier is Tier.FRESH
        return runner

    def _spares(self, slots: int) -> int:
        if self._config.spares is not None:
            return self._config.spares
        # One that ends is replaced at once: to start another may take a second of a slot's time.
        return slots if Tier.FRESH in self._config.tiers else 1

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

    async def _serve(self, runner: Runner) -> None:
        self._offer(runner)
        try:
            self._note_end(runner, await runner.converse())
        finally:
            self._retire(runner)

    def _retire(self, runner: Runner) -> None:
        """Stop a runner beside everything else: its replacement need not wait for that."""
        self._runners.remove(runner)
        self._toolchains = None
        self.stats.runs += runner.runs
        for idle in self._idle.values():
            if runner in idle:
                idle.remove(runner)
        if self._give_back(runner):
            self._hand_out()
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
            error = LaunchError(f"no runner could be started: {error}")
            self._refuse(self._waiting.leave_all(patient_only=True), error)

    def _refuse(self, turns: Iterable[Turn[Runner]], error: SandboxError) -> None:
        for turn in turns:
            if not turn.runner.done():
                turn.runner.set_exception(_again(error))

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
        for idle in self._idle.values():
            idle.clear()
        self._refuse(self._waiting.leave_all(), self._ended)


def _again(error: SandboxError) -> SandboxError:
    """The same error without the traceback it has gathered: it is raised to many."""
    return type(error)(*error.args)


def _pause_s(failures: int) -> float:
    return min(_FIRST_PAUSE_S * 2.0 ** min(failures - 1, 16), _LONGEST_PAUSE_S)
