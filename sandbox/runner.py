"""One runner as the pool sees it: a started agent, and the conversation with it.

Requests go out as they are made; `converse` takes the answers in, checks that they are the ones
that are due, and hands each to whoever waits for it.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from sandbox import messages
from sandbox.agent import protocol
from sandbox.channel import SMALL_ANSWER_BYTES, Channel
from sandbox.launchers.base import Death, LaunchedAgent
from sandbox.types import Execution, Harness, Invocation, Limits, Party

T = TypeVar("T")

_REPORT_BYTES = 16 * 1024 * 1024


class Loss(StrEnum):
    """Why a runner is no more."""

    DIED = "died"
    OUT_OF_MEMORY = "out_of_memory"
    HUNG = "hung"
    NONSENSE = "nonsense"
    BROKEN = "broken"
    """It said itself that it cannot go on."""
    UNCLEAN = "unclean"
    """A session left something behind in it."""
    WORN_OUT = "worn_out"
    """It has had as many runs as a runner may have."""
    STOPPED = "stopped"
    """The pool is closing."""


class RunnerFailure(Exception):
    """The runner has ended; raised to whoever waits for an answer of it."""

    def __init__(self, loss: Loss, detail: str = "") -> None:
        super().__init__(f"{loss}: {detail}" if detail else str(loss))
        self.loss = loss


@dataclass(slots=True)
class _Expected:
    """An answer that is due."""

    op: str
    index: int | None
    due: float
    read: Callable[[dict[str, Any], list[bytes]], Any]
    answer: asyncio.Future[Any]


class Runner:
    """Serves one session at a time: `open` and `run`s or one `pair`, then `close`.

    Must be made, and used, inside a running event loop. Requests raise ValueError when they are
    larger than a frame may be; their answers raise RunnerFailure.
    """

    def __init__(
        self,
        agent: LaunchedAgent,
        channel: Channel,
        hello: messages.Hello,
        *,
        on_free: Callable[["Runner"], None],
        grace_s: float,
        runs_limit: int,
    ) -> None:
        self.agent = agent
        self.hello = hello
        self.failure: RunnerFailure | None = None
        """Set once it has ended."""
        self.runs = 0
        self._channel = channel
        self._on_free = on_free
        self._grace_s = grace_s
        self._runs_limit = runs_limit
        self._loop = asyncio.get_running_loop()
        self._session = 0
        self._index = 0
        self._touched = False
        """Whether the agent has heard of the session."""
        self._opening_held = False
        self._due = 0.0
        self._expected: deque[_Expected] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._harnesses: dict[tuple[tuple[str, str], ...], str] = {}

    # Requests

    def begin(self, opening: messages.Opening) -> None:
        """Begin a session; nothing is sent before its first run, so that both go together."""
        self._begin_session()
        self._channel.hold(_frame(messages.open_request(self._session, opening)))
        self._opening_held = True

    def compile(self, opening: messages.Opening, limits: Limits) -> asyncio.Future[Execution]:
        """Begin a session by compiling its program within `limits`."""
        self._begin_session()
        self._send(messages.open_request(self._session, opening))
        return self._expect(
            "opened",
            messages.read_compiled,
            wall_s=limits.wall_backstop_s,
            output_bytes=limits.output_bytes,
        )

    def run(
        self, command: messages.Command, invocation: Invocation, limits: Limits
    ) -> asyncio.Future[Execution]:
        """Run the session's program, after whatever was sent before."""
        index = self._index
        self._send(messages.run_request(self._session, index, command, invocation, limits))
        self._index += 1
        self.runs += 1
        return self._expect(
            "ran",
            messages.read_ran,
            index=index,
            wall_s=limits.wall_backstop_s,
            output_bytes=limits.output_bytes,
        )

    def pair(
        self, *parties: tuple[Party, tuple[str, ...]]
    ) -> asyncio.Future[tuple[Execution, Execution]]:
        """A session of its own: two parties, each with the modules to preload for it."""
        self._begin_session()
        named = [(party, self._load(party.harness), preload) for party, preload in parties]
        self._send(messages.pair_request(self._session, named))
        self.runs += 1
        limits = [party.limits for party, _ in parties]
        return self._expect(
            "paired",
            messages.read_paired,
            wall_s=max(each.wall_backstop_s for each in limits),
            output_bytes=sum(each.output_bytes for each in limits) + _REPORT_BYTES,
        )

    def close(self) -> None:
        """End the session: what still runs is killed, and the runner cleaned.

        Nobody waits for that; the runner tells when it is free, or ends.
        """
        if self.failure is not None:
            return
        if not self._touched:
            self._channel.drop_held()
            self._on_free(self)
            return
        self._send(messages.close_request(self._session))
        self._due = 0.0
        self._expect("closed", messages.read_clean)
        for expected in self._expected:
            expected.due = self._due
            expected.answer.cancel()

    def _load(self, harness: Harness) -> str:
        name = self._harnesses.get(harness.modules)
        if name is None:
            name = f"harness{len(self._harnesses)}"
            self._channel.send(_frame(messages.load_request(name, harness.modules)))
            self._harnesses[harness.modules] = name
        return name

    def _begin_session(self) -> None:
        self._session += 1
        self._index = 0
        self._touched = self._opening_held = False

    def _send(self, request: messages.Request) -> None:
        self._channel.send(_frame(request))
        self._touched = True
        if self._opening_held:
            self._opening_held = False
            self._expect("opened", messages.read_opened)

    def _expect(
        self,
        op: str,
        read: Callable[[dict[str, Any], list[bytes]], T],
        *,
        wall_s: float = 0.0,
        index: int | None = None,
        output_bytes: int = 0,
    ) -> asyncio.Future[T]:
        answer: asyncio.Future[T] = self._loop.create_future()
        if self.failure is not None:
            _refuse(answer, self.failure)
            return answer
        # Twice the wall clock: a busy machine must not look like a runner that hangs.
        allowance_s = 2 * wall_s + self._grace_s
        self._due = max(self._due, self._loop.time()) + allowance_s
        self._expected.append(_Expected(op, index, self._due, read, answer))
        channel = self._channel
        channel.max_answer_bytes = max(channel.max_answer_bytes, output_bytes + SMALL_ANSWER_BYTES)
        if self._timer is None or self._timer.when() > self._due:
            self._wake_at(self._due)
        return answer

    # Answers

    async def converse(self) -> RunnerFailure:
        """Take answers until the runner ends, and return why it did."""
        failure = RunnerFailure(Loss.STOPPED)
        try:
            failure = await self._take_answers()
        finally:
            self.failure = failure
            if self._timer is not None:
                self._timer.cancel()
            for expected in self._expected:
                _refuse(expected.answer, failure)
            self._expected.clear()
        return failure

    async def _take_answers(self) -> RunnerFailure:
        try:
            while True:
                self._take(*await self._channel.receive())
        except protocol.ProtocolError as error:
            return RunnerFailure(Loss.NONSENSE, str(error))
        except EOFError:
            failure = RunnerFailure(Loss.DIED)
        except RunnerFailure as error:
            if error.loss is not Loss.BROKEN:
                return error
            failure = error
        self.failure = failure  # nobody may begin anything here while the launcher looks
        if await self.agent.death() is Death.OUT_OF_MEMORY:
            return RunnerFailure(Loss.OUT_OF_MEMORY, str(failure))
        return failure

    def _take(self, header: dict[str, Any], blobs: list[bytes]) -> None:
        op = header["op"]
        if op == "broken":
            raise RunnerFailure(Loss.BROKEN, messages.read_text(header, "detail"))
        if op == "closed":
            self._forget_unanswered()
        if not self._expected:
            raise protocol.ProtocolError("an answer that nobody asked for")
        expected = self._expected[0]
        due = (expected.op, self._session, expected.index)
        if (op, header.get("id"), header.get("index")) != due:
            raise protocol.ProtocolError(f"{op!r} where {expected.op!r} was due")
        value = expected.read(header, blobs)
        self._expected.popleft()
        if op == "closed":
            self._leave_session(clean=value, detail=messages.read_text(header, "detail"))
        elif not expected.answer.done():
            expected.answer.set_result(value)

    def _leave_session(self, *, clean: bool, detail: str) -> None:
        if not clean:
            raise RunnerFailure(Loss.UNCLEAN, detail)
        if self.runs >= self._runs_limit:
            raise RunnerFailure(Loss.WORN_OUT)
        self._channel.max_answer_bytes = SMALL_ANSWER_BYTES
        self._on_free(self)

    def _forget_unanswered(self) -> None:
        """`close` lets the agent drop what was sent before it."""
        if self._expected and self._expected[-1].op == "closed":
            while self._expected[0].op != "closed":
                self._expected.popleft()

    # Time

    def _wake_at(self, when: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(when, self._look_at_clock)

    def _look_at_clock(self) -> None:
        """One timer for all answers, set anew only when it rings: most never get this far."""
        self._timer = None
        if not self._expected:
            return
        first = self._expected[0]
        if self._loop.time() < first.due:
            self._wake_at(first.due)
        else:
            self._channel.interrupt(RunnerFailure(Loss.HUNG, f"{first.op!r} is long overdue"))


def _frame(request: messages.Request) -> bytes:
    try:
        return protocol.encode(*request)
    except protocol.ProtocolError as error:
        raise ValueError(f"too large to be sent to a runner: {error}") from error


def _refuse(answer: asyncio.Future[Any], failure: RunnerFailure) -> None:
    if not answer.done():
        answer.set_exception(failure)
        answer.exception()  # an answer that nobody waits for any more is no error
