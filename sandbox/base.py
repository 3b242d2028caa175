"""The two protocols that callers of the sandbox see: Sandbox and Session."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from sandbox.types import (
    Compilation,
    Execution,
    Invocation,
    LanguageInfo,
    Limits,
    Party,
    Program,
    SandboxInfo,
)


class Session(Protocol):
    """One program on one runner: compiled once, then run any number of times.

    Every run is a fresh process in an empty working directory. A runner that is lost in the middle
    is replaced and the run repeated there, without the caller noticing.
    """

    @property
    def compilation(self) -> Compilation | None:
        """What the compiler said; None for a language without a separate compilation.

        When it did not succeed, running raises ValueError.
        """

    @property
    def queue_s(self) -> float:
        """Seconds spent waiting for a runner."""

    async def run(self, invocation: Invocation, *, limits: Limits | None = None) -> Execution:
        """Run once; `limits` replaces those of the session.

        Raises RunnerLost when runners died of unknown causes on every try, Overloaded when the
        deadline passes first.
        """

    def run_each(self, invocations: Sequence[Invocation]) -> AsyncGenerator[Execution, None]:
        """Run one after another, in order, as fast as the runner can; stop by closing the iterator.

        Raises what `run` raises.
        """


class Sandbox(Protocol):
    """A place to run programs nobody trusts."""

    def open(
        self, program: Program, *, limits: Limits | None = None, deadline: float | None = None
    ) -> AbstractAsyncContextManager[Session]:
        """Wait for a runner, compile the program if its language asks for it, and hand it out.

        `deadline` is a time of the running event loop's clock. Cancelling kills what runs.
        Entering raises UnknownLanguage, LanguageUnavailable, Overloaded, RunnerLost, LaunchError.
        """

    async def run_pair(
        self, first: Party, second: Party, *, deadline: float | None = None
    ) -> tuple[Execution, Execution]:
        """Run two parties side by side on one runner; only the first has a report pipe.

        When the first ends, the second is killed; when the second ends, the first goes on and finds
        the socket closed. Raises Overloaded, RunnerLost, LaunchError.
        """

    async def languages(self) -> list[LanguageInfo]:
        """The whole language table, with what the runners really have."""

    def info(self) -> SandboxInfo:
        """Launcher, walls and slots in force."""
