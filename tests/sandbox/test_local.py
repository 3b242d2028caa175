"""Sessions: what callers see of programs, whatever happens to runners meanwhile."""

import asyncio
from contextlib import aclosing, asynccontextmanager

import pytest

from sandbox.errors import LanguageUnavailable, Overloaded, RunnerLost, UnknownLanguage
from sandbox.launchers.base import Death
from sandbox.runner import Loss
from sandbox.types import Harness, Invocation, Limits, Party, Program, Status

pytestmark = pytest.mark.anyio

PYTHON = Program(language="python", source="import numpy", files={"data": b"d"})
CPP = Program(language="c++", source="int main() {}")
HARNESS = Harness(modules=(("examiner", "..."),), entry="examiner:main")


def now():
    return asyncio.get_running_loop().time()


def inputs(count):
    return [Invocation(stdin=str(number).encode()) for number in range(count)]


async def run_once(sandbox, program=PYTHON, **options):
    async with sandbox.open(program, **options) as session:
        return await session.run(Invocation(stdin=b"in"))


@asynccontextmanager
async def a_session(scripted, program=PYTHON):
    async with scripted.sandbox(scripted.launcher()) as sandbox, sandbox.open(program) as session:
        yield session


def failing_on(scripted, op, act, times):
    """Agents of which the first `times` do `act` at the first request of kind `op`."""

    async def behave(agent, header, blobs):
        if header["op"] == op and agent.number <= times:
            act(agent)
        else:
            await scripted.polite(agent, header, blobs)

    return behave


def die(agent):
    agent.die()


def run_out_of_memory(agent):
    agent.die(Death.OUT_OF_MEMORY)


def hang(agent):
    pass


def give_up(agent):
    agent.send({"op": "broken", "detail": "cannot fork"})


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


