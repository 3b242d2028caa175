"""A pool of killable processes for computations that may hang or grow.

Data crosses as JSON in length-prefixed frames, never as pickles, and only functions that the pool
was told of can be called. See `verifiers.worker` for the other end.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Any, Self

from sandbox import Overloaded
from verifiers.errors import WorkerError, WorkerLost, WorkerTimeout
from verifiers.worker import MAX_FRAME_BYTES, Result, encode_frame

BUILT_IN_FUNCTIONS = (
    "verifiers.math.symbolic:decide",
    "verifiers.math.symbolic:check_gold",
    "verifiers.text.json_schema:check_in_worker",
    "verifiers.text.patterns:match_in_worker",
)
"""What the built-in verifiers call."""
MEMORY_BYTES = 48 * 1024 * 1024
"""What one call may take on top of what its worker holds anyway."""
TRIES = 3
"""A call whose worker died of something else is made on another, at most twice more."""
CHUNK = 16
"""Calls that one message to a worker carries."""

_OWN_DOING = frozenset({signal.SIGPROF, signal.SIGXCPU})
# A crash is the function's own doing if it happens on every try, else the machine's.
_CRASHES = frozenset({signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGILL, signal.SIGFPE})


class _Died(Exception):
    """The worker is gone, and its replies with it."""


class _Worker:
    """One process, for one request at a time."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        requests: asyncio.StreamWriter,
        replies: asyncio.StreamReader,
    ) -> None:
        self._process = process
        self._requests = requests
        self._replies = replies

    @classmethod
    async def start(cls, functions: Sequence[str]) -> Self:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-m",
            "verifiers.worker",
            str(os.getpid()),
            *functions,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"},
            start_new_session=True,  # Ctrl-C is for the service, which needs us until it is drained
        )
        if process.stdin is None or process.stdout is None:
            raise WorkerLost("a worker started without its pipes")
        return cls(process, process.stdin, process.stdout)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def request(self, frame: bytes) -> list[Result]:
        try:
            self._requests.write(frame)
            await self._requests.drain()
            head = await self._replies.readexactly(4)
            length = int.from_bytes(head, "big")
            if length > MAX_FRAME_BYTES:
                raise _Died
            results: list[Result] = json.loads(await self._replies.readexactly(length))
        except (ConnectionError, asyncio.IncompleteReadError, ValueError) as error:
            raise _Died from error
        return results

    async def stop(self) -> None:
        """Kill it and wait until it is gone; its children go with it."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._requests.close()
        with contextlib.suppress(ConnectionError):
            await self._requests.wait_closed()
        await self._process.wait()


class WorkerPool:
    """Worker processes, started when first needed; an async context manager."""

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
        self._slots = asyncio.Semaphore(size or len(os.sched_getaffinity(0)))
        self._idle: list[_Worker] = []
        self._started: set[_Worker] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
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
        (outcome,) = await self.call_many(function, [args], cpu_s=cpu_s, deadline=deadline)
        if isinstance(outcome, WorkerError):
            raise outcome
        return outcome

    async def call_many(
        self,
        function: str,
        calls: Sequence[Sequence[Any]],
        *,
        cpu_s: float,
        deadline: float | None = None,
    ) -> list[Any]:
        """Make many calls, in chunks spread over the workers.

        Returns for each call, in order, its value or the WorkerError that `call` would raise;
        `cpu_s` is for each. Raises sandbox.Overloaded past the deadline.
        """
        try:
            async with asyncio.timeout_at(deadline):
                if len(calls) <= CHUNK:
                    return await self._call_chunk(function, calls, cpu_s)
                return await self._call_chunks(function, calls, cpu_s)
        except TimeoutError as error:
            raise Overloaded("the deadline passed before a worker could answer") from error

    async def _call_chunks(
        self, function: str, calls: Sequence[Sequence[Any]], cpu_s: float
    ) -> list[Any]:
        chunks = [calls[start : start + CHUNK] for start in range(0, len(calls), CHUNK)]
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(self._call_chunk(function, chunk, cpu_s)) for chunk in chunks
            ]
        return [outcome for task in tasks for outcome in task.result()]

    async def _call_chunk(
        self, function: str, calls: Sequence[Sequence[Any]], cpu_s: float
    ) -> list[Any]:
        results: dict[int, Result] = {}
        for _ in range(TRIES):
            missing = [index for index in range(len(calls)) if _is_lost(results.get(index))]
            if not missing:
                break
            answers = await self._try_chunk(function, [calls[index] for index in missing], cpu_s)
            results.update(zip(missing, answers, strict=True))
        return [_outcome(function, results[index]) for index in range(len(calls))]

    async def _try_chunk(
        self, function: str, calls: Sequence[Sequence[Any]], cpu_s: float
    ) -> list[Result]:
        frame = encode_frame(
            {
                "function": function,
                "calls": calls,
                "cpu_s": cpu_s,
                "memory_bytes": self._memory_bytes,
            }
        )
        # CPU time is what counts; the clock only catches a worker that does nothing at all.
        backstop_s = 60 + 20 * cpu_s * len(calls)
        async with self._slots, self._worker() as worker:
            try:
                async with asyncio.timeout(backstop_s):
                    return await worker.request(frame)
            except (_Died, TimeoutError):
                await self._stop(worker)
                return [{"signal": int(signal.SIGKILL)} for _ in calls]

    @contextlib.asynccontextmanager
    async def _worker(self) -> AsyncIterator[_Worker]:
        """An idle worker or a new one; it is kept if it was left alive, in step and idle."""
        worker = await self._take()
        try:
            yield worker
        except BaseException:  # cancelled in the middle of a request: its reply would come late
            await asyncio.shield(self._stop(worker))
            raise
        if worker in self._started:
            self._idle.append(worker)

    async def _take(self) -> _Worker:
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            await self._stop(worker)
        worker = await _Worker.start(self._functions)
        self._started.add(worker)
        return worker

    async def _stop(self, worker: _Worker) -> None:
        self._started.discard(worker)
        await worker.stop()


def _is_lost(result: Result | None) -> bool:
    return result is None or ("signal" in result and result["signal"] not in _OWN_DOING)


def _outcome(function: str, result: Result) -> Any:
    """The value, or the exception that stands for it."""
    if "value" in result:
        return result["value"]
    if "error" in result:
        return WorkerError(f"{function} raised {result['error']}")
    if "memory" in result:
        return WorkerTimeout(f"{function} used up its memory")
    died_of = signal.Signals(result["signal"])
    if died_of in _OWN_DOING:
        return WorkerTimeout(f"{function} used up its CPU time")
    if died_of in _CRASHES:
        return WorkerTimeout(f"{function} crashed its worker on every try ({died_of.name})")
    return WorkerLost(f"the worker for {function} was lost {TRIES} times ({died_of.name})")
