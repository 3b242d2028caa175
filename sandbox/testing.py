"""A scripted sandbox in memory, for tests of whatever calls one; nothing is ever run.

    sandbox = FakeSandbox(run=[printed("3\n"), RunnerLost("gone")])

Scripts are lists of answers, one a call, or functions that compute the answer; an answer that is an
exception is raised. What was asked for is kept in `programs`, `invocations` and `pairs`.
"""

import asyncio
import inspect
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeAlias, TypeVar, cast

from sandbox.base import Session
from sandbox.errors import LanguageUnavailable, Overloaded, UnknownLanguage
from sandbox.files import check_file_names
from sandbox.stages import Stage, Timed, tell
from sandbox.types import (
    Claim,
    Compilation,
    Execution,
    Invocation,
    LanguageInfo,
    Limits,
    Party,
    Program,
    SandboxInfo,
    Status,
    Tier,
)

T = TypeVar("T")
Script: TypeAlias = (
    Iterable[T | BaseException] | Callable[..., T | BaseException | Awaitable[T | BaseException]]
)

LANGUAGES = (
    LanguageInfo(name="python", aliases=("py", "python3"), available=True, version="3.13.5"),
    LanguageInfo(name="cpp", aliases=("c++", "cpp17"), available=True, version="14.2.0"),
    LanguageInfo(name="julia", aliases=(), available=False, reason="julia is not installed"),
)


def printed(stdout: str | bytes, *, stderr: str | bytes = b"", cpu_s: float = 0.01) -> Execution:
    """A run that printed this and ended well."""
    return exited(0, stdout=stdout, stderr=stderr, cpu_s=cpu_s)


def exited(
    exit_code: int, *, stdout: str | bytes = b"", stderr: str | bytes = b"", cpu_s: float = 0.01
) -> Execution:
    """A run that ended by itself with this exit code."""
    return Execution(
        status=Status.EXITED,
        exit_code=exit_code,
        stdout=stdout.encode() if isinstance(stdout, str) else stdout,
        stderr=stderr.encode() if isinstance(stderr, str) else stderr,
        cpu_s=cpu_s,
        wall_s=cpu_s,
        memory_bytes=9_437_184,
    )


def stopped(status: Status, *, message: str = "", cpu_s: float = 0.01) -> Execution:
    """A run that the sandbox ended for this reason."""
    return Execution(status=status, signal=9, cpu_s=cpu_s, wall_s=cpu_s, message=message)


class FakeSandbox:
    """A Sandbox whose every answer is written down beforehand.

    `run` is called with (program, invocation, limits), `compile` with (program), where None means
    that the language has no compiler, `pair` with (first, second) for a pair of executions, and
    `joined` with the two invocations for another; each may be a coroutine function. At most `slots`
    sessions are open at once, others wait.
    """

    def __init__(
        self,
        *,
        run: Script[Execution] | None = None,
        compile: Script[Execution | None] | None = None,  # noqa: A002 - it is what it scripts
        pair: Script[tuple[Execution, Execution]] | None = None,
        joined: Script[tuple[Execution, Execution]] | None = None,
        languages: Sequence[LanguageInfo] = LANGUAGES,
        slots: int = 2,
        tiers: tuple[Tier, ...] = (Tier.WARM,),
    ) -> None:
        self.programs: list[Program] = []
        self.invocations: list[Invocation] = []
        self.pairs: list[tuple[Party, Party]] = []
        self.tiers_asked: list[Tier] = []
        self.claims: list[Claim | None] = []
        """What `on` was called with, like `tiers_asked`."""
        self.open_sessions = 0
        """How many are open now, pairs included; 0 once everybody has cleaned up."""
        self._run = _Script("run", run, default=printed(b""))
        self._compile = _Script[Execution | None]("compile", compile, default=None)
        self._pair = _Script("pair", pair, default=(printed(b""), printed(b"")))
        self._joined = _Script("joined", joined, default=(printed(b""), printed(b"")))
        self._languages = list(languages)
        self._slots = slots
        self._tiers = tiers
        self._free = asyncio.Semaphore(slots)

    def on(self, tier: Tier, *, claim: Claim | None = None) -> "FakeSandbox":
        if tier not in self._tiers:
            raise ValueError(f"the tier {tier} is not offered here")
        self.tiers_asked.append(tier)
        self.claims.append(claim)
        return self

    @asynccontextmanager
    async def open(
        self,
        program: Program,
        *,
        beside: Sequence[Program] = (),
        limits: Limits | None = None,
        deadline: float | None = None,
    ) -> AsyncIterator[Session]:
        programs = (program, *beside)
        languages = [self._language(each.language) for each in programs]
        for each in programs:
            check_file_names(each.files)
        started = asyncio.get_running_loop().time()
        async with self._slot(deadline):
            queue_s = asyncio.get_running_loop().time() - started
            first, *others = (
                _FakeSession(self, language, each, limits or Limits(), deadline, queue_s)
                for language, each in zip(languages, programs, strict=True)
            )
            first.beside = tuple(others)
            for session in (first, *others):
                await session.begin()
                if not session.can_run:
                    break
            yield first

    async def run_pair(
        self, first: Party, second: Party, *, deadline: float | None = None
    ) -> tuple[Execution, Execution]:
        async with self._slot(deadline), _before(deadline):
            self.pairs.append((first, second))
            with Timed(Stage.RUN, "python"):
                return await self._pair.answer(first, second)

    async def languages(self) -> list[LanguageInfo]:
        return list(self._languages)

    def info(self) -> SandboxInfo:
        return SandboxInfo(
            launcher="fake",
            runtime=None,
            reason="for tests",
            slots=self._slots,
            walls=(),
            tiers=self._tiers,
        )

    @asynccontextmanager
    async def _slot(self, deadline: float | None) -> AsyncIterator[None]:
        with Timed(Stage.QUEUE):
            async with _before(deadline):
                await self._free.acquire()
        self.open_sessions += 1
        try:
            yield
        finally:
            self.open_sessions -= 1
            self._free.release()

    def _language(self, name: str) -> str:
        for language in self._languages:
            if name == language.name or name in language.aliases:
                if not language.available:
                    raise LanguageUnavailable(f"{language.name}: {language.reason}")
                return language.name
        raise UnknownLanguage(f"unknown language {name!r}")


