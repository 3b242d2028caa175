"""Many runs of one program on runners that are idle: the same results in the same order, sooner."""

import asyncio
from contextlib import aclosing, asynccontextmanager

import pytest

from sandbox.errors import RunnerLost
from sandbox.types import Invocation, Program, Tier

pytestmark = pytest.mark.anyio

PYTHON = Program(language="python", source="print(input())")
CPP = Program(language="c++", source="int main() {}")


def inputs(count):
    return [Invocation(stdin=str(number).encode()) for number in range(count)]


def numbers(executions):
    return [int(execution.stdout) for execution in executions]


def taking(scripted, wall_s, *, really=0.0, dying=()):
    """Agents whose runs are said to take so long; the numbers in `dying` end their runner once."""
    left = set(dying)

    async def behave(agent, header, blobs):
        if header["op"] != "run":
            await scripted.polite(agent, header, blobs)
        elif int(blobs[0]) in left:
            left.discard(int(blobs[0]))
            agent.die()
        else:
            await asyncio.sleep(really)
            agent.send_ran(header, stdout=blobs[0], wall_s=wall_s, cpu_s=0.0)

    return behave


def runs(launcher):
    """How many each agent made."""
    return [agent.ops.count("run") for agent in launcher.agents]


@asynccontextmanager
async def idle(scripted, launcher, **settings):
    async with scripted.sandbox(launcher, **settings) as sandbox:
        await scripted.eventually(lambda: sandbox.pool.idle >= launcher.slots)
        yield sandbox


async def all_of(sandbox, program, count):
    async with sandbox.open(program) as session:
        return [execution async for execution in session.run_each(inputs(count))]


@pytest.mark.parametrize("program", [PYTHON, CPP])
@pytest.mark.parametrize("really", [0.0, 0.01])
async def test_runs_go_to_idle_runners_and_come_back_in_order(scripted, program, really):
    launcher = scripted.launcher(taking(scripted, 1.0, really=really), slots=3)
    async with idle(scripted, launcher) as sandbox:
        assert numbers(await all_of(sandbox, program, 40)) == list(range(40))
        assert sum(runs(launcher)) == 40
        assert all(runs(launcher))
        compiled = [
            header
            for agent in launcher.agents
            for header in agent.requests
            if header.get("compile") is not None
        ]
        assert len(compiled) == (program is CPP)
        await scripted.eventually(lambda: sandbox.pool.idle == 3)


async def test_what_is_quick_stays_where_it_is(scripted):
    launcher = scripted.launcher(taking(scripted, 0.001), slots=3)
    async with idle(scripted, launcher) as sandbox:
        await all_of(sandbox, PYTHON, 40)
        assert sorted(runs(launcher)) == [0, 0, 40]


async def test_runners_that_nobody_has_used_are_not_used_up(scripted):
    launcher = scripted.launcher(taking(scripted, 1.0), slots=3)
    async with idle(scripted, launcher, tiers=(Tier.FRESH,), spares=0) as sandbox:
        await all_of(sandbox, PYTHON, 10)
        assert sorted(runs(launcher))[-1] == 10


async def test_nothing_is_taken_from_those_who_wait(scripted):
    launcher = scripted.launcher(taking(scripted, 1.0, really=0.002), slots=2)
    async with idle(scripted, launcher) as sandbox, sandbox.open(PYTHON) as session:
        async with aclosing(session.run_each(inputs(200))) as executions:
            for _ in range(20):
                await anext(executions)
            assert sandbox.pool.busy == 2
            other = asyncio.create_task(all_of(sandbox, PYTHON, 1))
            done = [await anext(executions) for _ in range(150)]
            assert numbers(done) == list(range(20, 170))
            assert other.done()
        await other


async def test_stopping_stops_all_of_it(scripted):
    launcher = scripted.launcher(taking(scripted, 1.0, really=0.002), slots=3)
    async with idle(scripted, launcher) as sandbox, sandbox.open(PYTHON) as session:
        async with aclosing(session.run_each(inputs(1000))) as executions:
            for _ in range(5):
                await anext(executions)
        await scripted.eventually(lambda: sandbox.pool.busy == 1)
        assert (await session.run(Invocation(stdin=b"7"))).stdout == b"7"
        assert sum(runs(launcher)) < 5 + 3 * 5


async def test_not_much_is_run_ahead_of_what_is_awaited(scripted):
    """All of it is in vain if the next one decides, and its results are to be kept meanwhile."""
    launcher = scripted.launcher(taking(scripted, 1.0), slots=2)
    async with (
        idle(scripted, launcher) as sandbox,
        sandbox.open(PYTHON) as session,
        aclosing(session.run_each(inputs(1000))) as executions,
    ):
        for number in range(50):
            await anext(executions)
            await asyncio.sleep(0.005)
            assert sum(runs(launcher)) <= number + 10


@pytest.mark.parametrize("dying", [{0}, {3}, {1, 2, 3, 4, 5, 6}, set(range(20))])
async def test_runners_that_are_lost_cost_nothing(scripted, dying):
    launcher = scripted.launcher(taking(scripted, 1.0, dying=dying), slots=3)
    async with idle(scripted, launcher) as sandbox:
        assert numbers(await all_of(sandbox, PYTHON, 20)) == list(range(20))


async def test_a_failure_elsewhere_is_raised_in_its_turn(scripted):
    async def behave(agent, header, blobs):
        if header["op"] == "run" and blobs[0] == b"5":
            agent.die()
        elif header["op"] == "run":
            agent.send_ran(header, stdout=blobs[0], wall_s=1.0, cpu_s=0.0)
        else:
            await scripted.polite(agent, header, blobs)

    launcher = scripted.launcher(behave, slots=3)
    async with idle(scripted, launcher) as sandbox, sandbox.open(PYTHON) as session:
        executions = session.run_each(inputs(20))
        assert numbers([await anext(executions) for _ in range(5)]) == [0, 1, 2, 3, 4]
        with pytest.raises(RunnerLost):
            await anext(executions)
