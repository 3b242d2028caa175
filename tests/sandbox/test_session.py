"""Sessions: programs that are compiled and run, as their callers see it."""

import asyncio
from contextlib import aclosing

import pytest

from sandbox.errors import Overloaded
from sandbox.runner import Loss
from sandbox.types import Invocation, Limits, Program
from tests.sandbox.sessions import CPP, PYTHON, a_session, die, failing_on, inputs, now, run_once

pytestmark = pytest.mark.anyio


class TestSession:
    async def test_runs_a_program(self, scripted):
        launcher = scripted.launcher()
        async with scripted.sandbox(launcher) as sandbox:
            execution = await run_once(sandbox)
            assert execution.succeeded
            assert execution.stdout == b"in"
            opened, ran, *_ = launcher.agents[0].requests
            assert opened["files"] == ["main.py", "data"]
            assert opened["python"] == {"main": "main.py", "preload": ["numpy"]}
            (party,) = ran["parties"]
            assert party["argv"] is None
            assert party["limits"]["cpu_s"] == Limits().cpu_s

    async def test_may_run_for_long_when_another_has_just_ended(self, scripted):
        """What the runner says of the one before comes with the first result, and is not late."""
        closed = []

        async def slow(agent, header, blobs):
            match header["op"]:
                case "close":
                    closed.append((header, blobs))
                    return
                case "run" if closed:
                    await asyncio.sleep(0.3)
                    await scripted.polite(agent, *closed.pop())
            await scripted.polite(agent, header, blobs)

        async with scripted.sandbox(scripted.launcher(slow), answer_grace_s=0.05) as sandbox:
            assert (await run_once(sandbox)).succeeded
            assert (await run_once(sandbox)).succeeded
            assert sandbox.pool.stats.lost == {}

    async def test_runs_each_of_many_inputs_in_order_with_one_sent_ahead(self, scripted):
        held = []

        async def answer_when_the_next_has_come(agent, header, blobs):
            if header["op"] != "run":
                await scripted.polite(agent, header, blobs)
                return
            held.append((header, blobs))
            while len(held) > (header["index"] != 4):
                await scripted.polite(agent, *held.pop(0))

        launcher = scripted.launcher(answer_when_the_next_has_come)
        async with scripted.sandbox(launcher) as sandbox, sandbox.open(PYTHON) as session:
            sent = []
            async for execution in session.run_each(inputs(5)):
                assert int(execution.stdout) == len(sent)
                sent.append(launcher.agents[0].ops.count("run"))
            assert sent == [2, 3, 4, 5, 5]

    async def test_stops_running_each_when_the_iterator_is_closed(self, scripted):
        launcher = scripted.launcher()
        async with scripted.sandbox(launcher) as sandbox:
            async with sandbox.open(PYTHON) as session:
                async with aclosing(session.run_each(inputs(100))) as executions:
                    assert (await anext(executions)).stdout == b"0"
                assert (await session.run(Invocation(stdin=b"more"))).stdout == b"more"
            assert launcher.agents[0].ops.count("run") == 3

    @pytest.mark.parametrize("program", [PYTHON, CPP])
    async def test_lets_others_have_the_runner_between_its_runs(
        self, scripted, monkeypatch, program
    ):
        monkeypatch.setattr("sandbox.seat.LONGEST_TURN_S", 0.0)
        launcher = scripted.launcher()
        async with scripted.sandbox(launcher) as sandbox:
            async with sandbox.open(program) as session:
                done = 0
                async for execution in session.run_each(inputs(6)):
                    assert execution.stdout == str(done).encode()
                    if done == 2:
                        other = asyncio.create_task(run_once(sandbox))
                        await scripted.eventually(lambda: sandbox.pool.queue_length == 1)
                    done += 1
                    assert done < 5 or other.done()
                assert done == 6
            assert other.result().stdout == b"in"
            requests = launcher.agents[0].requests
            assert sum(header["op"] == "run" for header in requests) == 7
            assert sum(header.get("compile") is not None for header in requests) == (
                program is CPP and 1
            )

    async def test_keeps_the_runner_for_a_while_and_where_its_compilation_cannot_be_kept(
        self, scripted, monkeypatch
    ):
        async def one_ahead(sandbox, program):
            async with sandbox.open(program) as session:
                executions = session.run_each(inputs(5))
                await anext(executions)
                other = asyncio.create_task(run_once(sandbox))
                await scripted.eventually(lambda: sandbox.pool.queue_length == 1)
                assert len([execution async for execution in executions]) == 4
                assert not other.done()
            await other

        async with scripted.sandbox(scripted.launcher()) as sandbox:
            await one_ahead(sandbox, PYTHON)
        monkeypatch.setattr("sandbox.seat.LONGEST_TURN_S", 0.0)
        async with scripted.sandbox(scripted.launcher(), artefact_bytes=0) as sandbox:
            await one_ahead(sandbox, CPP)

    async def test_gives_the_runner_to_who_waits_before_its_last_result_is_judged(self, scripted):
        async with (
            scripted.sandbox(scripted.launcher()) as sandbox,
            sandbox.open(PYTHON) as session,
            aclosing(session.run_each(inputs(2))) as executions,
        ):
            await anext(executions)
            other = asyncio.create_task(run_once(sandbox))
            await scripted.eventually(lambda: sandbox.pool.queue_length == 1)
            assert (await anext(executions)).stdout == b"1"
            assert (await other).succeeded
            assert (await session.run(Invocation(stdin=b"again"))).stdout == b"again"

    async def test_keeps_the_runner_that_others_of_its_task_use_too(self, scripted):
        async with scripted.sandbox(scripted.launcher()) as sandbox:
            async with (
                sandbox.open(PYTHON, beside=[PYTHON]) as session,
                aclosing(session.run_each(inputs(1))) as executions,
            ):
                other = asyncio.create_task(run_once(sandbox))
                await scripted.eventually(lambda: sandbox.pool.queue_length == 1)
                await anext(executions)
                assert (await session.beside[0].run(Invocation(stdin=b"x"))).stdout == b"x"
                assert not other.done()
            assert (await other).succeeded

    async def test_runs_nothing_for_no_inputs(self, scripted):
        async with a_session(scripted) as session:
            assert [execution async for execution in session.run_each([])] == []

    async def test_may_be_used_by_several_tasks(self, scripted):
        async with a_session(scripted) as session:
            executions = await asyncio.gather(*map(session.run, inputs(5)))
        assert [execution.stdout for execution in executions] == [b"0", b"1", b"2", b"3", b"4"]

    async def test_compiles_before_it_is_handed_out(self, scripted):
        launcher = scripted.launcher()
        async with scripted.sandbox(launcher) as sandbox:
            async with sandbox.open(CPP) as session:
                assert session.compilation.succeeded
                await session.run(Invocation(args=("x",)))
            opened, ran, *_ = launcher.agents[0].requests
            assert "g++ -O2 -std=gnu++17" in opened["compile"]["argv"][2]
            assert opened["compile"]["keep"] == ["main"]
            (party,) = ran["parties"]
            assert (party["argv"], party["args"]) == (["{dir}/main"], ["x"])

    async def test_of_a_program_that_does_not_compile_runs_nothing(self, scripted):
        async with a_session(scripted, Program(language="cpp", source="bad")) as session:
            assert session.compilation.execution.exit_code == 1
            with pytest.raises(ValueError, match="did not compile"):
                await session.run(Invocation())
            with pytest.raises(ValueError, match="did not compile"):
                await anext(session.run_each(inputs(1)))

    async def test_gives_the_result_before_the_runner_is_clean(self, scripted):
        cleaning = asyncio.Event()

        async def slow_to_close(agent, header, blobs):
            if header["op"] == "close":
                await cleaning.wait()
            await scripted.polite(agent, header, blobs)

        async with scripted.sandbox(scripted.launcher(slow_to_close)) as sandbox:
            assert (await run_once(sandbox)).succeeded
            with pytest.raises(Overloaded):
                await run_once(sandbox, deadline=now() + 0.03)
            cleaning.set()
            assert (await run_once(sandbox)).succeeded

    async def test_measures_how_long_it_waited(self, scripted):
        async with scripted.sandbox(scripted.launcher()) as sandbox:

            async def queue_s():
                async with sandbox.open(PYTHON) as session:
                    return session.queue_s

            async with sandbox.open(PYTHON):
                waiting = asyncio.create_task(queue_s())
                await asyncio.sleep(0.05)
            assert await waiting >= 0.04