class TestRefusals:
    async def test_of_languages(self, scripted):
        async with scripted.sandbox(scripted.launcher()) as sandbox:
            with pytest.raises(UnknownLanguage, match=r"'klingon'.* cpp, .* python"):
                await run_once(sandbox, Program(language="klingon", source=""))
            with pytest.raises(LanguageUnavailable, match="cpp23"):
                await run_once(sandbox, Program(language="c++23", source=""))

    @pytest.mark.parametrize("name", ["/etc/passwd", "../x", "main.py", "data/x"])
    async def test_of_file_names(self, scripted, name):
        async with scripted.sandbox(scripted.launcher()) as sandbox:
            with pytest.raises(ValueError, match=name):
                async with sandbox.open(PYTHON) as session:
                    await session.run(Invocation(files={name: b""}))

    async def test_of_the_name_of_what_the_compiler_makes(self, scripted):
        async with scripted.sandbox(scripted.launcher()) as sandbox:
            with pytest.raises(ValueError, match="'main'"):
                await run_once(sandbox, Program(language="cpp", source="", files={"main": b""}))

    @pytest.mark.parametrize("argument", ["a\0b", "\ud800"])
    async def test_of_arguments(self, scripted, argument):
        async with a_session(scripted) as session:
            with pytest.raises(ValueError, match="argument"):
                await session.run(Invocation(args=(argument,)))

    @pytest.mark.parametrize(
        ("limits", "name"),
        [
            (Limits(memory_bytes=2**40), "memory_bytes"),
            (Limits(processes=10**6), "processes"),
            (Limits(file_bytes=2**40), "file_bytes"),
            (Limits(cpu_s=0), "cpu_s"),
            (Limits(cpu_s=float("nan")), "cpu_s"),
            (Limits(wall_s=-1), "wall"),
            (Limits(output_bytes=0), "output_bytes"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    async def test_of_limits(self, scripted, limits, name):
        party = Party(harness=HARNESS, payload=b"", limits=limits)
        async with scripted.sandbox(scripted.launcher()) as sandbox:
            with pytest.raises(ValueError, match=name):
                await run_once(sandbox, limits=limits)
            with pytest.raises(ValueError, match=name):
                await sandbox.run_pair(party, party)

    async def test_of_what_is_too_large(self, scripted, monkeypatch):
        monkeypatch.setattr("sandbox.agent.protocol.MAX_FRAME_BYTES", 10_000)
        async with scripted.sandbox(scripted.launcher()) as sandbox:
            with pytest.raises(ValueError, match="too large"):
                await run_once(sandbox, Program(language="cpp", source="x" * 10_000))
            assert (await run_once(sandbox)).succeeded

    async def test_leaves_it_to_the_language_that_a_source_is_no_text(self, scripted):
        async with scripted.sandbox(scripted.launcher()) as sandbox:
            assert (await run_once(sandbox, Program(language="py", source="'\ud800'"))).succeeded

    async def test_default_limits_stay_within_the_walls(self, scripted):
        launcher = scripted.launcher()
        async with scripted.sandbox(launcher, memory_bytes=1_000_000) as sandbox:
            await run_once(sandbox)
            assert (
                launcher.agents[0].requests[1]["parties"][0]["limits"]["memory_bytes"] == 1_000_000
            )


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


class TestPair:
    async def test_loads_a_harness_once_into_each_runner(self, scripted):
        launcher = scripted.launcher()
        first = Party(harness=HARNESS, payload=b"", stdin=b"in", imports="import numpy")
        second = Party(harness=HARNESS, payload=b"", files={"x": b""})
        async with scripted.sandbox(launcher) as sandbox:
            for _ in range(2):
                executions = await sandbox.run_pair(first, second)
                assert [each.stdout for each in executions] == [b"in", b"second"]
                assert [each.report for each in executions] == [b"report", b""]
        assert launcher.agents[0].ops[:4] == ["load", "pair", "close", "pair"]
        parties = launcher.agents[0].requests[1]["parties"]
        assert [party["preload"] for party in parties] == [["numpy"], []]

    async def test_is_repeated_on_another_runner(self, scripted):
        launcher = scripted.launcher(failing_on(scripted, "pair", die, times=2))
        party = Party(harness=HARNESS, payload=b"")
        async with scripted.sandbox(launcher) as sandbox:
            _, second = await sandbox.run_pair(party, party)
            assert second.stdout == b"second"
            assert [agent.ops[:2] for agent in launcher.agents] == [["load", "pair"]] * 3

    async def test_that_is_too_large_leaves_the_harness_loaded(self, scripted, monkeypatch):
        monkeypatch.setattr("sandbox.agent.protocol.MAX_FRAME_BYTES", 10_000)
        launcher = scripted.launcher()
        large = Party(harness=HARNESS, payload=bytes(10_000))
        small = Party(harness=HARNESS, payload=b"")
        async with scripted.sandbox(launcher) as sandbox:
            with pytest.raises(ValueError, match="too large"):
                await sandbox.run_pair(large, small)
            await sandbox.run_pair(small, small)
            assert launcher.agents[0].ops[:2] == ["load", "pair"]

    async def test_refuses_file_names(self, scripted):
        party = Party(harness=HARNESS, payload=b"", files={"/x": b""})
        async with scripted.sandbox(scripted.launcher()) as sandbox:
            with pytest.raises(ValueError, match="/x"):
                await sandbox.run_pair(party, party)


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


async def test_closing_the_sandbox_answers_open_sessions(scripted):
    launcher = scripted.launcher(failing_on(scripted, "run", hang, times=99))
    async with scripted.sandbox(launcher) as sandbox:
        running = asyncio.create_task(run_once(sandbox))
        await scripted.eventually(lambda: launcher.agents and "run" in launcher.agents[0].ops)
        await sandbox.close()
        with pytest.raises(Overloaded, match="shutting down"):
            await running


async def test_info_tells_what_the_runners_found(scripted):
    async with scripted.sandbox(scripted.launcher(slots=2)) as sandbox:
        await run_once(sandbox)
        info = sandbox.info()
        assert (info.launcher, info.slots) == ("scripted", 2)
        assert info.walls == ("no new privileges", "seccomp")
