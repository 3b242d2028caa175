"""Programs on one runner: those that take turns, and two whose outputs and inputs are joined."""

import asyncio

import pytest

from sandbox import (
    Harness,
    Invocation,
    Limits,
    Party,
    Program,
    SandboxConfig,
    Status,
    UnknownLanguage,
    seat,
    start,
)
from sandbox.types import MIB

pytestmark = pytest.mark.anyio

CPP = Program(language="cpp", source="int main() {}")
BAD = Program(language="cpp", source="bad")


ORPHANS = {
    "cpu": "end = time.process_time() + 1\n    while time.process_time() < end: pass",
    "memory": "data = bytearray(b'x') * (60 << 20)\n    time.sleep(1)",
    "processes": "[os.fork() for _ in range(3)]\n    time.sleep(1)",
    "output": (
        "os.write(os.open('out', os.O_CREAT | os.O_WRONLY), bytes(3 << 20))\n    time.sleep(1)"
    ),
}

# Where they share file systems, a candidate could be there first and have the examiner's place.
EXAMINES = """
import os, socket

def entry(payload, link, report):
    with socket.socket(fileno=link) as joined:
        joined.sendall(b"begin")
    os.write(report, str(os.stat("large").st_size).encode())
"""
TAKES = """
import os, socket

def entry(payload, link, report):
    try:
        os.mkdir(f"{os.path.dirname(os.getcwd())}/0")
    except OSError:
        pass
    with socket.socket(fileno=link) as joined:
        joined.recv(5)
"""
WAITS = """
import socket

def entry(payload, link, report):
    with socket.socket(fileno=link) as joined:
        joined.recv(5)
"""
ENDS = """
import os

def entry(payload, link, report):
    os.write(report, b"done")
    os._exit(0)
"""


def party(name, source, **given):
    harness = Harness(modules=((name, source),), entry=f"{name}:entry")
    return Party(harness=harness, payload=b"", limits=Limits(wall_s=20), **given)


def python(source):
    return Program(language="python", source=source)


