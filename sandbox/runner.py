"""One runner as the pool sees it: a started agent, and the conversation with it.

Requests go out as they are made; `converse` takes the answers in, checks that they are the ones
that are due, and hands each to whoever waits for it.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

from sandbox import frames, messages
from sandbox.agent import protocol
from sandbox.channel import SMALL_ANSWER_BYTES, Channel
from sandbox.launchers.base import Death, LaunchedAgent
from sandbox.types import Execution, Party

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
    """It has had as many runs as a runner may have, or its one session in the tier `fresh`."""
    STOPPED = "stopped"
    """The pool is closing."""
    ABANDONED = "abandoned"
    """The process that it was lent to has ended."""


class RunnerFailure(Exception):
    """The runner has ended; raised to whoever waits for an answer of it."""

    def __init__(self, loss: Loss, detail: str = "") -> None:
        super().__init__(f"{loss}: {detail}" if detail else str(loss))
        self.loss = loss
        self.detail = detail


@dataclass(slots=True)
class _Expected:
    """An answer that is due."""

    op: str
    session: int
    index: int | None
    due: float
    read: Callable[[dict[str, Any], list[bytes]], Any]
    answer: asyncio.Future[Any]
    frees: bool
    """Whether the runner can be handed out when it has come."""


class Runner:
    """Serves one session at a time: programs and their runs or one `pair`, between `begin` and
    `close`.

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
        hands_on: bool = False,
    ) -> None:
        """`on_free` is told when it can be handed to the next session: once it has been cleaned
        or, where it `hands_on`, as soon as nothing runs. What the next one sends then waits in the
        agent for the cleaning.
        """
        self.agent = agent
        self.hello = hello
        self.failure: RunnerFailure | None = None
        """Set once it has ended."""
        self.runs = 0
        self.is_used = False
        """Whether it has ever been sent anything of a submission."""
        self.is_for_one_session = False
        """Whether it is to end with the session that it is handed out for."""
        self._channel = channel
        self._on_free = on_free
        self._grace_s = grace_s
        self._runs_limit = runs_limit
        self._hands_on = hands_on
        self._loop = asyncio.get_running_loop()
        self._session = 0
        self._index = 0
        self._touched = False
        """Whether the agent has heard of the session."""
        self._openings_held = 0
        self._due = 0.0
        self._expected: deque[_Expected] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._harnesses: dict[tuple[tuple[str, str], ...], str] = {}

    # Requests

    def begin(self) -> None:
        """Begin a session; nothing is sent for that."""
        self._session += 1
        self._index = 0
        self._touched = False
        self._openings_held = 0

    def open(
        self,
        program: int,
        opening: messages.Opening,
        *,
        made: Mapping[str, bytes] | None = None,
    ) -> None:
        """Bring a program; nothing is sent before the next request, so that both go together.

        For a program that would have to be compiled, `made` is what its compiler left before.
        """
        if opening.modules:
            self._load(opening.modules)
        request = messages.open_request(self._session, program, opening, made=made)
        self._channel.hold(_frame(request))
        self._openings_held += 1

    def compile(
        self,
        program: int,
        opening: messages.Opening,
        compile_: messages.Compile,
        *,
        largest_bytes: int,
    ) -> asyncio.Future[tuple[Execution, Mapping[str, bytes] | None]]:
        """Bring a program and compile it.

        Gives what the compiler left too, unless that is more than `largest_bytes`.
        """
        self._send(
            messages.open_request(self._session, program, opening, largest_bytes=largest_bytes)
        )
        return self._expect(
            "compiled",
            partial(messages.read_compiled, keep=compile_.keep),
            wall_s=compile_.limits.wall_backstop_s,
            output_bytes=compile_.limits.output_bytes + largest_bytes,
        )

    def run(self, *turns: messages.Turn) -> asyncio.Future[list[Execution]]:
        """Run a program of the session, or two joined, after whatever was sent before."""
        index = self._index
        self._send(messages.run_request(self._session, index, turns))
        self._index += 1
        self.runs += 1
        return self._expect(
            "ran",
            partial(messages.read_ran, keep=[turn.invocation.keep for turn in turns]),
            index=index,
            wall_s=max(turn.limits.wall_backstop_s for turn in turns),
            output_bytes=sum(map(_most_bytes, turns)),
        )

    def pair(
        self, *parties: tuple[Party, tuple[str, ...]]
    ) -> asyncio.Future[tuple[Execution, Execution]]:
        """A whole session: two parties, each with the modules to preload for it."""
        named = [(party, self._load(party.harness.modules), preload) for party, preload in parties]
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
            self._channel.drop_held(self._openings_held)
            self._on_free(self)
        elif self._hands_on and not self._expected and not self._is_worn_out:
            self._close_and_hand_on()
        else:
            self._close_first()

    @property
    def _is_worn_out(self) -> bool:
        return self.is_for_one_session or self.runs >= self._runs_limit

    def _close_and_hand_on(self) -> None:
        self._channel.hold(_frame(messages.close_request(self._session)))
        self._due = 0.0
        self._expect("closed", messages.read_clean)
        self._get_free()
        # Whoever it was handed to goes next, and what they send takes this along.
        self._loop.call_soon(self._channel.flush)

    def _close_first(self) -> None:
        self._send(messages.close_request(self._session))
        self._due = 0.0
        self._expect("closed", messages.read_clean, frees=True)
        for expected in self._expected:
            expected.due = self._due
            expected.answer.cancel()

    def end(self, failure: RunnerFailure) -> None:
        """Have it end for what was found out elsewhere."""
        self._channel.interrupt(failure)

    def _load(self, modules: tuple[tuple[str, str], ...]) -> str:
        """Have modules imported into all interpreters, once; returns their name as a harness."""
        name = self._harnesses.get(modules)
        if name is None:
            name = f"harness{len(self._harnesses)}"
            self._channel.send(_frame(messages.load_request(name, modules)))
            self._harnesses[modules] = name
        return name

    def _send(self, request: messages.Request) -> None:
        self._channel.send(_frame(request))
        self._touched = self.is_used = True
        self._openings_held = 0

    def _expect(
        self,
        op: str,
        read: Callable[[dict[str, Any], list[bytes]], T],
        *,
        wall_s: float = 0.0,
        index: int | None = None,
        output_bytes: int = 0,
        frees: bool = False,
    ) -> asyncio.Future[T]:
        answer: asyncio.Future[T] = self._loop.create_future()
        if self.failure is not None:
            _refuse(answer, self.failure)
            return answer
        # Twice the wall clock: a busy machine must not look like a runner that hangs.
        allowance_s = 2 * wall_s + self._grace_s
        self._due = max(self._due, self._loop.time()) + allowance_s
        if self._expected and self._expected[-1].op == "closed":
            self._expected[-1].due = self._due  # it comes together with the answer after it
        self._expected.append(_Expected(op, self._session, index, self._due, read, answer, frees))
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
        due = (expected.op, expected.session, expected.index)
        if (op, header.get("id"), header.get("index")) != due:
            raise protocol.ProtocolError(f"{op!r} where {expected.op!r} was due")
        value = expected.read(header, blobs)
        self._expected.popleft()
        if op == "closed":
            if not value:
                raise RunnerFailure(Loss.UNCLEAN, messages.read_text(header, "detail"))
            if expected.frees:
                self._get_free()
        elif not expected.answer.done():
            expected.answer.set_result(value)

    def _get_free(self) -> None:
        if self._is_worn_out:
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


def _most_bytes(turn: messages.Turn) -> int:
    """The most that a turn may answer with."""
    return turn.limits.output_bytes + (turn.limits.file_bytes if turn.invocation.keep else 0)


def _frame(request: messages.Request) -> bytes:
    try:
        return frames.encode(*request)
    except protocol.ProtocolError as error:
        raise ValueError(f"too large to be sent to a runner: {error}") from error


def _refuse(answer: asyncio.Future[Any], failure: RunnerFailure) -> None:
    if not answer.done():
        answer.set_exception(failure)
        answer.exception()  # an answer that nobody waits for any more is no error
