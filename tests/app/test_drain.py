"""The end of the service, seen by work that has a time by which it must have ended."""

import asyncio

import pytest

from app.drain import Drain

pytestmark = pytest.mark.anyio


async def test_it_bounds_what_runs_beside_what_is_ending_on_its_deadline_already():
    drain, is_ending, may_end = Drain(), asyncio.Event(), asyncio.Event()

    async def work(deadline, end):
        with drain.bound(deadline) as timeout:
            async with timeout:
                try:
                    await asyncio.Event().wait()
                finally:
                    await end()

    async def end_slowly():
        is_ending.set()
        await may_end.wait()

    async def end_at_once():
        pass

    both = asyncio.gather(work(0, end_slowly), work(None, end_at_once), return_exceptions=True)
    await is_ending.wait()
    drain.start(0)
    may_end.set()

    assert list(map(type, await asyncio.wait_for(both, 20))) == [TimeoutError] * 2
