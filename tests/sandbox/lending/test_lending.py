"""Runners of one pool, lent to two borrowers."""

import asyncio

import pytest

from sandbox.errors import LaunchError, Overloaded
from sandbox.launchers.base import Death
from sandbox.runner import Loss, RunnerFailure
from sandbox.types import (
    Claim,
    Harness,
    Invocation,
    Limits,
    Party,
    Priority,
    Program,
    Status,
    Tier,
)

pytestmark = pytest.mark.anyio

PROGRAM = Program(language="python", source="print()")
LIMITS = Limits(cpu_s=1.0)


async def run(sandbox, text="", **options):
    async with sandbox.open(PROGRAM, limits=LIMITS, **options) as session:
        return await session.run(Invocation(stdin=text.encode()))


async def test_two_borrowers_run_programs_on_the_same_runner(scripted, shop_of):
    launcher = scripted.launcher(slots=1)
    async with shop_of(launcher) as shop:
        one, two = shop.borrower(), shop.borrower()
        for number, sandbox in enumerate([one, two] * 3):
            assert (await run(sandbox, str(number))).stdout == str(number).encode()
        await scripted.eventually(lambda: shop.pool.idle == 1)

        assert shop.pool.runs == 6
        assert len(launcher.agents) == 1
        assert launcher.agents[0].ops == ["open", "run", "close"] * 6


async def test_borrowers_know_of_the_runners_and_the_languages_there_are(scripted, shop_of):
    async with shop_of(scripted.launcher(slots=2)) as shop:
        sandbox = shop.borrower()
        info = sandbox.info()
        found = {language.name: language for language in await sandbox.languages()}

        assert (info.slots, info.walls) == (2, shop.pool.hello.walls)
        assert info.toolchains == shop.pool.toolchains
        assert found["cpp"].available
        assert not found["cpp23"].available
        assert found["cpp"].aliases == ("a",)


async def test_borrowers_hear_of_runners_that_come_later(scripted, shop_of):
    launcher = scripted.launcher(slots=None)
    async with shop_of(launcher) as shop:
        sandbox = shop.borrower()
        assert sandbox.info().slots == 0
        launcher.gate.set()
        await scripted.eventually(lambda: sandbox.info().slots == 1)
        assert sandbox.info().walls == shop.pool.hello.walls


async def test_no_more_run_at_once_than_there_are_slots(scripted, shop_of, gate):
    async with shop_of(scripted.launcher(gate.behave, slots=2)) as shop:
        sandboxes = [shop.borrower(), shop.borrower()]
        runs = [asyncio.create_task(run(sandbox)) for sandbox in sandboxes * 4]
        await scripted.eventually(lambda: gate.now == 2 and shop.pool.queue_length == 6)
        assert [sandbox.pool.queue_length for sandbox in sandboxes] == [6, 6]
        assert [sandbox.pool.busy for sandbox in sandboxes] == [2, 2]
        gate.open()
        await asyncio.gather(*runs)

    assert gate.most == 2


async def test_turns_are_shared_over_all_borrowers(scripted, shop_of, gate):
    """A second client's only run does not wait for all of the first one's."""
    order = []

    async def note(sandbox, client, request=None):
        claim = Claim(client=client, request=request, priority=Priority.NORMAL)
        await run(sandbox.on(Tier.WARM, claim=claim), client)
        order.append(client)

    async with shop_of(scripted.launcher(gate.behave, slots=1)) as shop:
        one, two = shop.borrower(), shop.borrower()
        many = [asyncio.create_task(note(one, "many", 0)) for _ in range(4)]
        await scripted.eventually(lambda: shop.pool.queue_length == 3)
        few = asyncio.create_task(note(two, "few"))
        await scripted.eventually(lambda: shop.pool.queue_length == 4)
        gate.open()
        await asyncio.gather(*many, few)

    assert order.index("few") == 1