class TestScripted:
    async def test_programs_share_a_runner_and_each_run_names_its_own(self, scripted):
        launcher = scripted.launcher()
        async with scripted.sandbox(launcher) as sandbox:
            async with sandbox.open(python("one"), beside=[python("two"), CPP]) as session:
                for each in (session.beside[1], session, session.beside[0], session):
                    assert (await each.run(Invocation(stdin=b"x"))).stdout == b"x"
            (agent,) = launcher.agents
            opened = [each["program"] for each in agent.requests if each["op"] == "open"]
            ran = [each["parties"][0]["program"] for each in agent.requests if each["op"] == "run"]
            assert (sorted(opened), ran) == ([0, 1, 2], [2, 0, 1, 0])

    async def test_all_are_brought_again_to_another_runner(self, scripted):
        async def die_of_a_run(agent, header, blobs):
            if header["op"] == "run" and agent.number == 1 and blobs[0] == b"die":
                agent.die()
            else:
                await scripted.polite(agent, header, blobs)

        launcher = scripted.launcher(die_of_a_run)
        async with scripted.sandbox(launcher) as sandbox:
            async with sandbox.open(python("one"), beside=[python("two")]) as session:
                await session.run(Invocation())
                (other,) = session.beside
                assert (await other.run(Invocation(stdin=b"die"))).stdout == b"die"
                assert (await session.run(Invocation(stdin=b"on"))).stdout == b"on"
            programs = [
                each["program"] for each in launcher.agents[1].requests if each["op"] == "open"
            ]
            assert sorted(programs) == [0, 1]

    async def test_none_is_compiled_after_one_that_is_bad(self, scripted):
        launcher = scripted.launcher()
        async with scripted.sandbox(launcher) as sandbox:
            async with sandbox.open(BAD, beside=[CPP]) as session:
                assert not session.compilation.succeeded
                assert session.beside[0].compilation is None
            async with sandbox.open(CPP, beside=[BAD]) as session:
                assert session.compilation.succeeded
                assert not session.beside[0].compilation.succeeded
                with pytest.raises(ValueError, match="did not compile"):
                    await session.beside[0].run(Invocation())

    async def test_languages_are_known_before_a_runner_is_taken(self, scripted):
        async with scripted.sandbox(scripted.launcher()) as sandbox:
            with pytest.raises(UnknownLanguage):
                async with sandbox.open(CPP, beside=[Program(language="klingon", source="")]):
                    pass

    async def test_only_those_beside_can_be_joined(self, scripted):
        async with (
            scripted.sandbox(scripted.launcher(slots=2)) as sandbox,
            sandbox.open(CPP) as one,
            sandbox.open(CPP) as other,
        ):
            for each in (other, one):
                with pytest.raises(ValueError, match="beside"):
                    await one.run_joined(Invocation(), each, Invocation())

    async def test_many_that_wait_for_the_same_compiler_do_not_wait_for_each_other(self, scripted):
        launcher = scripted.launcher(slots=2)
        async with scripted.sandbox(launcher) as sandbox:

            async def judge(number):
                program = python(str(number)) if number % 2 else CPP
                async with sandbox.open(program, beside=[CPP]) as session:
                    assert (await session.beside[0].run(Invocation())).succeeded

            async with asyncio.timeout(30):
                await asyncio.gather(*map(judge, range(20)))

    async def test_nobody_has_a_runner_while_another_compiles_what_is_beside(self, scripted):
        compiles = asyncio.Event()

        async def compile_slowly(agent, header, blobs):
            if header["op"] == "open" and header["compile"]:
                compiles.set()
                await going_on.wait()
            await scripted.polite(agent, header, blobs)

        going_on = asyncio.Event()
        async with scripted.sandbox(scripted.launcher(compile_slowly, slots=2)) as sandbox:

            async def judge(number):
                async with sandbox.open(python(str(number)), beside=[CPP]) as session:
                    return (await session.beside[0].run(Invocation())).succeeded

            first = asyncio.create_task(judge(0))
            await compiles.wait()
            others = [asyncio.create_task(judge(number)) for number in (1, 2, 3)]
            await asyncio.sleep(0.01)
            async with asyncio.timeout(10), sandbox.open(python("idle")) as session:
                assert (await session.run(Invocation())).succeeded
            going_on.set()
            assert all(await asyncio.gather(first, *others))

    @pytest.mark.parametrize("its_end", ["the runner dies", "its client leaves"])
    async def test_what_is_beside_is_compiled_by_another_when_it_was_not_finished(
        self, scripted, its_end, monkeypatch
    ):
        monkeypatch.setattr(seat, "LONGEST_TURN_S", 0.0)
        asked = []

        async def fail_at_first(agent, header, blobs):
            if header["op"] == "open" and header["compile"]:
                asked.append(agent)
                if len(asked) == 1:
                    return
            await scripted.polite(agent, header, blobs)

        launcher = scripted.launcher(fail_at_first, slots=2)
        async with scripted.sandbox(launcher, spares=1) as sandbox:

            async def judge(number):
                async with sandbox.open(python(str(number)), beside=[CPP]) as session:
                    assert (await session.beside[0].run(Invocation())).succeeded

            first = asyncio.create_task(judge(0))
            await scripted.eventually(lambda: asked)
            others = [asyncio.create_task(judge(number)) for number in range(1, 6)]
            await asyncio.sleep(0.01)
            if its_end == "the runner dies":
                asked[0].die()
                others.append(first)
            else:
                first.cancel()
            async with asyncio.timeout(10):
                await asyncio.gather(*others)


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(launcher, marks=getattr(pytest.mark, launcher))
        for launcher in ("namespaces", "docker")
    ],
)
async def one_runner(request):
    async with start(SandboxConfig(launcher=request.param, slots=1)) as sandbox:
        yield sandbox


