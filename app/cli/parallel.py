"""Works on many things at once and gives results as they come, without piling anything up."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TypeVar

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

Job = TypeVar("Job")
Result = TypeVar("Result")
Deliver = Callable[[Result], Awaitable[None]]


@asynccontextmanager
async def in_parallel(
    jobs: Iterable[Job], work: Callable[[Job, Deliver[Result]], Awaitable[None]], *, at_once: int
) -> AsyncIterator[MemoryObjectReceiveStream[Result]]:
    """Call `work` for each job, `at_once` of them side by side; gives what they deliver.

    Jobs are taken from the iterable only when there is room. Leaving the context stops the rest.
    """
    remaining = iter(jobs)
    outlet, results = anyio.create_memory_object_stream[Result](at_once)

    async def worker(own: MemoryObjectSendStream[Result]) -> None:
        async with own:
            for job in remaining:
                await work(job, own.send)

    async with results, anyio.create_task_group() as group:
        async with outlet:
            for _ in range(at_once):
                group.start_soon(worker, outlet.clone())
        yield results
        group.cancel_scope.cancel()
