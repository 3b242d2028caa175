"""A pool of killable processes for computations that may hang or grow.

Data crosses as JSON in length-prefixed frames, never as pickles, and only functions that the pool
was told of can be called. See `verifiers.worker` for the other end.
"""

import asyncio
import contextlib
import math
import os
import signal
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import anyio

from sandbox import Overloaded, Stage, Timed
from verifiers.errors import WorkerError, WorkerLost, WorkerTimeout
from verifiers.worker import MAX_FRAME_BYTES, Result, encode, encode_frame, framed
from verifiers.worker_process import Died, WorkerProcess

BUILT_IN_FUNCTIONS = (
    "verifiers.math.checking:check",
    "verifiers.math.patience:check_patiently",
    "verifiers.math.patience:explain",
    "verifiers.text.json_schema:check_in_worker",
    "verifiers.text.patterns:match_in_worker",
)
"""What the built-in verifiers call."""
MEMORY_BYTES = 48 * 1024 * 1024
"""What one call may take on top of what its worker holds anyway."""
TRIES = 3
"""A call whose worker died of something else is made on another, at most twice more."""
CHUNK = 32
"""Calls that one message to a worker carries at most."""
CHUNK_BYTES = 1024 * 1024
"""What a message carries at most, unless a single call is longer."""
_MOST_BYTES = MAX_FRAME_BYTES - 1024
"""Leaves room for what a message has around its calls."""

_OWN_DOING = frozenset({signal.SIGPROF, signal.SIGXCPU})
# A crash is the function's own doing if it happens on every try, else the machine's.
_CRASHES = frozenset({signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGILL, signal.SIGFPE})


@dataclass(eq=False, slots=True)
class _Call:
    """One call that somebody waits for."""

    function: str
    arguments: bytes
    cpu_s: float
    result: asyncio.Future[Result]
    tries: int = 0

    def fits_with(self, other: Self) -> bool:
        """Whether one message can carry both."""
        return self.function == other.function and self.cpu_s == other.cpu_s


