"""The two protocols that callers of the sandbox see: Sandbox and Session."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

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
    Tier,
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
    def beside(self) -> Sequence["Session"]:
        """The programs that were opened beside this one, in order.

        They are compiled one after another, and none after the first that does not compile.
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

    async def run_joined(
        self,
        invocation: Invocation,
        other: "Session",
        others: Invocation,
        *,
        limits: Limits | None = None,
        others_limits: Limits | None = None,
    ) -> tuple[Execution, Execution]:
        """Run side by side with one of those beside, each one's output being the other's input.

        The two can reach each other by nothing else. What passes between them is nobody's `stdout`,
        and bounded by `output_bytes` as far as it can be seen. When the other ends otherwise than
        with exit code 0, this one is stopped: it is SIGNALLED, with a message. When this one does,
        the other may conclude, and is stopped if it takes seconds for that. Raises what `run`
        raises.
        """


class Sandbox(Protocol):
    """A place to run programs nobody trusts."""

    def on(self, tier: Tier, *, claim: Claim | None = None) -> "Sandbox":
        """The same sandbox, where all that is run is run in that tier, and on behalf of `claim`.

        Raises ValueError for a tier that is not offered (see `info`).
        """

    def open(
        self,
        program: Program,
        *,
        beside: Sequence[Program] = (),
        limits: Limits | None = None,
        deadline: float | None = None,
    ) -> AbstractAsyncContextManager[Session]:
        """Wait for a runner, compile the program if its language asks for it, and hand it out.

        Programs `beside` it take turns with it on the same runner, each run in a process that the
        others cannot reach. Opening them by themselves would need a second runner, and those who
        hold one and wait for another may wait for each other.

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