async def test_a_runner_that_dies_under_a_borrower_is_replaced_and_the_run_repeated(
    scripted, shop_of
):
    async def behave(agent, header, blobs):
        if header["op"] == "run" and agent.number == 1:
            agent.die()
        else:
            await scripted.polite(agent, header, blobs)

    launcher = scripted.launcher(behave, slots=1)
    async with shop_of(launcher) as shop:
        sandbox = shop.borrower()
        assert (await run(sandbox, "here")).stdout == b"here"

        assert shop.pool.stats.lost == {Loss.DIED: 1}
        assert sandbox.figures().retries == 1
        await scripted.eventually(lambda: shop.pool.idle == 1)
        assert shop.pool.runs == 2


async def test_running_out_of_memory_twice_is_the_programs_doing(scripted, shop_of):
    async def behave(agent, header, blobs):
        if header["op"] == "run":
            agent.die(Death.OUT_OF_MEMORY)
        else:
            await scripted.polite(agent, header, blobs)

    async with shop_of(scripted.launcher(behave, slots=1)) as shop:
        execution = await run(shop.borrower())

        assert execution.status is Status.MEMORY_LIMIT_EXCEEDED
        await scripted.eventually(lambda: shop.pool.stats.lost == {Loss.OUT_OF_MEMORY: 2})


async def test_a_runner_that_dies_while_nobody_has_it_is_replaced(scripted, shop_of):
    launcher = scripted.launcher(slots=1)
    async with shop_of(launcher) as shop:
        one, two = shop.borrower(), shop.borrower()
        for sandbox in (one, two):
            await run(sandbox)
        await scripted.eventually(lambda: shop.pool.idle == 1)
        launcher.agents[0].die()
        await scripted.eventually(lambda: shop.pool.stats.lost == {Loss.DIED: 1})

        assert (await run(one, "again")).stdout == b"again"
        assert (await run(two, "again")).stdout == b"again"
        assert len(launcher.agents) == 2


async def test_a_runner_that_ends_before_it_is_lent_costs_nobody_a_turn(scripted, shop_of):
    async with shop_of(scripted.launcher(slots=1)) as shop:
        runner = await shop.pool.acquire(None)
        running = asyncio.create_task(run(shop.borrower(), "here"))
        await scripted.eventually(lambda: shop.pool.queue_length == 1)
        runner.end(RunnerFailure(Loss.DIED))
        shop.pool._offer(runner)

        assert (await running).stdout == b"here"
        assert shop.pool.stats.lost == {Loss.DIED: 1}


async def test_a_runner_is_worn_out_by_all_borrowers_together(scripted, shop_of):
    launcher = scripted.launcher(slots=1)
    async with shop_of(launcher, runs_per_runner=4) as shop:
        sandboxes = [shop.borrower(), shop.borrower()]
        for sandbox in sandboxes * 2:
            await run(sandbox)
        await scripted.eventually(lambda: shop.pool.stats.lost == {Loss.WORN_OUT: 1})


async def test_a_fresh_runner_is_nobody_elses(scripted, shop_of):
    launcher = scripted.launcher(slots=1)
    async with shop_of(launcher, tiers=(Tier.FRESH,), spares=0) as shop:
        for sandbox in (shop.borrower(), shop.borrower()):
            await run(sandbox)
        await scripted.eventually(lambda: shop.pool.stats.lost == {Loss.WORN_OUT: 2})

    assert [agent.ops for agent in launcher.agents[:2]] == [["open", "run", "close"]] * 2


async def test_who_stops_waiting_leaves_the_queue(scripted, shop_of, gate):
    async with shop_of(scripted.launcher(gate.behave, slots=1)) as shop:
        one, two = shop.borrower(), shop.borrower()
        running = asyncio.create_task(run(one))
        await scripted.eventually(lambda: gate.now == 1)
        waiting = asyncio.create_task(run(two))
        await scripted.eventually(lambda: shop.pool.queue_length == 1)
        waiting.cancel()
        await scripted.eventually(lambda: shop.pool.queue_length == 0)
        gate.open()
        await running
        await scripted.eventually(lambda: shop.pool.idle == 1)


