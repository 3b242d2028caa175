"""Who gets which runner when."""

import asyncio

import pytest

from sandbox.errors import Overloaded
from sandbox.messages import Command, Compile, Opening
from sandbox.runner import Loss
from sandbox.types import Claim, Limits, Tier
from tests.sandbox.conversations import now, one_run

pytestmark = pytest.mark.anyio


async def test_a_runner_serves_one_session_after_another(scripted):
    launcher = scripted.launcher()
    async with scripted.pool(launcher) as pool:
        first = await pool.acquire(None)
        assert (await one_run(first)).stdout == b"x"
        assert await pool.acquire(None) is first
        assert (pool.runners, pool.slots, pool.runs) == (1, 1, 1)


async def test_nobody_shares_a_runner(scripted):
    async with scripted.pool(scripted.launcher(slots=2)) as pool:
        runners = {await pool.acquire(None), await pool.acquire(None)}
        assert len(runners) == 2
        with pytest.raises(Overloaded, match="deadline"):
            await pool.acquire(now() + 0.02)


async def test_whoever_waited_longest_is_next_but_a_repetition_goes_before_all(scripted):
    order = []

    async def wait(pool, name, *, first=False):
        runner = await pool.acquire(None, first=first)
        order.append(name)
        await one_run(runner)

    async with scripted.pool(scripted.launcher()) as pool:
        runner = await pool.acquire(None)
        async with asyncio.TaskGroup() as group:
            for name in ("one", "two", "three"):
                group.create_task(wait(pool, name))
            await scripted.eventually(lambda: pool.queue_length == 3)
            group.create_task(wait(pool, "again", first=True))
            await scripted.eventually(lambda: pool.queue_length == 4)
            await one_run(runner)
        assert order == ["again", "one", "two", "three"]
        assert pool.queue_length == 0


async def test_the_queue_is_bounded(scripted):
    async with scripted.pool(scripted.launcher(), queue_size=1) as pool:
        await pool.acquire(None)
        waiting = asyncio.create_task(pool.acquire(None))
        await scripted.eventually(lambda: pool.queue_length == 1)
        with pytest.raises(Overloaded, match="1 others wait"):
            await pool.acquire(None)
        waiting.cancel()


async def test_a_deadline_that_has_passed_is_not_waited_for(scripted):
    async with scripted.pool(scripted.launcher()) as pool:
        with pytest.raises(Overloaded):
            await pool.acquire(now() - 1)


async def test_who_gives_up_leaves_the_queue(scripted):
    async with scripted.pool(scripted.launcher()) as pool:
        runner = await pool.acquire(None)
        waiting = asyncio.create_task(pool.acquire(None))
        await scripted.eventually(lambda: pool.queue_length == 1)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert pool.queue_length == 0
        await one_run(runner)
        assert await pool.acquire(None) is runner


async def test_who_gives_up_in_the_very_moment_of_their_turn_passes_it_on(scripted):
    async with scripted.pool(scripted.launcher()) as pool:
        runner = await pool.acquire(None)
        first = asyncio.create_task(pool.acquire(None))
        second = asyncio.create_task(pool.acquire(None))
        await scripted.eventually(lambda: pool.queue_length == 2)
        pool._offer(runner)
        first.cancel()
        assert await second is runner
        assert first.cancelled()


class TestClosing:
    async def test_stops_all_runners_and_refuses_all_who_wait(self, scripted):
        launcher = scripted.launcher(slots=2)
        async with scripted.pool(launcher) as pool:
            runner = await pool.acquire(None)
            await pool.acquire(None)
            runner.begin()
            runner.open(0, Opening(files={}, python_main="main.py"))
            waiting = asyncio.create_task(pool.acquire(None))
            await scripted.eventually(lambda: pool.queue_length == 1)
            await pool.close()
            assert launcher.stopped == launcher.agents
            with pytest.raises(Overloaded, match="shutting down"):
                await waiting
            with pytest.raises(Overloaded, match="shutting down"):
                await pool.acquire(None)

    async def test_may_come_while_runners_are_being_launched(self, scripted):
        launcher = scripted.launcher()
        launcher.greeting = None
        async with scripted.pool(launcher):
            await scripted.eventually(lambda: launcher.agents)
        assert launcher.stopped == launcher.agents

    async def test_may_come_before_anything_was_begun(self, scripted):
        launcher = scripted.launcher()
        async with scripted.pool(launcher):
            pass
        assert launcher.agents == []

    async def test_reaches_a_runner_that_joined_the_moment_before(self, scripted):
        launcher = scripted.launcher(slots=None)
        async with scripted.pool(launcher) as pool:
            launcher.gate.set()
            await scripted.eventually(lambda: pool.runners == 1)
        assert len(launcher.stopped) == 1