class WorkerPool:
    """Worker processes, started when first needed; an async context manager.

    Calls are handed out in chunks: whatever waits when a worker is free goes to it as one message,
    so that the more there is to do, the less each call costs.
    """

    def __init__(
        self,
        functions: Sequence[str] = BUILT_IN_FUNCTIONS,
        *,
        size: int | None = None,
        memory_bytes: int = MEMORY_BYTES,
    ) -> None:
        """`functions` are `module:function` names; `size` None is one worker for each CPU."""
        self._functions = tuple(functions)
        self._memory_bytes = memory_bytes
        self._size = size or len(os.sched_getaffinity(0))
        self._waiting: deque[_Call] = deque()
        self._serving: set[asyncio.Task[None]] = set()
        self._busy = 0
        self._idle: list[WorkerProcess] = []
        self._started: set[WorkerProcess] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for task in tuple(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        self._idle.clear()
        for worker in tuple(self._started):
            await asyncio.shield(self._stop(worker))

    @property
    def pids(self) -> list[int]:
        """Processes of the workers there are now."""
        return [worker.pid for worker in self._started]

    async def call(
        self, function: str, *args: Any, cpu_s: float, deadline: float | None = None
    ) -> Any:
        """See `verifiers.base.Workers`."""
        arguments = encode(args)
        if len(arguments) > _MOST_BYTES:
            raise ValueError(
                f"arguments of {len(arguments)} bytes are over the {_MOST_BYTES} allowed"
            )
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Call(function, arguments, cpu_s, result))
        if len(self._serving) < self._size:
            self._serving.add(asyncio.create_task(self._serve()))
        try:
            with Timed(Stage.CHECK):
                async with asyncio.timeout_at(deadline):
                    return _value(function, await result)
        except TimeoutError as error:
            raise Overloaded("the deadline passed before a worker could answer") from error

    async def _serve(self) -> None:
        """Make calls for as long as any wait."""
        try:
            while chunk := self._next_chunk():
                self._busy += 1
                try:
                    await self._make(chunk)
                finally:
                    self._busy -= 1
        finally:  # at once, so that no call relies on a task that has looked its last
            self._serving -= {asyncio.current_task()}

    def _next_chunk(self) -> list[_Call]:
        """What waits, shared with the other workers that have nothing to do."""
        share = min(CHUNK, math.ceil(len(self._waiting) / (self._size - self._busy)))
        chunk: list[_Call] = []
        size_bytes = 0
        while self._waiting and len(chunk) < share:
            call = self._waiting[0]
            size_bytes += len(call.arguments)
            if chunk and (not call.fits_with(chunk[0]) or size_bytes > CHUNK_BYTES):
                break
            self._waiting.popleft()
            if not call.result.done():  # else nobody waits for it any more
                chunk.append(call)
        return chunk

    async def _make(self, chunk: Sequence[_Call]) -> None:
        with anyio.CancelScope() as scope:

            def stop_if_abandoned(_: asyncio.Future[Result]) -> None:
                if all(call.result.done() for call in chunk):
                    scope.cancel()

            for call in chunk:
                call.result.add_done_callback(stop_if_abandoned)
            try:
                results = await self._request(chunk)
            except OSError as error:
                results = [{"unstarted": str(error)} for _ in chunk]
            for call, result in zip(chunk, results, strict=True):
                call.result.remove_done_callback(stop_if_abandoned)
                self._settle(call, result)

    def _settle(self, call: _Call, result: Result) -> None:
        call.tries += 1
        if call.result.done():
            return
        if _is_lost(result) and call.tries < TRIES:
            self._waiting.appendleft(call)
        else:
            call.result.set_result(result)

    async def _request(self, chunk: Sequence[_Call]) -> list[Result]:
        first = chunk[0]
        head = {
            "function": first.function,
            "cpu_s": first.cpu_s,
            "memory_bytes": self._memory_bytes,
            "calls": len(chunk),
        }
        calls = b",".join(call.arguments for call in chunk)
        frame = encode_frame(head) + framed(b"[" + calls + b"]")
        # CPU time is what counts; the clock only catches a worker that does nothing at all.
        backstop_s = 60 + 20 * first.cpu_s * len(chunk)
        while True:
            async with self._worker() as worker:
                may_ask_another = False
                try:
                    async with asyncio.timeout(backstop_s):
                        return await worker.request(frame)
                except Died:
                    # It may have been killed while idle, and have been alive until now all the
                    # same. There is one idle worker less each time: this ends.
                    may_ask_another = worker.has_answered
                except TimeoutError:
                    pass  # it has had its time, idle or not
                await self._stop(worker)
            if not may_ask_another:
                return [{"signal": int(signal.SIGKILL)} for _ in chunk]

    @contextlib.asynccontextmanager
    async def _worker(self) -> AsyncIterator[WorkerProcess]:
        """An idle worker or a new one; it is kept if it was left alive, in step and idle."""
        worker = await self._take()
        try:
            yield worker
        except BaseException:  # cancelled in the middle of a request: its reply would come late
            with anyio.CancelScope(shield=True):
                await self._stop(worker)
            raise
        if worker in self._started:
            self._idle.append(worker)

    async def _take(self) -> WorkerProcess:
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            await self._stop(worker)
        worker = await WorkerProcess.start(self._functions)
        self._started.add(worker)
        return worker

    async def _stop(self, worker: WorkerProcess) -> None:
        self._started.discard(worker)
        await worker.stop()


def _is_lost(result: Result) -> bool:
    return "signal" in result and result["signal"] not in _OWN_DOING


def _value(function: str, result: Result) -> Any:
    """The value; raises the exception that stands for anything else."""
    if "value" in result:
        return result["value"]
    if "error" in result:
        raise WorkerError(f"{function} raised {result['error']}")
    if "memory" in result:
        raise WorkerTimeout(f"{function} used up its memory")
    if "unstarted" in result:
        raise WorkerLost(f"no worker could be started for {function}: {result['unstarted']}")
    died_of = signal.Signals(result["signal"])
    if died_of in _OWN_DOING:
        raise WorkerTimeout(f"{function} used up its CPU time")
    if died_of in _CRASHES:
        raise WorkerTimeout(f"{function} crashed its worker on every try ({died_of.name})")
    raise WorkerLost(f"the worker for {function} was lost {TRIES} times ({died_of.name})")
