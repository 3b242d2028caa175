"""How runners are started, and what they tell of themselves."""

import asyncio
import logging
from dataclasses import replace

import pytest

from sandbox.errors import LaunchError, Overloaded, SandboxError
from sandbox.runner import Loss
from sandbox.types import Program, Tier
from tests.sandbox.conversations import now, one_run

pytestmark = pytest.mark.anyio


class TestLaunching:
    async def test_is_tried_again(self, scripted):
        launcher = scripted.launcher()
        launcher.failures = 2
        async with scripted.pool(launcher) as pool:
            await pool.acquire(None)
            assert pool.stats.launch_failures == 2

    async def test_that_keeps_failing_is_told_to_whoever_would_wait_for_ever(self, scripted):
        launcher = scripted.launcher()
        launcher.failures = 1000
        async with scripted.pool(launcher) as pool:
            with pytest.raises(LaunchError, match="the engine is down"):
                await pool.acquire(None)
            with pytest.raises(Overloaded, match="the engine is down"):
                await pool.acquire(now() + 0.05)
            launcher.failures = 0
            assert (await one_run(await pool.acquire(None))).stdout == b"x"

    async def test_of_an_agent_of_another_release_fails(self, scripted):
        launcher = scripted.launcher()
        launcher.greeting["version"] += 1
        async with scripted.pool(launcher) as pool:
            with pytest.raises(LaunchError, match="same release"):
                await pool.acquire(None)

    @pytest.mark.parametrize("wall", ["seccomp", "no new privileges"])
    async def test_of_a_runner_without_its_walls_fails_and_says_what_to_do(self, scripted, wall):
        launcher = scripted.launcher()
        launcher.greeting["walls"].remove(wall)
        async with scripted.pool(launcher) as pool:
            with pytest.raises(LaunchError, match=f"without the wall '{wall}': the kernel must"):
                await pool.acquire(None)
        assert launcher.stopped == launcher.agents

    async def test_tells_the_walls_of_the_first_and_of_those_that_differ(self, scripted, caplog):
        launcher = scripted.launcher(slots=None)
        with caplog.at_level(logging.INFO):
            async with scripted.pool(launcher) as pool:
                for number, walls in enumerate((["seccomp"], ["seccomp"], ["seccomp", "Landlock"])):
                    launcher.greeting["walls"] = ["no new privileges", *walls]
                    launcher.gate.set()
                    await scripted.eventually(lambda number=number: pool.runners == number + 1)
        told = [text for text in caplog.messages if text.startswith("walls")]
        assert told == [
            "walls of runner 1: no new privileges, seccomp",
            "walls of runner 3: no new privileges, seccomp, Landlock",
        ]

    async def test_takes_none_without_walls_from_others_either(self, scripted, caplog):
        launcher = scripted.launcher(slots=None)
        launcher.greeting["walls"] = []
        async with scripted.pool(launcher) as pool:
            launcher.gate.set()
            await scripted.eventually(lambda: "without the wall 'seccomp'" in caplog.text)
            assert (pool.runners, pool.hello) == (0, None)
            assert launcher.stopped

    async def test_of_an_agent_that_says_nothing_fails(self, scripted):
        launcher = scripted.launcher()
        launcher.greeting = None
        async with scripted.pool(launcher, launch_timeout_s=0.02) as pool:
            with pytest.raises(LaunchError, match="hello in time"):
                await pool.acquire(None)

    async def test_of_agents_that_end_at_once_is_not_tried_in_a_hurry(self, scripted):
        launcher = scripted.launcher()
        async with scripted.pool(launcher) as pool:
            for number in range(3):
                await scripted.eventually(lambda number=number: len(launcher.agents) > number)
                launcher.agents[number].die()
            since = now()
            await scripted.eventually(lambda: len(launcher.agents) == 4)
            assert now() - since > 0.2
            assert pool.stats.lost == {Loss.DIED: 3}

    async def test_is_not_put_off_when_unused_runners_were_spent_on_what_does_not_compile(
        self, scripted
    ):
        bad = Program(language="c++", source="bad")
        since = now()
        async with scripted.sandbox(scripted.launcher(), tiers=(Tier.FRESH,)) as sandbox:
            for number in range(14):
                files = {"number": str(number).encode()}
                async with sandbox.open(replace(bad, files=files)) as session:
                    assert not session.compilation.succeeded
        assert now() - since < 2

    async def test_may_be_done_by_others_who_join_as_they_like(self, scripted):
        launcher = scripted.launcher(slots=None)
        async with scripted.pool(launcher) as pool:
            assert pool.slots == 0
            waiting = [asyncio.create_task(pool.acquire(None)) for _ in range(2)]
            for number in (1, 2):
                launcher.gate.set()
                await scripted.eventually(lambda number=number: pool.slots == number)
            runners = await asyncio.gather(*waiting)
            assert runners[0] is not runners[1]
            launcher.agents[0].die()
            await scripted.eventually(lambda: pool.slots == 1)

    async def test_by_others_makes_no_more_slots_than_there_may_be(self, scripted):
        launcher = scripted.launcher(slots=None, at_once=2)
        async with scripted.pool(launcher) as pool:
            for number in (1, 2, 3):
                launcher.gate.set()
                await scripted.eventually(lambda number=number: pool.runners == number)
            assert pool.slots == 2
            first, second = await pool.acquire(None), await pool.acquire(None)
            waiting = asyncio.create_task(pool.acquire(None))
            await scripted.eventually(lambda: pool.queue_length == 1)
            assert (pool.busy, pool.idle) == (2, 1)
            first.begin()
            first.close()
            assert await waiting is not second

    async def test_that_fails_in_a_way_nobody_foresaw_ends_the_pool_loudly(self, scripted, caplog):
        launcher = scripted.launcher()

        async def launch():
            raise KeyError("a bug")

        launcher.launch = launch
        async with scripted.pool(launcher) as pool:
            with pytest.raises(SandboxError, match="a bug"):
                await pool.acquire(None)
            assert "the pool has failed" in caplog.text
            with pytest.raises(SandboxError, match="a bug"):
                await pool.acquire(None)


class TestToolchains:
    async def test_are_those_of_all_runners_there_are(self, scripted):
        launcher = scripted.launcher(slots=2)
        async with scripted.pool(launcher) as pool:
            await scripted.eventually(lambda: pool.runners == 2)
            assert pool.toolchains == "scripted, , 3.13.5 these"
            launcher.greeting = launcher.greeting | {"toolchains": "others"}
            launcher.agents[0].die()
            await scripted.eventually(lambda: pool.stats.launched == 3)
            assert pool.toolchains == "scripted, , 3.13.5 others, 3.13.5 these"

    async def test_are_put_together_once_as_long_as_nobody_comes_or_goes(self, scripted):
        async with scripted.pool(scripted.launcher(slots=2)) as pool:
            await scripted.eventually(lambda: pool.runners == 2)
            assert pool.toolchains is pool.toolchains