class TestTheTierFresh:
    """Runners that nobody has used, for one session each."""

    OFFERED = (Tier.WARM, Tier.FRESH)

    async def test_gives_each_session_a_runner_of_its_own_and_ends_it_after(self, scripted):
        launcher = scripted.launcher()
        async with scripted.pool(launcher, tiers=self.OFFERED) as pool:
            runners = set()
            for _ in range(3):
                runner = await pool.acquire(None, tier=Tier.FRESH)
                assert runner.runs == 0
                runners.add(runner)
                await one_run(runner)
                await scripted.eventually(lambda runner=runner: runner.failure is not None)
            assert len(runners) == 3
            assert pool.stats.lost == {Loss.WORN_OUT: 3}

    async def test_is_never_given_a_runner_that_has_only_compiled(self, scripted):
        async with scripted.pool(scripted.launcher(), tiers=self.OFFERED) as pool:
            used = await pool.acquire(None)
            used.begin()
            compile_ = Compile(
                command=Command(argv=("cc",), env={}), limits=Limits(), keep=("main",)
            )
            opening = Opening(files={"main.cpp": b""}, compile=compile_)
            await used.compile(0, opening, compile_, largest_bytes=0)
            used.close()
            await scripted.eventually(lambda: pool.idle == 2)
            assert await pool.acquire(None, tier=Tier.FRESH) is not used

    async def test_has_spares_ready_but_no_more_runs_at_once_than_slots(self, scripted):
        async with scripted.pool(scripted.launcher(slots=2), tiers=self.OFFERED) as pool:
            await scripted.eventually(lambda: pool.runners == 4)
            for _ in range(2):
                await pool.acquire(None, tier=Tier.FRESH)
            with pytest.raises(Overloaded, match="deadline"):
                await pool.acquire(now() + 0.02, tier=Tier.FRESH)
            assert (pool.idle, pool.slots) == (2, 2)

    async def test_leaves_used_runners_to_those_who_do_not_mind(self, scripted):
        async with scripted.pool(scripted.launcher(), tiers=self.OFFERED) as pool:
            first = await pool.acquire(None)
            await one_run(first)
            await scripted.eventually(lambda: pool.idle == 2)
            again = await pool.acquire(None)
            assert again is first

    async def test_does_not_hold_up_those_who_can_go_on(self, scripted):
        async with scripted.pool(scripted.launcher(), tiers=self.OFFERED, spares=0) as pool:
            used = await pool.acquire(None)
            await one_run(used)
            await scripted.eventually(lambda: pool.idle == 1)
            patient = asyncio.create_task(pool.acquire(None, tier=Tier.FRESH))
            await scripted.eventually(lambda: pool.queue_length == 1)
            assert await pool.acquire(None) is used
            patient.cancel()

    async def test_gives_back_a_runner_to_which_nothing_was_sent(self, scripted):
        async with scripted.pool(scripted.launcher(), tiers=self.OFFERED, spares=0) as pool:
            runner = await pool.acquire(None, tier=Tier.FRESH)
            runner.begin()
            runner.close()
            assert await pool.acquire(None, tier=Tier.FRESH) is runner


class TestWithoutTheTierFresh:
    async def test_one_runner_more_than_slots_is_kept(self, scripted):
        async with scripted.pool(scripted.launcher(slots=2), spares=None) as pool:
            await scripted.eventually(lambda: pool.runners == 3)
            await asyncio.sleep(0.02)
            assert pool.runners == 3
            for _ in range(2):
                await pool.acquire(None)
            with pytest.raises(Overloaded, match="deadline"):
                await pool.acquire(now() + 0.02)
            assert (pool.idle, pool.slots) == (1, 2)

    async def test_a_runner_that_is_lost_is_replaced_before_another_is_started(self, scripted):
        launcher = scripted.launcher(slots=1)
        async with scripted.pool(launcher, spares=None) as pool:
            await scripted.eventually(lambda: pool.runners == 2)
            launcher.failures = 1000
            lost = await pool.acquire(None)
            lost.agent.die()
            await scripted.eventually(lambda: pool.runners == 1)
            assert await pool.acquire(now() + 5) is not lost

    async def test_the_spare_one_is_not_used_while_others_are_idle(self, scripted):
        async with scripted.pool(scripted.launcher(slots=1), spares=None) as pool:
            await scripted.eventually(lambda: pool.runners == 2)
            first = await pool.acquire(None)
            await one_run(first)
            await scripted.eventually(lambda: pool.idle == 2)
            assert await pool.acquire(None) is first

    async def test_the_spare_one_makes_no_room_in_the_queue(self, scripted):
        launcher = scripted.launcher(slots=1)
        async with scripted.pool(launcher, spares=None, queue_size=1) as pool:
            await scripted.eventually(lambda: pool.runners == 2)
            await pool.acquire(None)
            assert (pool.idle, pool.free) == (1, 0)
            waiting = asyncio.create_task(pool.acquire(None))
            await scripted.eventually(lambda: pool.queue_length == 1)
            with pytest.raises(Overloaded, match="1 others wait"):
                await pool.acquire(None)
            waiting.cancel()

    async def test_the_spare_one_is_not_free_for_more_runs_of_a_program(self, scripted):
        async with scripted.pool(scripted.launcher(slots=1), spares=None) as pool:
            await scripted.eventually(lambda: pool.runners == 2)
            await pool.acquire(None)
            assert await pool.acquire_idle(Claim()) is None

    async def test_as_many_are_kept_as_the_setting_says(self, scripted):
        async with scripted.pool(scripted.launcher(slots=2), spares=2) as pool:
            await scripted.eventually(lambda: pool.runners == 4)
            await asyncio.sleep(0.02)
            assert pool.runners == 4
