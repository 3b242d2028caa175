"""The sandbox over a pool: what it refuses, pairs, its end, and what it tells of itself."""

import asyncio

import pytest

from sandbox.errors import LanguageUnavailable, Overloaded, UnknownLanguage
from sandbox.types import Invocation, Limits, Party, Program
from tests.sandbox.sessions import HARNESS, PYTHON, a_session, die, failing_on, hang, run_once

pytestmark = pytest.mark.anyio


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