class TestCompilingTheSameAgain:
    async def test_takes_what_the_compiler_left_the_first_time(self, scripted):
        launcher = scripted.launcher()
        async with scripted.sandbox(launcher) as sandbox:
            async with sandbox.open(CPP) as session:
                assert not session.compilation.cached
            async with sandbox.open(CPP) as session:
                assert session.compilation.cached
                assert session.compilation.succeeded
                assert (await session.run(Invocation(stdin=b"x"))).stdout == b"x"
        first, again = [each for each in launcher.agents[0].requests if each["op"] == "open"]
        assert (first["executable"], first["files"]) == ([], ["main.cpp"])
        assert again["compile"] is None
        assert (again["executable"], again["files"]) == (["main"], ["main.cpp", "main"])

    async def test_takes_no_runner_to_say_once_more_that_it_does_not_compile(self, scripted):
        launcher = scripted.launcher()
        bad = Program(language="cpp", source="bad")
        async with scripted.sandbox(launcher) as sandbox:
            for cached in (False, True):
                async with sandbox.open(bad) as session:
                    assert session.compilation.cached == cached
                    assert session.compilation.execution.exit_code == 1
                    await scripted.eventually(lambda idle=cached: sandbox.pool.idle == idle)
        assert launcher.agents[0].ops.count("open") == 1

    async def test_is_not_needed_when_a_runner_is_lost(self, scripted):
        launcher = scripted.launcher(failing_on(scripted, "run", die, times=1))
        async with scripted.sandbox(launcher) as sandbox:
            assert (await run_once(sandbox, CPP)).succeeded
        first, second = (agent.requests[0] for agent in launcher.agents[:2])
        assert first["compile"] is not None
        assert (second["compile"], second["executable"]) == (None, ["main"])

    async def test_is_done_by_one_of_many_sessions(self, scripted):
        launcher = scripted.launcher(slots=2)
        async with scripted.sandbox(launcher) as sandbox:
            executions = await asyncio.gather(*(run_once(sandbox, CPP) for _ in range(5)))
        assert all(execution.succeeded for execution in executions)
        opened = [each for agent in launcher.agents for each in agent.requests if "files" in each]
        assert sum(each["op"] == "open" and each["compile"] is not None for each in opened) == 1

    async def test_happens_on_a_runner_with_other_toolchains(self, scripted):
        async def behave(agent, header, blobs):
            await scripted.polite(agent, header, blobs)
            launcher.greeting = launcher.greeting | {"toolchains": "others"}
            if header["op"] == "run" and agent.number == 1:
                agent.die()

        launcher = scripted.launcher(behave)
        async with scripted.sandbox(launcher) as sandbox:
            await run_once(sandbox, CPP)
            await run_once(sandbox, CPP)
        assert launcher.agents[1].requests[0]["compile"] is not None

    async def test_happens_when_what_it_makes_is_too_large_to_keep(self, scripted):
        async def behave(agent, header, blobs):
            if header["op"] == "open":
                agent.send_opened(header, made=bytes(1000))
            else:
                await scripted.polite(agent, header, blobs)

        launcher = scripted.launcher(behave)
        async with scripted.sandbox(launcher, artefact_bytes=7000) as sandbox:
            for _ in range(2):
                async with sandbox.open(CPP) as session:
                    assert session.compilation.succeeded
                    assert not session.compilation.cached
                    await session.run(Invocation())

    async def test_of_a_runner_that_sends_more_than_may_be_kept_ends_that_runner(self, scripted):
        async def behave(agent, header, blobs):
            if header["op"] == "open" and agent.number == 1:
                agent.send_opened(header | {"compile": header["compile"] | {"keep": ["x"]}})
            else:
                await scripted.polite(agent, header, blobs)

        launcher = scripted.launcher(behave)
        async with scripted.sandbox(launcher) as sandbox:
            assert (await run_once(sandbox, CPP)).succeeded
            assert sandbox.pool.stats.lost == {Loss.NONSENSE: 1}