@pytest.mark.xdist_group("beside")
class TestReal:
    async def test_one_leaves_nothing_for_the_other(self, one_runner):
        leaves = python("open('left', 'w').write('x')\nopen('/tmp/left', 'w').write('x')")
        looks = python("import os\nprint(os.listdir(), os.listdir('/tmp'))")
        async with one_runner.open(leaves, beside=[looks]) as session:
            assert (await session.run(Invocation())).succeeded
            assert (await session.beside[0].run(Invocation())).stdout == b"['main.py'] []\n"

    async def test_files_are_brought_back_if_they_are_files_and_fit(self, one_runner):
        source = """
import os
open('a', 'w').write('A')
os.makedirs('d/e')
open('d/f', 'w').write('F')
os.symlink('/etc/passwd', 'l')
os.mkfifo('p')
open('big', 'wb').truncate(3_000_000)
exit(int(input()))
"""
        limits = Limits(file_bytes=4_000_000)
        async with one_runner.open(python(source), limits=limits) as session:
            keep = ("a", "d/f", "d/e", "l", "p", "none")
            execution = await session.run(Invocation(stdin=b"0", keep=keep))
            assert execution.files == {"a": b"A", "d/f": b"F"}
            execution = await session.run(Invocation(stdin=b"0", keep=("big", "main.py")))
            assert len(execution.files["big"]) == 3_000_000
            execution = await session.run(Invocation(stdin=b"1", keep=("a",)))
            assert (execution.exit_code, execution.files) == (1, {})
            with pytest.raises(ValueError, match="absolute"):
                await session.run(Invocation(keep=("/etc/passwd",)))

    async def test_what_one_says_the_other_hears(self, one_runner):
        asks = python(
            "for n in range(200):\n    print(n, flush=True)\n    assert int(input()) == n + 1"
        )
        answers = python("import sys\nfor line in sys.stdin:\n    print(int(line) + 1, flush=True)")
        async with one_runner.open(asks, beside=[answers]) as session:
            both = await session.run_joined(Invocation(), session.beside[0], Invocation())
        assert [each.succeeded for each in both] == [True, True], both
        assert [each.stdout for each in both] == [b"", b""]

    @pytest.mark.parametrize("source", ["pass", "import os; os._exit(3)", "import os; os.close(1)"])
    async def test_neither_outlives_the_other(self, one_runner, source):
        waits = python("import sys\nassert sys.stdin.read() == ''\nprint('x' * 1000000)")
        async with one_runner.open(python(source), beside=[waits]) as session:
            ours, theirs = await session.run_joined(Invocation(), session.beside[0], Invocation())
        assert ours.status is Status.EXITED
        assert theirs.exit_code != 0

    async def test_an_end_is_noticed_while_the_other_is_still_starting(self, one_runner):
        waits = python("import time; time.sleep(60)")
        ends = python("import os; os._exit(3)")
        slow_to_start = Invocation(files={"large": bytes(30_000_000)})
        limits = Limits(wall_s=20)
        async with one_runner.open(waits, beside=[ends], limits=limits) as session:
            both = await session.run_joined(slow_to_start, session.beside[0], Invocation())
        assert [each.status for each in both] == [Status.SIGNALLED, Status.EXITED], both

    @pytest.mark.parametrize("takes", ORPHANS)
    async def test_what_one_leaves_behind_is_not_charged_to_the_other(self, one_runner, takes):
        leaves = python(
            "import os, time\nif os.fork() == 0:\n    if os.fork(): os._exit(0)\n"
            f"    {ORPHANS[takes]}\n    os._exit(0)\nos.wait()\ntime.sleep(1.2)"
        )
        waits = python("import sys\nsys.stdin.read()")
        small = Limits(cpu_s=0.5, wall_s=10, memory_bytes=50 * MIB, output_bytes=MIB, processes=4)
        async with one_runner.open(leaves, beside=[waits]) as session:
            ours, theirs = await session.run_joined(
                Invocation(), session.beside[0], Invocation(), others_limits=small
            )
        assert (ours.succeeded, theirs.succeeded) == (True, True), (ours, theirs)

    async def test_who_judges_is_there_before_the_other_can_be_in_the_way(self, one_runner):
        takes = python(
            "import os\ntry: os.mkdir(f'{os.path.dirname(os.getcwd())}/1')\n"
            "except OSError: print('late', flush=True)\nelse: print('first', flush=True)\ninput()"
        )
        judges = python("print(input() == 'late' and len(open('large').read()))")
        large = Invocation(files={"large": bytes(10_000_000)})
        lost = sum(one_runner.figures().lost.values())
        async with one_runner.open(takes, beside=[judges]) as session:
            both = await session.run_joined(Invocation(), session.beside[0], large)
        assert [each.succeeded for each in both] == [True, True], both
        assert sum(one_runner.figures().lost.values()) == lost

    async def test_who_examines_is_there_before_the_other_can_be_in_the_way(self, one_runner):
        lost = sum(one_runner.figures().lost.values())
        large = {"large": bytes(10_000_000)}
        examined, _ = await one_runner.run_pair(
            party("examines", EXAMINES, files=large), party("takes", TAKES)
        )
        assert examined.report == b"10000000"
        assert sum(one_runner.figures().lost.values()) == lost

    async def test_one_that_is_stopped_before_it_began_costs_no_runner(self, one_runner):
        lost = sum(one_runner.figures().lost.values())
        for _ in range(60):
            examined, tried = await one_runner.run_pair(party("ends", ENDS), party("waits", WAITS))
            assert examined.report == b"done"
            assert tried.status in (Status.EXITED, Status.SIGNALLED), tried
        assert sum(one_runner.figures().lost.values()) == lost

    async def test_each_has_limits_of_its_own(self, one_runner):
        idle = python("input()")
        busy = python("while True:\n    pass")
        short, long = Limits(cpu_s=0.3, wall_s=20), Limits(cpu_s=5, wall_s=20)
        for pair, limits in (((idle, busy), (long, short)), ((busy, idle), (short, long))):
            async with one_runner.open(pair[0], beside=[pair[1]]) as session:
                ends = await session.run_joined(
                    Invocation(),
                    session.beside[0],
                    Invocation(),
                    limits=limits[0],
                    others_limits=limits[1],
                )
            assert ends[pair.index(busy)].status is Status.TIME_LIMIT_EXCEEDED
            assert ends[pair.index(idle)].status is not Status.TIME_LIMIT_EXCEEDED
