"""Hands each runner of its fleet to one session at a time, as their turns come."""

import asyncio
from collections import Counter
from collections.abc import Iterable

from sandbox.config import SandboxConfig
from sandbox.errors import LaunchError, Overloaded, SandboxError
from sandbox.fleet import Fleet
from sandbox.launchers.base import Launcher
from sandbox.quiet import Quiet
from sandbox.runner import Runner
from sandbox.turns import Turn, Turns
from sandbox.types import Claim, Tier

_NOBODY = Claim()


class Pool(Fleet):
    """Runners of one launcher. Call `start`, then `acquire` and `Runner.close`, at last `close`."""

    def __init__(self, launcher: Launcher, config: SandboxConfig) -> None:
        super().__init__(launcher, config)
        self.handed_out = 0
        """Times that a runner was."""
        self._idle: dict[Tier, list[Runner]] = {tier: [] for tier in Tier}
        """FRESH are those that nobody has used yet."""
        self._taken: dict[Runner, Turn[Runner]] = {}
        """Handed out, as many as there are slots at most."""
        self._waiting: Turns[Runner] = Turns()
        self._quiet = Quiet(self._look_again)
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
    def idle(self) -> int:
        """How many of them are idle."""
        return sum(map(len, self._idle.values()))

    @property
    def free(self) -> int:
        """How many of them can be handed out: as many as slots are free, at most."""
        return self.idle if self._most is None else max(min(self.idle, self._most - self.busy), 0)

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

    async def close(self) -> None:
        """Stop every runner, whatever it is doing; who waits for one gets Overloaded."""
        self._end(Overloaded("the sandbox is shutting down"))
        await super().close()

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

    def _withdraw(self, runner: Runner) -> None:
        for idle in self._idle.values():
            if runner in idle:
                idle.remove(runner)
        if self._give_back(runner):
            self._hand_out()

    def _despair(self, error: LaunchError) -> None:
        self._refuse(self._waiting.leave_all(patient_only=True), error)

    def _end(self, error: SandboxError) -> None:
        self._ended = self._ended or error
        for idle in self._idle.values():
            idle.clear()
        self._refuse(self._waiting.leave_all(), self._ended)

    def _refuse(self, turns: Iterable[Turn[Runner]], error: SandboxError) -> None:
        for turn in turns:
            if not turn.runner.done():
                turn.runner.set_exception(_again(error))


def _again(error: SandboxError) -> SandboxError:
    """The same error without the traceback it has gathered: it is raised to many."""
    return type(error)(*error.args)
