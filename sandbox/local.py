"""The sandbox over a pool of this process: opens sessions, and repeats what a lost runner took."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from sandbox.base import Session
from sandbox.config import SandboxConfig
from sandbox.errors import LanguageUnavailable, Overloaded, RunnerLost, SandboxError
from sandbox.files import check_file_names
from sandbox.languages import Language, LanguageTable
from sandbox.pool import Pool
from sandbox.runner import Loss, Runner, RunnerFailure
from sandbox.selftest import Survey
from sandbox.shield import to_the_end
from sandbox.types import (
    Compilation,
    Execution,
    Invocation,
    LanguageInfo,
    Limits,
    Party,
    Program,
    SandboxInfo,
    Status,
)

T = TypeVar("T")

_ATTEMPTS = 3
_PROOFS = 2
"""Runners that must run out of memory before it is held against what ran in them."""
_LOOKING_S = 60.0
"""How long a list of languages may wait for runners and compilers."""
_QUOTED_CHARACTERS = 300

_OUT_OF_MEMORY = Execution(
    status=Status.MEMORY_LIMIT_EXCEEDED,
    signal=9,
    message="took so much memory that its whole runner ended, twice",
)
_BYSTANDER = Execution(status=Status.SIGNALLED, signal=9, message="its runner ended")


class LocalSandbox:
    """A Sandbox; `sandbox.start` makes one."""

    def __init__(
        self, pool: Pool, table: LanguageTable, config: SandboxConfig, *, launcher: str, reason: str
    ) -> None:
        self.pool = pool
        """For its counters; sessions are opened here."""
        self._table = table
        self._config = config
        self._launcher = launcher
        self._reason = reason
        self._python = table.find("python")
        self._default_limits = config.cap(Limits())
        self.survey = Survey(
            self._open, python_version=lambda: pool.hello.python if pool.hello else None
        )

    @asynccontextmanager
    async def open(
        self, program: Program, *, limits: Limits | None = None, deadline: float | None = None
    ) -> AsyncIterator[Session]:
        language = self._table.find(program.language)
        found = self.survey.found.get(language.name)
        if found is None:
            found = await _before(deadline, self.survey.look_at(language))
        if not found.available:
            raise LanguageUnavailable(f"{language.name}: {found.reason}")
        async with self._open(language, program, limits, deadline) as session:
            yield session

    @asynccontextmanager
    async def _open(
        self,
        language: Language,
        program: Program,
        limits: Limits | None = None,
        deadline: float | None = None,
    ) -> AsyncIterator[Session]:
        if limits is None:
            limits = self._default_limits
        self._config.check(limits)
        session = _LocalSession(self.pool, self._config, language, program, limits, deadline)
        try:
            await session.begin()
            yield session
        finally:
            session.end()

    async def run_pair(
        self, first: Party, second: Party, *, deadline: float | None = None
    ) -> tuple[Execution, Execution]:
        for party in (first, second):
            self._config.check(party.limits)
            check_file_names(party.files)
        parties = [(party, self._python.preload_for(party.imports)) for party in (first, second)]

        async def attempt(number: int) -> tuple[Execution, Execution]:
            runner = await self.pool.acquire(deadline, first=number > 0)
            try:
                return await _before(deadline, runner.pair(*parties))
            finally:
                runner.close()

        # The first party is trusted: it was not the one that took the memory.
        return await _persist(self.pool, attempt, (_BYSTANDER, _OUT_OF_MEMORY))

    async def languages(self) -> list[LanguageInfo]:
        return await asyncio.gather(*map(self._look_at, self._table.languages))

    async def _look_at(self, language: Language) -> LanguageInfo:
        try:
            deadline = asyncio.get_running_loop().time() + _LOOKING_S
            return await _before(deadline, self.survey.look_at(language))
        except SandboxError as error:
            reason = f"it could not be tried: {error}"
            return LanguageInfo(
                name=language.name, aliases=language.aliases, available=False, reason=reason
            )

    def info(self) -> SandboxInfo:
        hello = self.pool.hello
        return SandboxInfo(
            launcher=self._launcher,
            runtime=self._config.runtime if self._launcher == "docker" else None,
            reason=self._reason,
            slots=self.pool.slots,
            walls=hello.walls if hello else (),
        )

    async def close(self) -> None:
        """Stop all runners and what runs in them; sessions that are open get Overloaded."""
        await to_the_end(self.pool.close())


class _LocalSession:
    """One program, on whichever runner is alive."""

    def __init__(
        self,
        pool: Pool,
        config: SandboxConfig,
        language: Language,
        program: Program,
        limits: Limits,
        deadline: float | None,
    ) -> None:
        self.compilation: Compilation | None = None
        self.queue_s = 0.0
        self._pool = pool
        self._config = config
        self._language = language
        self._program = program
        self._opening = language.opening(program, config)
        self._limits = limits
        self._deadline = deadline
        self._runner: Runner | None = None
        self._changing_runner = asyncio.Lock()

    async def begin(self) -> None:
        """Take a runner, and compile there if the language asks for it."""
        if await _persist(self._pool, self._ready, None) is None:
            self.compilation = Compilation(execution=_OUT_OF_MEMORY)

    def end(self) -> None:
        """Give the runner back, whatever it is doing."""
        if self._runner is not None:
            self._runner.close()

    async def run(self, invocation: Invocation, *, limits: Limits | None = None) -> Execution:
        if limits is None:
            limits = self._limits
        self._config.check(limits)
        self._check([invocation])

        async def attempt(number: int) -> Execution:
            runner = await self._ready(number)
            return await _before(self._deadline, self._send(runner, invocation, limits))

        return await _persist(self._pool, attempt, _OUT_OF_MEMORY)

    async def run_each(self, invocations: Sequence[Invocation]) -> AsyncGenerator[Execution, None]:
        self._check(invocations)
        position = 0
        sent: deque[asyncio.Future[Execution]] = deque()
        sent_to: Runner | None = None

        async def attempt(number: int) -> Execution:
            nonlocal sent_to
            runner = await self._ready(number)
            if runner is not sent_to:  # what was sent ahead went down with the one before
                sent.clear()
                sent_to = runner
            for invocation in invocations[position + len(sent) : position + 2]:
                sent.append(self._send(runner, invocation, self._limits))
            return await _before(self._deadline, sent[0])

        for position in range(len(invocations)):  # noqa: B007 - `attempt` reads it
            execution = await _persist(self._pool, attempt, _OUT_OF_MEMORY)
            sent.popleft()
            yield execution

    def _send(
        self, runner: Runner, invocation: Invocation, limits: Limits
    ) -> asyncio.Future[Execution]:
        return runner.run(self._language.command(limits), invocation, limits)

    def _check(self, invocations: Iterable[Invocation]) -> None:
        if self.compilation is not None and not self.compilation.succeeded:
            raise ValueError("the program did not compile, so it cannot run")
        for invocation in invocations:
            if invocation.files:
                self._language.check_file_names({**self._program.files, **invocation.files})
            for argument in invocation.args:
                if not _can_be_argument(argument):
                    raise ValueError(f"argument {argument!r} cannot be given to a program")

    async def _ready(self, number: int) -> Runner:
        """A runner with the program opened on it; another one when the former was lost."""
        async with self._changing_runner:
            if self._runner is None or self._runner.failure is not None:
                since = asyncio.get_running_loop().time()
                self._runner = await self._pool.acquire(self._deadline, first=number > 0)
                self.queue_s += asyncio.get_running_loop().time() - since
                await self._open_on(self._runner)
            return self._runner

    async def _open_on(self, runner: Runner) -> None:
        compile_ = self._opening.compile
        if compile_ is None:
            runner.begin(self._opening)
            return
        answer = runner.compile(self._opening, compile_.limits)
        compilation = Compilation(execution=await _before(self._deadline, answer))
        if self.compilation is None:
            self.compilation = compilation
        elif not compilation.succeeded:
            raise RunnerLost("a runner was lost, and on the next the program did not compile again")


async def _persist(pool: Pool, attempt: Callable[[int], Awaitable[T]], out_of_memory: T) -> T:
    """Make another attempt, given how many were made before, whenever a runner is lost under one.

    Returns `out_of_memory` once enough runners have ended of that. Raises RunnerLost.
    """
    losses: list[RunnerFailure] = []
    while True:
        try:
            return await attempt(len(losses))
        except RunnerFailure as failure:
            losses.append(failure)
        if sum(failure.loss is Loss.OUT_OF_MEMORY for failure in losses) == _PROOFS:
            return out_of_memory
        if len(losses) == _ATTEMPTS:
            causes = ", ".join(failure.loss for failure in losses[:-1])
            last = str(losses[-1])[:_QUOTED_CHARACTERS]
            raise RunnerLost(f"{_ATTEMPTS} runners were lost one after another: {causes}, {last}")
        pool.stats.retries += 1


async def _before(deadline: float | None, answer: Awaitable[T]) -> T:
    if deadline is None:
        return await answer
    try:
        async with asyncio.timeout_at(deadline):
            return await answer
    except TimeoutError:
        raise Overloaded("the deadline passed before the run had ended") from None


def _can_be_argument(text: str) -> bool:
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False
