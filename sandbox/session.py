"""A session over a pool: programs, each compiled once, on whichever runner is alive."""

import copy
import time
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Sequence
from itertools import islice

from sandbox.artefacts import Artefact, Artefacts, Origin, key_of
from sandbox.base import Session
from sandbox.config import SandboxConfig
from sandbox.errors import RunnerLost
from sandbox.files import check_file_names
from sandbox.languages import Language
from sandbox.messages import Compile, Turn
from sandbox.runner import Runner
from sandbox.seat import BYSTANDER, OUT_OF_MEMORY, Seat, Sent, before, persist
from sandbox.spreading import Spread
from sandbox.stages import Stage, Timed, tell
from sandbox.types import Compilation, Execution, Invocation, Limits, Program


class LocalSession:
    """A Session; `begin` it first."""

    def __init__(
        self,
        seat: Seat,
        number: int,
        config: SandboxConfig,
        language: Language,
        program: Program,
        limits: Limits,
    ) -> None:
        self.beside: tuple[Session, ...] = ()
        self.compilation: Compilation | None = None
        self.language = language
        self._seat = seat
        self._number = number
        self._config = config
        self._program = program
        self._opening = language.opening(program, config)
        self._limits = limits
        self._opened_at = 0
        """Of the visits of its seat, the one on which it was opened."""
        self._artefact: Artefact | None = None
        self._largest_bytes = 0
        self._has_waited = False

    @property
    def queue_s(self) -> float:
        return self._seat.queue_s

    @property
    def can_run(self) -> bool:
        return self.compilation is None or self.compilation.succeeded

    async def begin(self, artefacts: Artefacts, version: str | None) -> None:
        """Take a runner, and compile there if the language asks for it and nobody has done so.

        `version` is the compiler's.
        """
        if self._opening.compile is not None:
            self._largest_bytes = artefacts.largest_bytes
            key = key_of(self._opening, version)
            since = time.monotonic()
            artefact, origin = await self._obtain(artefacts, key)
            if origin is not Origin.COMPILED:
                tell(Stage.COMPILE, since=since, language=self.language.name, origin=origin)
            self._artefact = artefact
            self._has_waited = self._has_waited or origin is Origin.JOINED
            cached = origin is not Origin.COMPILED
            self.compilation = Compilation(execution=artefact.execution, cached=cached)
            if not artefact.execution.succeeded:
                return
        await persist(self._seat.pool, self._ready, None)

    async def _obtain(self, artefacts: Artefacts, key: bytes) -> tuple[Artefact, Origin]:
        """What `Artefacts.obtain` gives, without having a runner while another compiles.

        It may be the very runner that the other waits for, or will if it loses its own.
        """
        seat = self._seat
        if seat.is_taken and artefacts.is_under_way(key):
            if not seat.can_be_left:
                return await self._compile(), Origin.COMPILED
            await seat.rise()
            self._has_waited = True
        return await artefacts.obtain(key, self._compile, seat.deadline)

    async def _compile(self) -> Artefact:
        await persist(self._seat.pool, self._ready, None)
        return self._artefact or Artefact(execution=OUT_OF_MEMORY)

    async def run(self, invocation: Invocation, *, limits: Limits | None = None) -> Execution:
        return (await self._run([self._checked(invocation, limits)]))[0]

    async def run_each(self, invocations: Sequence[Invocation]) -> AsyncGenerator[Execution, None]:
        self._check(invocations)
        turns = [self._turn(invocation, self._limits) for invocation in invocations]
        visit = 0
        mine: deque[int] = deque()
        """Turns that are run on the session's own runner, those of `sent` and after them."""
        sent: deque[Sent] = deque()

        async def attempt(number: int) -> list[Execution]:
            nonlocal sent, visit
            mine.extend(spread.take(2 - len(mine)))
            runner = await self._ready(number)
            if self._seat.visits != visit:  # what had not ended went down with the one before
                sent = deque(each for each in sent if each.has_ended)
                visit = self._seat.visits
            for position in islice(mine, len(sent), None):
                sent.append(self._seat.send(runner, turns[position]))
            with Timed(Stage.RUN, self.language.name):
                return await before(self._seat.deadline, sent[0].answer)

        async with Spread(turns, self._seat.pool, self._twin) as spread:
            for position, turn in enumerate(turns):
                outcome = await spread.result(position)
                if outcome is None:
                    executions = await persist(self._seat.pool, attempt, [OUT_OF_MEMORY])
                    mine.popleft()
                    outcome = (sent.popleft() if sent else None), executions
                (execution,) = await self._settle(*outcome, [turn])
                if position == len(turns) - 1:
                    self._make_way()
                yield execution
                await spread.widen(execution.wall_s)

    def _make_way(self) -> None:
        """Nothing more is to be run, as far as is known: who waits need not wait for judgement."""
        seat = self._seat
        is_shared = self._number > 0 or self.beside
        if seat.pool.queue_length and seat.can_be_left and not is_shared:
            seat.leave()
            self._has_waited = True

    async def run_joined(
        self,
        invocation: Invocation,
        other: Session,
        others: Invocation,
        *,
        limits: Limits | None = None,
        others_limits: Limits | None = None,
    ) -> tuple[Execution, Execution]:
        if not isinstance(other, LocalSession) or other not in self.beside:
            raise ValueError("a program can be joined only to one that was opened beside it")
        turns = [self._checked(invocation, limits), other._checked(others, others_limits)]
        one, two = await self._run(turns, other)
        return one, two

    async def _run(self, turns: Sequence[Turn], *others: "LocalSession") -> list[Execution]:
        """Run the program, and with it those of others."""
        sent, executions = await self.attempt(turns, *others)
        return await self._settle(sent, executions, turns, *others)

    async def attempt(
        self, turns: Sequence[Turn], *others: "LocalSession"
    ) -> tuple[Sent | None, list[Execution]]:
        """What happened in a run, which may be in doubt; there is none when its runners ended."""
        sent: Sent | None = None

        async def attempt(number: int) -> list[Execution]:
            nonlocal sent
            for session in (self, *others):
                runner = await session._ready(number)
            sent = self._seat.send(runner, *turns)
            with Timed(Stage.RUN, self.language.name):
                return await before(self._seat.deadline, sent.answer)

        executions = await persist(self._seat.pool, attempt, _out_of_memory(turns))
        return sent, executions

    async def _settle(
        self,
        sent: Sent | None,
        executions: list[Execution],
        turns: Sequence[Turn],
        *others: "LocalSession",
    ) -> list[Execution]:
        """What happened in a run, or what happens in another one if that is in doubt."""
        seat = self._seat
        first, *rest = executions
        if sent is None:
            return executions
        if not sent.company.doubts(first):
            return [sent.company.settle(first), *rest]

        async def attempt(_: int) -> list[Execution]:
            for session in (self, *others):
                runner = await session._open(first=True, alone=True)
            with Timed(Stage.RUN, self.language.name):
                return await before(seat.deadline, runner.run(*turns))

        async with seat.preparing:
            await seat.rise()
            seat.pool.stats.reruns += 1
            try:
                return await persist(seat.pool, attempt, _out_of_memory(turns))
            finally:
                seat.leave()  # everybody else waits for it
                self._has_waited = True

    def leave(self) -> None:
        """Give the runner back, whatever it is doing."""
        self._seat.leave()

    async def _twin(self) -> "LocalSession | None":
        """The same program on a runner that is idle now, if there is one that nobody waits for."""
        seat = self._seat
        if self._number or not seat.can_be_left:
            return None
        runner = await seat.pool.acquire_idle(seat.claim)
        if runner is None:
            return None
        twin = copy.copy(self)
        twin.beside = ()
        twin._seat = Seat(seat.pool, seat.deadline, seat.tier, seat.claim)
        # Who waits for its results may hold a runner, and so it must never wait for one itself.
        twin._seat.is_bound = True
        twin._seat.sit_down(runner)
        twin._opened_at = 0
        return twin

    def _checked(self, invocation: Invocation, limits: Limits | None) -> Turn:
        if limits is None:
            limits = self._limits
        self._config.check(limits)
        self._check([invocation])
        return self._turn(invocation, limits)

    def _turn(self, invocation: Invocation, limits: Limits) -> Turn:
        return Turn(
            program=self._number,
            command=self.language.command(limits),
            invocation=invocation,
            limits=limits,
        )

    def _check(self, invocations: Iterable[Invocation]) -> None:
        if not self.can_run:
            raise ValueError("the program did not compile, so it cannot run")
        for invocation in invocations:
            if invocation.files:
                self.language.check_file_names({**self._program.files, **invocation.files})
            check_file_names(invocation.keep)
            for argument in invocation.args:
                if not _can_be_argument(argument):
                    raise ValueError(f"argument {argument!r} cannot be given to a program")

    async def _ready(self, number: int) -> Runner:
        """A runner with the program opened on it; another one when the former was lost."""
        async with self._seat.preparing:
            await self._seat.make_room()
            return await self._open(first=number > 0 or self._has_waited)

    async def _open(self, *, first: bool, alone: bool = False) -> Runner:
        runner = await self._seat.take(first=first, alone=alone)
        self._has_waited = False
        if self._opened_at != self._seat.visits:
            await self._open_on(runner)
            self._opened_at = self._seat.visits
        return runner

    async def _open_on(self, runner: Runner) -> None:
        compile_, made = self._opening.compile, self._artefact
        if compile_ is None:
            runner.open(self._number, self._opening)
        elif made and made.files is not None and made.toolchains == runner.hello.toolchains:
            runner.open(self._number, self._opening, made=made.files)
        else:
            await self._compile_on(runner, compile_)

    async def _compile_on(self, runner: Runner, compile_: Compile) -> None:
        answer = runner.compile(
            self._number, self._opening, compile_, largest_bytes=self._largest_bytes
        )
        with Timed(Stage.COMPILE, self.language.name, Origin.COMPILED):
            execution, files = await before(self._seat.deadline, answer)
        if self._artefact is not None and not execution.succeeded:
            raise RunnerLost("what compiled on one runner did not compile again on another")
        self._seat.is_bound = self._seat.is_bound or files is None
        self._artefact = Artefact(
            execution=execution,
            files=files if execution.succeeded else None,
            toolchains=runner.hello.toolchains,
        )


def _out_of_memory(turns: Sequence[Turn]) -> list[Execution]:
    """Those that ran beside the first are trusted: it was not they who took the memory."""
    return [OUT_OF_MEMORY, *(BYSTANDER for _ in turns[1:])]


def _can_be_argument(text: str) -> bool:
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False