class _FakeSession:
    def __init__(
        self,
        sandbox: FakeSandbox,
        language: str,
        program: Program,
        limits: Limits,
        deadline: float | None,
        queue_s: float,
    ) -> None:
        self.beside: tuple[Session, ...] = ()
        self.compilation: Compilation | None = None
        self.queue_s = queue_s
        self._sandbox = sandbox
        self._language = language
        self._program = program
        self._limits = limits
        self._deadline = deadline

    @property
    def can_run(self) -> bool:
        return self.compilation is None or self.compilation.succeeded

    async def begin(self) -> None:
        self._sandbox.programs.append(self._program)
        since = time.monotonic()
        async with _before(self._deadline):
            execution = await self._sandbox._compile.answer(self._program)
        if execution is not None:
            tell(Stage.COMPILE, since=since, language=self._language, origin="compiled")
        self.compilation = None if execution is None else Compilation(execution=execution)

    async def run(self, invocation: Invocation, *, limits: Limits | None = None) -> Execution:
        self._note(invocation)
        with Timed(Stage.RUN, self._language):
            async with _before(self._deadline):
                return await self._sandbox._run.answer(
                    self._program, invocation, limits or self._limits
                )

    async def run_each(self, invocations: Sequence[Invocation]) -> AsyncGenerator[Execution, None]:
        for invocation in invocations:
            yield await self.run(invocation)

    async def run_joined(
        self,
        invocation: Invocation,
        other: Session,
        others: Invocation,
        *,
        limits: Limits | None = None,
        others_limits: Limits | None = None,
    ) -> tuple[Execution, Execution]:
        if other not in self.beside:
            raise ValueError("a program can be joined only to one that was opened beside it")
        self._note(invocation)
        self._note(others)
        async with _before(self._deadline):
            return await self._sandbox._joined.answer(invocation, others)

    def _note(self, invocation: Invocation) -> None:
        if not self.can_run:
            raise ValueError("the program did not compile, so it cannot run")
        check_file_names([*invocation.files, *invocation.keep])
        self._sandbox.invocations.append(invocation)


class _Script(Generic[T]):
    """A list of answers or a function that gives them; `default` when there is no script."""

    def __init__(self, name: str, script: Script[T] | None, *, default: T) -> None:
        self._name = name
        self._default = default
        self._function = script if callable(script) else None
        self._answers = iter(script) if script is not None and not callable(script) else None

    async def answer(self, *arguments: Any) -> T:
        answer: Any = self._default
        if self._function is not None:
            answer = self._function(*arguments)
            if inspect.isawaitable(answer):
                answer = await answer
        elif self._answers is not None:
            answer = next(self._answers, AssertionError(f"the {self._name} script has ended"))
        if isinstance(answer, BaseException):
            raise answer
        return cast(T, answer)


@asynccontextmanager
async def _before(deadline: float | None) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout_at(deadline):
            yield
    except TimeoutError:
        raise Overloaded("the deadline passed") from None