async def test_who_is_cancelled_at_any_moment_keeps_no_runner(scripted, shop_of):
    async with shop_of(scripted.launcher(slots=1)) as shop:
        sandboxes = [shop.borrower(), shop.borrower()]
        for steps in range(40):
            task = asyncio.create_task(run(sandboxes[steps % 2]))
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        for sandbox in sandboxes:
            assert (await run(sandbox, "still")).stdout == b"still"
        await scripted.eventually(lambda: shop.pool.idle == 1)

        assert shop.pool.busy == 0
        assert shop.pool.stats.lost == {}


async def test_a_deadline_passes_in_the_queue(scripted, shop_of, gate):
    async with shop_of(scripted.launcher(gate.behave, slots=1)) as shop:
        one, two = shop.borrower(), shop.borrower()
        running = asyncio.create_task(run(one))
        await scripted.eventually(lambda: gate.now == 1)
        with pytest.raises(Overloaded, match="deadline passed"):
            await run(two, deadline=asyncio.get_running_loop().time() + 0.01)
        gate.open()
        await running


async def test_a_launcher_that_fails_is_told_to_those_who_wait(scripted, shop_of):
    async def behave(agent, header, blobs):
        launcher.failures = 10**6
        agent.die()

    launcher = scripted.launcher(behave, slots=1)
    async with shop_of(launcher, launch_patience_s=0) as shop:
        with pytest.raises(LaunchError, match="the engine is down"):
            await run(shop.borrower())


async def test_what_a_borrower_had_when_it_went_is_taken_back(scripted, shop_of, gate):
    launcher = scripted.launcher(gate.behave, slots=2)
    async with shop_of(launcher) as shop:
        one, two = shop.borrower(), shop.borrower()
        runs = [asyncio.create_task(run(one)) for _ in range(3)]
        await scripted.eventually(lambda: gate.now == 2 and shop.pool.queue_length == 1)
        one.leave()
        await scripted.eventually(lambda: shop.pool.stats.lost == {Loss.ABANDONED: 2})
        gate.open()

        assert (await run(two, "goes on")).stdout == b"goes on"
        assert shop.pool.queue_length == 0
        for task in runs:
            task.cancel()
        await asyncio.gather(*runs, return_exceptions=True)


async def test_idle_runners_of_all_are_used_for_one_programs_many_runs(scripted, shop_of):
    async def behave(agent, header, blobs):
        if header["op"] == "run":
            await asyncio.sleep(0.001)
            agent.send_ran(header, stdout=blobs[0], wall_s=0.5)
        else:
            await scripted.polite(agent, header, blobs)

    launcher = scripted.launcher(behave, slots=3)
    async with shop_of(launcher) as shop:
        invocations = [Invocation(stdin=b"%d" % number) for number in range(30)]
        async with shop.borrower().open(PROGRAM) as session:
            outputs = [each.stdout async for each in session.run_each(invocations)]

    assert outputs == [each.stdin for each in invocations]
    assert all("run" in agent.ops for agent in launcher.agents)


async def test_who_finds_no_slot_for_an_idle_runner_is_not_seen_waiting(scripted, shop_of):
    launcher = scripted.launcher(slots=None, at_once=1)
    async with shop_of(launcher) as shop:
        one, two = shop.borrower(), shop.borrower()
        for count in (1, 2):
            launcher.gate.set()
            await scripted.eventually(lambda count=count: shop.pool.idle == count)
        async with one.open(PROGRAM):
            assert shop.pool.idle == 1
            assert await two.pool.acquire_idle(Claim()) is None
            assert two.pool.queue_length == 0


async def test_a_pair_runs_on_a_borrowed_runner(scripted, shop_of):
    party = Party(
        harness=Harness(modules=(("e", "..."),), entry="e:main"), payload=b"p", limits=LIMITS
    )
    async with shop_of(scripted.launcher(slots=1)) as shop:
        first, _ = await shop.borrower().run_pair(party, party)

    assert first.report == b"report"
