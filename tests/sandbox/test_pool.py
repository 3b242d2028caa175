"""Who gets which runner when, and what becomes of runners."""

import asyncio
import logging

import pytest

from sandbox.agent import protocol
from sandbox.errors import LaunchError, Overloaded, SandboxError
from sandbox.messages import Command, Compile, Opening, Turn
from sandbox.runner import Loss
from sandbox.types import Invocation, Limits, Tier

pytestmark = pytest.mark.anyio


def turn(limits=Limits(), **invocation):  # noqa: B008 - it cannot be changed
    return Turn(
        program=0,
        command=Command(argv=None, env={}),
        invocation=Invocation(**invocation),
        limits=limits,
    )


async def one_run(runner):
    """A whole session on a runner that has been acquired."""
    runner.begin()
    runner.open(0, Opening(files={"main.py": b""}, python_main="main.py"))
    execution = await runner.run(turn(stdin=b"x"))
    runner.close()
    return execution[0]


def now():
    return asyncio.get_running_loop().time()


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


async def test_a_runner_is_replaced_after_its_number_of_runs(scripted):
    launcher = scripted.launcher()
    async with scripted.pool(launcher, runs_per_runner=2) as pool:
        for _ in range(5):
            await one_run(await pool.acquire(None))
        await scripted.eventually(lambda: len(launcher.stopped) == 2)
        assert pool.stats.lost == {Loss.WORN_OUT: 2}
        assert pool.runs == 5


async def test_a_runner_that_is_not_clean_is_replaced(scripted):
    async def dirty(agent, header, blobs):
        if header["op"] == "close" and agent.number == 1:
            agent.send({"op": "closed", "id": header["id"], "clean": False, "detail": "a daemon"})
        else:
            await scripted.polite(agent, header, blobs)

    launcher = scripted.launcher(dirty)
    async with scripted.pool(launcher) as pool:
        first = await pool.acquire(None)
        assert (await one_run(first)).stdout == b"x"
        await scripted.eventually(lambda: pool.stats.lost == {Loss.UNCLEAN: 1})
        assert await pool.acquire(None) is not first
        assert launcher.agents[0].stopped


class Cleaning:
    """Agents that clean up when they are told to."""

    def __init__(self, scripted):
        self._polite = scripted.polite
        self.done = asyncio.Event()

    async def __call__(self, agent, header, blobs):
        if header["op"] == "close":
            await self.done.wait()
        await self._polite(agent, header, blobs)


async def test_a_runner_is_handed_on_while_it_is_being_cleaned(scripted):
    launcher = scripted.launcher(cleaning := Cleaning(scripted))
    async with scripted.pool(launcher) as pool:
        first = await pool.acquire(None)
        await one_run(first)
        assert await pool.acquire(None) is first
        run = asyncio.create_task(one_run(first))
        await scripted.eventually(lambda: launcher.agents[0].ops == ["open", "run", "close"])
        cleaning.done.set()
        assert (await run).stdout == b"x"


async def test_a_runner_that_nobody_waits_for_is_cleaned_at_once(scripted):
    launcher = scripted.launcher()
    async with scripted.pool(launcher) as pool:
        await one_run(await pool.acquire(None))
        await scripted.eventually(lambda: launcher.agents[0].ops == ["open", "run", "close"])


@pytest.mark.parametrize("opens", [True, False])
async def test_who_takes_a_runner_and_leaves_it_does_not_keep_it_from_being_cleaned(
    scripted, opens
):
    launcher = scripted.launcher()
    async with scripted.pool(launcher) as pool:
        await one_run(runner := await pool.acquire(None))
        runner.begin()
        if opens:
            runner.open(0, Opening(files={}, python_main="main.py"))
        runner.close()
        await scripted.eventually(lambda: launcher.agents[0].ops == ["open", "run", "close"])


async def test_a_runner_on_which_something_still_runs_is_not_handed_on(scripted):
    launcher = scripted.launcher(cleaning := Cleaning(scripted))
    async with scripted.pool(launcher) as pool:
        runner = await pool.acquire(None)
        runner.begin()
        runner.open(0, Opening(files={"main.py": b""}, python_main="main.py"))
        runner.run(turn(stdin=b"x"))
        runner.close()
        with pytest.raises(Overloaded):
            await pool.acquire(now() + 0.03)
        cleaning.done.set()
        assert await pool.acquire(None) is runner


@pytest.mark.parametrize(
    ("tier", "runs"), [(Tier.FRESH, 1000), (Tier.WARM, 1)], ids=["fresh", "worn out"]
)
async def test_a_runner_that_is_not_to_be_used_again_is_not_handed_on(scripted, tier, runs):
    launcher = scripted.launcher()
    async with scripted.pool(launcher, tiers=(tier,), runs_per_runner=runs) as pool:
        first = await pool.acquire(None, tier=tier)
        await one_run(first)
        assert await pool.acquire(None, tier=tier) is not first
        assert pool.stats.lost == {Loss.WORN_OUT: 1}


