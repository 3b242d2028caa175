"""Near to a limit beside a run of another borrower: it is repeated alone over all of them."""

import asyncio

import pytest

from sandbox.types import Claim, Invocation, Limits, Program, Status

pytestmark = pytest.mark.anyio

PROGRAM = Program(language="python", source="print()")
LIMITS = Limits(cpu_s=1.0)


async def run(sandbox, text=""):
    async with sandbox.open(PROGRAM, limits=LIMITS) as session:
        return await session.run(Invocation(stdin=text.encode()))


class Doubtful:
    """A run that is over its limit the first time; those beside others come from another one."""

    def __init__(self, scripted, company):
        self.scripted = scripted
        self.company = company
        self.busy = []
        """How many slots were taken in each run."""
        self.shop = None
        self._seen = set()

    async def behave(self, agent, header, blobs):
        if header["op"] != "run":
            await self.scripted.polite(agent, header, blobs)
            return
        self.busy.append(self.shop.pool.busy)
        is_first = blobs[0] not in self._seen
        self._seen.add(blobs[0])
        if is_first:
            await self.company.wait()
        agent.send_ran(header, stdout=blobs[0], cpu_s=1.1 if is_first else 0.9)


async def test_what_is_near_to_its_limit_beside_another_borrowers_is_decided_alone(
    scripted, shop_of
):
    both = asyncio.Barrier(2)
    doubtful = Doubtful(scripted, both)
    async with shop_of(scripted.launcher(doubtful.behave, slots=2)) as shop:
        doubtful.shop = shop
        one, two = shop.borrower(), shop.borrower()
        executions = await asyncio.gather(run(one, "a"), run(two, "b"))

        assert [each.status for each in executions] == [Status.EXITED] * 2
        assert [each.cpu_s for each in executions] == [0.9] * 2
        assert one.figures().reruns + two.figures().reruns == 2
        # The repeated ones are alone over all borrowers, one after the other.
        assert doubtful.busy == [2, 2, 1, 1]
        await scripted.eventually(lambda: shop.pool.idle == 2)


async def test_what_ran_beside_nobody_is_not_doubted(scripted, shop_of):
    doubtful = Doubtful(scripted, asyncio.Barrier(1))
    async with shop_of(scripted.launcher(doubtful.behave, slots=2)) as shop:
        doubtful.shop = shop
        shop.borrower()
        execution = await run(shop.borrower(), "a")

    assert execution.cpu_s == 1.1
    assert len(doubtful.busy) == 1


async def test_who_is_alone_is_so_over_all_borrowers(scripted, shop_of):
    async with shop_of(scripted.launcher(slots=2)) as shop:
        one, two = shop.borrower(), shop.borrower()
        mine = await one.pool.acquire(None, alone=True)
        others = [
            asyncio.create_task(run(two, "beside")),
            asyncio.create_task(two.pool.acquire(None, alone=True)),
        ]
        await scripted.eventually(lambda: shop.pool.queue_length == 2)
        assert (shop.pool.busy, shop.pool.idle) == (1, 1)
        assert await two.pool.acquire_idle(Claim()) is None

        mine.begin()
        mine.close()
        theirs = await others[1]
        assert (shop.pool.busy, shop.pool.queue_length) == (1, 1)
        theirs.begin()
        theirs.close()
        assert (await others[0]).stdout == b"beside"


async def test_who_goes_while_alone_or_waiting_to_be_lets_others(scripted, shop_of):
    async with shop_of(scripted.launcher(slots=2)) as shop:
        one, two, three = (shop.borrower(of=3) for _ in range(3))
        await one.pool.acquire(None, alone=True)
        waiting = asyncio.create_task(two.pool.acquire(None, alone=True))
        await scripted.eventually(lambda: shop.pool.queue_length == 1)
        later = asyncio.create_task(run(three, "at last"))
        await scripted.eventually(lambda: shop.pool.queue_length == 2)
        two.leave()
        one.leave()

        assert (await later).stdout == b"at last"
        await asyncio.gather(waiting, return_exceptions=True)


async def test_who_is_cancelled_at_any_moment_of_being_alone_keeps_nobody_waiting(
    scripted, shop_of
):
    async with shop_of(scripted.launcher(slots=2)) as shop:
        one, two = shop.borrower(), shop.borrower()
        for steps in range(40):
            task = asyncio.create_task(_be_alone(one))
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert (await run(two, "beside")).stdout == b"beside"
        await scripted.eventually(lambda: shop.pool.idle == 2)


async def _be_alone(sandbox):
    runner = await sandbox.pool.acquire(None, alone=True)
    runner.begin()
    runner.close()


async def test_quiet_that_ends_after_the_pool_did_is_nobodys_business(scripted, shop_of):
    async with shop_of(scripted.launcher(slots=2)) as shop:
        runner = await shop.borrower().pool.acquire(None, alone=True)
        await asyncio.sleep(0.1)  # so long others go before the next time of quiet
        runner.begin()
        runner.close()
        await scripted.eventually(lambda: shop.pool.idle == 2)
    await asyncio.sleep(0.2)  # an exception by then fails the test
