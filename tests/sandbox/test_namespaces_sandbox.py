"""A whole sandbox for real, over runners in namespaces of this machine."""

import asyncio
import contextlib
import os
import shutil
import signal
from pathlib import Path

import pytest

from sandbox import Invocation, Limits, Overloaded, Program, SandboxConfig, Status, Tier, start
from sandbox.runner import Loss

pytestmark = [pytest.mark.anyio, pytest.mark.namespaces]


def runners_of_this_process():
    """Process ids of the runners that we have started and that live."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children}
    return [int(pid) for pid, command in commands.items() if b"sandbox.launchers.enter" in command]


@pytest.fixture
async def sandbox():
    async with start(SandboxConfig(launcher="namespaces", slots=2, spares=0)) as sandbox:
        yield sandbox
    assert runners_of_this_process() == []


async def test_runs_python(sandbox):
    program = Program(language="py", source="print(open('data').read() + input())")
    invocation = Invocation(stdin=b"stdin\n", files={"data": b"file and "})
    async with sandbox.open(program) as session:
        execution = await session.run(invocation)
    assert (execution.status, execution.stdout) == (Status.EXITED, b"file and stdin\n")


async def test_modules_that_a_program_brings_are_there_to_import(sandbox):
    modules = (("trusted", ""), ("trusted.words", "import os\npid = os.getpid()"))
    source = "import os\nfrom trusted.words import pid\nprint(pid != os.getpid())"
    for _ in range(2):
        program = Program(language="python", source=source, modules=modules)
        async with sandbox.open(program) as session:
            assert (await session.run(Invocation())).stdout == b"True\n"


async def test_runs_each_input_in_a_fresh_process(sandbox):
    source = "import os\nassert os.listdir() == ['main.py']\nopen('x', 'w')\nprint(input())"
    inputs = [Invocation(stdin=str(number).encode()) for number in range(5)]
    async with sandbox.open(Program(language="python", source=source)) as session:
        executions = [execution async for execution in session.run_each(inputs)]
    assert [execution.stdout for execution in executions] == [
        b"0\n",
        b"1\n",
        b"2\n",
        b"3\n",
        b"4\n",
    ]


async def test_knows_what_it_has(sandbox):
    languages = {language.name: language for language in await sandbox.languages()}
    assert languages["python"].available
    assert languages["python"].version.startswith("3.")
    assert sandbox.info().walls


@pytest.mark.skipif(shutil.which("g++") is None, reason="g++ is not installed")
async def test_compiles(sandbox):
    source = "#include <iostream>\nint main(int, char** a) { std::cout << a[1]; return 3; }"
    async with sandbox.open(Program(language="cpp", source=source)) as session:
        assert session.compilation.succeeded
        execution = await session.run(Invocation(args=("x",)))
    assert (execution.exit_code, execution.stdout) == (3, b"x")


@pytest.mark.skipif(shutil.which("g++") is None, reason="g++ is not installed")
async def test_compiles_the_same_program_once_and_nobody_changes_what_came_of_it(sandbox):
    # It replaces its own file by one that prints something else, for the next run to find.
    source = """
        #include <cstdio>
        #include <sys/stat.h>
        int main(int, char** arguments) {
            std::puts("mine");
            std::remove(arguments[0]);
            FILE* file = std::fopen(arguments[0], "w");
            std::fputs("#!/bin/sh\\necho forged", file);
            std::fclose(file);
            return chmod(arguments[0], 0755);
        }
    """
    seen = []
    for _ in range(3):
        async with sandbox.open(Program(language="cpp", source=source)) as session:
            for _ in range(2):
                execution = await session.run(Invocation())
                seen.append((session.compilation.cached, execution.stdout, execution.exit_code))
    assert seen == [(False, b"mine\n", 0)] * 2 + [(True, b"mine\n", 0)] * 4


async def test_loses_nothing_when_runners_are_killed(sandbox, scripted):
    async def score(number):
        program = Program(language="python", source=f"print({number} * int(input()))")
        async with sandbox.open(program) as session:
            return int((await session.run(Invocation(stdin=b"7"))).stdout)

    async def kill_runners():
        for _ in range(4):
            runs = sandbox.pool.runs
            await scripted.eventually(lambda runs=runs: sandbox.pool.runs > runs + 10)
            for pid in runners_of_this_process():
                os.kill(pid, signal.SIGKILL)

    killing = asyncio.create_task(kill_runners())
    products = []
    while not killing.done():
        first = len(products)
        products += await asyncio.gather(*map(score, range(first, first + 20)))
    await killing
    assert products == [7 * number for number in range(len(products))]
    assert sandbox.pool.stats.lost["died"] >= 4


def first_processes_at_work():
    """First processes of namespaces made for runs, in the runner that runs a program."""
    facts = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            lines = dict(
                line.split(":\t", 1) for line in status.read_text().splitlines() if "\t" in line
            )
            facts[int(status.parent.name)] = int(lines["PPid"]), lines["NSpid"].split()

    def below(pid):
        children = [each for each, (parent, _) in facts.items() if parent == pid]
        return children + [each for child in children for each in below(child)]

    ours = len(facts[os.getpid()][1])
    for runner in runners_of_this_process():
        inner = [pid for pid in below(runner) if len(facts[pid][1]) == ours + 2]
        first = [pid for pid in inner if facts[pid][1][-1] == "1"]
        if len(first) < len(inner):
            return first
    return []


async def test_a_run_whose_first_process_is_killed_is_made_again(sandbox, scripted):
    program = Program(language="python", source="import time; time.sleep(1); print('done')")
    async with sandbox.open(program) as session:
        running = asyncio.create_task(session.run(Invocation()))
        await scripted.eventually(first_processes_at_work)
        for pid in first_processes_at_work():
            os.kill(pid, signal.SIGKILL)
        assert (await running).stdout == b"done\n"
    assert sandbox.pool.stats.lost[Loss.BROKEN] == 1


async def test_uses_a_runner_again_after_what_was_given_up(sandbox, scripted):
    await scripted.eventually(lambda: sandbox.pool.stats.launched == 2)
    endless = Program(language="python", source="while True: pass")
    for _ in range(3):
        with pytest.raises(Overloaded):
            async with sandbox.open(endless, deadline=asyncio.get_running_loop().time() + 0.1) as s:
                await s.run(Invocation())
    async with sandbox.open(Program(language="python", source="print(1)")) as session:
        assert (await session.run(Invocation())).stdout == b"1\n"
    assert sandbox.pool.stats.launched == 2


async def test_what_was_sent_ahead_is_given_up_too(sandbox, scripted):
    await scripted.eventually(lambda: sandbox.pool.stats.launched == 2)
    endless = Program(language="python", source="while True: pass")
    now = asyncio.get_running_loop().time
    limits, deadline = Limits(cpu_s=10), now() + 0.3
    async with sandbox.open(endless, limits=limits, deadline=deadline) as session:
        with pytest.raises(Overloaded):
            await anext(session.run_each([Invocation()] * 8))
    since = now()
    both = [Program(language="python", source="print(1)") for _ in range(2)]
    async with sandbox.open(both[0]) as one, sandbox.open(both[1]) as other:
        assert (await one.run(Invocation())).succeeded
        assert (await other.run(Invocation())).succeeded
    assert now() - since < 5


async def test_each_submission_can_have_a_runner_of_its_own():
    config = SandboxConfig(launcher="namespaces", slots=1, tiers=(Tier.FRESH,))
    async with start(config) as sandbox:
        lost_before = sandbox.pool.stats.lost[Loss.WORN_OUT]
        program = Program(language="python", source="print(input())")
        for number in range(4):
            async with sandbox.open(program) as session:
                execution = await session.run(Invocation(stdin=b"%d" % number))
                assert execution.stdout == b"%d\n" % number
        assert sandbox.pool.stats.lost[Loss.WORN_OUT] - lost_before >= 3
    assert runners_of_this_process() == []
