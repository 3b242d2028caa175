"""Releasing what must not be leaked, although the caller is cancelled."""

import asyncio

import pytest

from sandbox.shield import to_the_end

pytestmark = pytest.mark.anyio


async def test_gives_what_the_work_gives():
    async def work():
        return 3

    assert await to_the_end(work()) == 3


async def test_raises_what_the_work_raises():
    async def work():
        raise KeyError("x")

    with pytest.raises(KeyError):
        await to_the_end(work())


@pytest.mark.parametrize("times", [1, 3])
async def test_is_cancelled_only_when_the_work_is_done(times):
    done = []
    going = asyncio.Event()

    async def work():
        await going.wait()
        done.append(True)

    task = asyncio.create_task(to_the_end(work()))
    for _ in range(times):
        await asyncio.sleep(0.005)
        task.cancel()
    await asyncio.sleep(0.005)
    assert not task.done()
    going.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done


async def test_a_cancellation_wins_over_a_failure_of_the_work():
    going = asyncio.Event()

    async def work():
        await going.wait()
        raise KeyError("x")

    task = asyncio.create_task(to_the_end(work()))
    await asyncio.sleep(0.005)
    task.cancel()
    going.set()
    with pytest.raises(asyncio.CancelledError):
        await task