async def test_a_runner_that_dies_idle_costs_nobody_anything(scripted):
    launcher = scripted.launcher()
    async with scripted.pool(launcher) as pool:
        await scripted.eventually(lambda: pool.runners == 1)
        launcher.agents[0].die()
        await scripted.eventually(lambda: pool.stats.launched == 2)
        assert (await one_run(await pool.acquire(None))).stdout == b"x"
        assert pool.stats.lost == {Loss.DIED: 1}


async def test_a_runner_that_never_finishes_cleaning_is_replaced(scripted):
    async def never_closes(agent, header, blobs):
        if header["op"] != "close" or agent.number > 1:
            await scripted.polite(agent, header, blobs)

    async with scripted.pool(scripted.launcher(never_closes), answer_grace_s=0.05) as pool:
        first = await pool.acquire(None)
        await one_run(first)
        await scripted.eventually(lambda: pool.stats.lost == {Loss.HUNG: 1})
        assert await pool.acquire(None) is not first


async def test_a_session_that_sent_nothing_gives_its_runner_back_at_once(scripted):
    launcher = scripted.launcher()
    async with scripted.pool(launcher) as pool:
        runner = await pool.acquire(None)
        runner.begin()
        runner.open(0, Opening(files={}, python_main="main.py"))
        runner.close()
        assert await pool.acquire(None) is runner
        assert (await one_run(runner)).stdout == b"x"
        assert launcher.agents[0].ops[:2] == ["open", "run"]


async def test_waiting_between_open_and_run_is_no_hang(scripted):
    async with scripted.pool(scripted.launcher(), answer_grace_s=0.05) as pool:
        runner = await pool.acquire(None)
        runner.begin()
        runner.open(0, Opening(files={}, python_main="main.py"))
        await asyncio.sleep(0.15)
        assert (await runner.run(turn(stdin=b"x")))[0].stdout == b"x"


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


NONSENSE = {
    "garbage": lambda agent, header: agent.send_bytes(b"\0garbage" * 10),
    "another session's answer": lambda agent, header: agent.send_ran({**header, "id": 99}),
    "another run's answer": lambda agent, header: agent.send_ran({**header, "index": 1}),
    "another kind of answer": lambda agent, header: agent.send({"op": "paired", "id": 1}),
    "an answer too many": lambda agent, header: [agent.send_ran(header) for _ in range(2)],
    "a closing nobody asked for": lambda agent, header: agent.send({"op": "closed", "id": 1}),
    "an impossible execution": lambda agent, header: agent.send_ran(header, cpu_s=-1),
    "too much output": lambda agent, header: agent.send_ran(header, stdout=bytes(2_000_000)),
    "no execution": lambda agent, header: agent.send({**header, "op": "ran"}, [b"", b""]),
    "an unknown operation": lambda agent, header: agent.send({"op": "mail"}),
}


@pytest.mark.parametrize("nonsense", NONSENSE.values(), ids=NONSENSE)
async def test_a_runner_that_talks_nonsense_is_thrown_away(scripted, nonsense):
    async def talk(agent, header, blobs):
        if header["op"] == "run" and agent.number == 1:
            nonsense(agent, header)
        else:
            await scripted.polite(agent, header, blobs)

    launcher = scripted.launcher(talk)
    async with scripted.pool(launcher) as pool:
        runner = await pool.acquire(None)
        runner.begin()
        runner.open(0, Opening(files={}, python_main="main.py"))
        limits = Limits(output_bytes=1000)
        await asyncio.wait([runner.run(turn(limits))])
        runner.close()
        await scripted.eventually(lambda: launcher.agents[0].stopped)
        assert pool.stats.lost == {Loss.NONSENSE: 1}
        assert (await one_run(await pool.acquire(None))).stdout == b"x"


async def test_answers_that_crossed_with_the_closing_are_forgotten(scripted):
    held = []

    async def late(agent, header, blobs):
        if header["op"] == "run" and blobs[0] == b"slow":
            held.append(header)
            return
        if header["op"] == "close" and held:
            agent.send_ran(held.pop(), stdout=b"late")
        await scripted.polite(agent, header, blobs)

    async with scripted.pool(scripted.launcher(late)) as pool:
        runner = await pool.acquire(None)
        runner.begin()
        runner.open(0, Opening(files={}, python_main="main.py"))
        runner.run(turn(stdin=b"slow"))
        await scripted.eventually(lambda: held)
        runner.close()
        assert await pool.acquire(None) is runner
        assert (await one_run(runner)).stdout == b"x"
        assert pool.stats.lost == {}


async def test_a_frame_can_be_as_large_as_was_agreed_and_no_larger(scripted, monkeypatch):
    monkeypatch.setattr(protocol, "MAX_FRAME_BYTES", 10_000)
    async with scripted.pool(scripted.launcher()) as pool:
        runner = await pool.acquire(None)
        runner.begin()
        runner.open(0, Opening(files={}, python_main="main.py"))
        with pytest.raises(ValueError, match="too large"):
            runner.run(turn(stdin=bytes(10_000)))
        runner.close()
        assert await pool.acquire(None) is runner


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


async def test_without_the_tier_fresh_there_are_no_spares(scripted):
    async with scripted.pool(scripted.launcher(slots=2)) as pool:
        await scripted.eventually(lambda: pool.runners == 2)
        await asyncio.sleep(0.02)
        assert pool.runners == 2
