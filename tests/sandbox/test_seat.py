"""What callers see when runners are lost under a session, or time is up."""

import asyncio

import pytest

from sandbox.errors import Overloaded, RunnerLost
from sandbox.launchers.base import Death
from sandbox.runner import Loss
from sandbox.types import Invocation, Limits, Party, Status
from tests.sandbox.sessions import (
    CPP,
    HARNESS,
    PYTHON,
    die,
    failing_on,
    give_up,
    hang,
    inputs,
    now,
    run_once,
    run_out_of_memory,
)

pytestmark = pytest.mark.anyio


class TestRepetition:
    @pytest.mark.parametrize("act", [die, give_up, run_out_of_memory])
    @pytest.mark.parametrize("program", [PYTHON, CPP], ids=["python", "cpp"])
    async def test_on_another_runner_is_not_noticed(self, scripted, program, act):
        async with scripted.sandbox(
            scripted.launcher(failing_on(scripted, "run", act, times=1))
        ) as sandbox:
            assert (await run_once(sandbox, program)).stdout == b"in"
            assert sandbox.pool.stats.retries == 1

    async def test_when_a_runner_hangs(self, scripted):
        launcher = scripted.launcher(failing_on(scripted, "run", hang, times=1))
        async with scripted.sandbox(launcher, answer_grace_s=0.05) as sandbox:
            execution = await run_once(sandbox, limits=Limits(wall_s=0.01))
            assert execution.stdout == b"in"
            assert sandbox.pool.stats.lost == {Loss.HUNG: 1}

    async def test_because_of_what_others_left_behind_is_not_counted(self, scripted):
        async def dirty(agent, header, blobs):
            if header["op"] == "close" and agent.number < 6:
                reply = {"op": "closed", "id": header["id"], "clean": False, "detail": "a daemon"}
                agent.send(reply)
                agent.die()
            else:
                await scripted.polite(agent, header, blobs)

        async with scripted.sandbox(scripted.launcher(dirty)) as sandbox:
            for _ in range(10):
                assert (await run_once(sandbox)).succeeded
            assert sandbox.pool.stats.lost == {Loss.UNCLEAN: 5}

    async def test_of_the_compilation(self, scripted):
        async with (
            scripted.sandbox(
                scripted.launcher(failing_on(scripted, "open", die, times=2))
            ) as sandbox,
            sandbox.open(CPP) as session,
        ):
            assert session.compilation.succeeded

    async def test_of_what_was_sent_ahead_too(self, scripted):
        async def die_at_the_second(agent, header, blobs):
            if header["op"] == "run" and header["index"] == 2:
                agent.die()
            else:
                await scripted.polite(agent, header, blobs)

        async with scripted.sandbox(scripted.launcher(die_at_the_second)) as sandbox:
            async with sandbox.open(PYTHON) as session:
                executions = [execution async for execution in session.run_each(inputs(7))]
            assert [int(execution.stdout) for execution in executions] == list(range(7))
            # Each runner did two: losing several in one session is no proof against a run.
            assert sandbox.pool.stats.retries == 3

    async def test_ends_after_three_runners(self, scripted):
        launcher = scripted.launcher(failing_on(scripted, "run", die, times=99))
        async with scripted.sandbox(launcher) as sandbox:
            with pytest.raises(RunnerLost, match=r"3 runners were lost .*: died, died, died"):
                await run_once(sandbox)
            assert len([agent for agent in launcher.agents if "run" in agent.ops]) == 3

    async def test_goes_before_everybody_else(self, scripted):
        launcher = scripted.launcher(failing_on(scripted, "run", die, times=1))
        order = []

        async def work(name, sandbox):
            await run_once(sandbox)
            order.append(name)

        async with scripted.sandbox(launcher) as sandbox:
            await scripted.eventually(lambda: sandbox.pool.runners)
            await asyncio.gather(*(work(name, sandbox) for name in "abc"))
        assert order == ["a", "b", "c"]

    async def test_of_a_compilation_that_fails_the_second_time_is_no_verdict(self, scripted):
        async def behave(agent, header, blobs):
            if header["op"] == "open" and agent.number == 2:
                blobs = [b"bad"]
            if header["op"] == "run":
                agent.die()
            else:
                await scripted.polite(agent, header, blobs)

        launcher = scripted.launcher(behave)
        async with scripted.sandbox(launcher, artefact_bytes=0) as sandbox:
            with pytest.raises(RunnerLost, match="not compile again"):
                await run_once(sandbox, CPP)


class TestMemoryThatTakesTheRunnerDown:
    async def test_twice_is_the_programs_own_doing(self, scripted):
        launcher = scripted.launcher(failing_on(scripted, "run", run_out_of_memory, times=2))
        async with scripted.sandbox(launcher) as sandbox:
            execution = await run_once(sandbox)
            assert execution.status is Status.MEMORY_LIMIT_EXCEEDED
            assert "twice" in execution.message
            assert sandbox.pool.stats.lost == {Loss.OUT_OF_MEMORY: 2}

    async def test_once_and_then_something_else_is_not(self, scripted):
        async def behave(agent, header, blobs):
            if header["op"] == "run":
                agent.die(Death.OUT_OF_MEMORY if agent.number == 2 else Death.UNKNOWN)

        async with scripted.sandbox(scripted.launcher(behave)) as sandbox:
            with pytest.raises(RunnerLost, match="died, out_of_memory, died"):
                await run_once(sandbox)

    async def test_goes_for_compilers_too(self, scripted):
        launcher = scripted.launcher(failing_on(scripted, "open", run_out_of_memory, times=2))
        async with scripted.sandbox(launcher) as sandbox, sandbox.open(CPP) as session:
            assert session.compilation.execution.status is Status.MEMORY_LIMIT_EXCEEDED

    async def test_is_the_second_partys_doing_in_a_pair(self, scripted):
        launcher = scripted.launcher(failing_on(scripted, "pair", run_out_of_memory, times=2))
        party = Party(harness=HARNESS, payload=b"")
        async with scripted.sandbox(launcher) as sandbox:
            first, second = await sandbox.run_pair(party, party)
            assert first.status is Status.SIGNALLED
            assert second.status is Status.MEMORY_LIMIT_EXCEEDED


class TestGivingUp:
    """What was asked for stops running, and the runner is used again."""

    @pytest.fixture
    async def hanging(self, scripted):
        """A sandbox that never answers a run or a pair, but closes as it should."""

        async def behave(agent, header, blobs):
            if header["op"] not in ("run", "pair") or blobs[0] == b"quick":
                await scripted.polite(agent, header, blobs)

        launcher = scripted.launcher(behave)
        async with scripted.sandbox(launcher) as sandbox:
            yield sandbox
            async with sandbox.open(PYTHON) as session:
                assert (await session.run(Invocation(stdin=b"quick"))).succeeded
            assert len(launcher.agents) == 1

    async def test_at_the_deadline_of_a_run(self, hanging):
        with pytest.raises(Overloaded, match="deadline"):
            await run_once(hanging, deadline=now() + 0.03)

    async def test_at_the_deadline_of_a_pair(self, hanging):
        party = Party(harness=HARNESS, payload=b"")
        with pytest.raises(Overloaded, match="deadline"):
            await hanging.run_pair(party, party, deadline=now() + 0.03)

    async def test_at_the_deadline_of_one_of_many(self, hanging):
        async with hanging.open(PYTHON, deadline=now() + 0.03) as session:
            with pytest.raises(Overloaded, match="deadline"):
                await anext(session.run_each(inputs(3)))

    async def test_when_cancelled(self, hanging):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.03):
                await run_once(hanging)

    async def test_of_a_pair_when_cancelled(self, hanging):
        party = Party(harness=HARNESS, payload=b"")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.03):
                await hanging.run_pair(party, party)
