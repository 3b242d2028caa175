"""What results say of CPU time and memory, held against programs that use a known amount."""

import pytest

from benchmarks.accounting import CPU_S, LIMIT_CPU_S, MEMORY_BYTES, SHAPES, run
from sandbox import Invocation, Limits, Program, SandboxConfig, Status, start
from sandbox.types import MIB

pytestmark = pytest.mark.anyio

WITHIN = 0.05
OVER_A_LIMIT, OVER_A_LIMIT_S = 1.10, 0.05
SEEN_IN_PART = "8 children whose end is ignored"
"""Their time is known only while they live: docs/security.md tells of it."""

TALKATIVE = Program(language="python", source="print('x' * 200_000_000)")
ORPHAN = """
#include <string.h>
#include <time.h>
#include <unistd.h>
int main(void) {
    int done[2];
    if (pipe(done)) return 1;
    if (fork()) { close(done[1]); return read(done[0], done, 1); }
    if (fork()) _exit(0);
    while (clock() < CLOCKS_PER_SEC / 20);
    _exit(0);
}
"""
SMALL = '#include <stdio.h>\nint main(void) { puts("small"); }'
SLEEPS = "#include <unistd.h>\nint main(void) { return usleep(300000); }"
SHARING = """
#include <string.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
    size_t size = 100 << 20;
    memset(malloc(size), 1, size);
    for (int n = 0; n < 8; n++) if (fork() == 0) { usleep(300000); _exit(0); }
    while (wait(0) > 0);
}
"""

EACH_ITS_OWN = """
import subprocess, sys
import pandas
source = "import time; data = bytearray(b'x') * (30 << 20); time.sleep(1)"
started = [subprocess.Popen([sys.executable, "-S", "-E", "-c", source]) for _ in range(10)]
print([each.wait() for each in started])
"""
FORKS = """
import os, time
import numpy
for _ in range(10):
    if os.fork() == 0:
        data = bytearray(b"x") * (2 << 20)
        time.sleep(0.5)
        os._exit(0)
for _ in range(10):
    os.wait()
"""


def ground(launcher):
    return pytest.param(launcher, marks=getattr(pytest.mark, launcher))


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module", params=[ground("namespaces"), ground("docker")])
async def sandbox(request):
    async with start(SandboxConfig(launcher=request.param, slots=1)) as sandbox:
        yield sandbox


async def of(sandbox, source, language="c", **limits):
    program = Program(language=language, source=source)
    async with sandbox.open(program, limits=Limits(**limits)) as session:
        return await session.run(Invocation())


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
async def test_cpu_time_is_that_of_all_processes_and_threads(sandbox, shape):
    execution = await run(sandbox, shape, cpu_s=CPU_S)
    if shape.name == SEEN_IN_PART:
        assert 0 < execution.cpu_s <= CPU_S * (1 + WITHIN)
    else:
        assert execution.cpu_s == pytest.approx(CPU_S, rel=WITHIN)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
async def test_memory_is_what_all_hold_at_once(sandbox, shape):
    execution = await run(sandbox, shape, memory_bytes=MEMORY_BYTES)
    assert execution.memory_bytes == pytest.approx(MEMORY_BYTES, rel=WITHIN)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
async def test_a_cpu_limit_trips_near_to_what_was_asked_for(sandbox, shape):
    limits = Limits(cpu_s=LIMIT_CPU_S)
    stopped = [await run(sandbox, shape, cpu_s=20, limits=limits) for _ in range(3)]
    assert {execution.status for execution in stopped} == {Status.TIME_LIMIT_EXCEEDED}
    # The least of three, as the agent is kept from looking by whatever else the machine does.
    assert min(execution.cpu_s for execution in stopped) <= max(
        LIMIT_CPU_S * OVER_A_LIMIT, LIMIT_CPU_S + OVER_A_LIMIT_S
    )


async def test_pages_that_processes_share_count_once(sandbox):
    execution = await of(sandbox, SHARING, memory_bytes=160 * MIB)
    assert execution.succeeded
    assert execution.memory_bytes == pytest.approx(100 * MIB, rel=0.1)


async def test_children_that_inherit_nothing_are_not_excused_for_it(sandbox):
    execution = await of(sandbox, EACH_ITS_OWN, language="python", memory_bytes=200 * MIB)
    assert execution.status is Status.MEMORY_LIMIT_EXCEEDED, execution


async def test_what_all_children_inherit_is_nobodys(sandbox):
    execution = await of(sandbox, FORKS, language="python", memory_bytes=100 * MIB)
    assert execution.succeeded, execution


async def test_orphans_that_have_ended_are_no_processes(sandbox):
    source = "for i in $(seq 1 150); do (true &) ; sleep 0.002; done; echo done"
    execution = await of(sandbox, source, language="bash")
    assert execution.stdout == b"done\n", execution


@pytest.mark.parametrize("language", ["python", "c"])
async def test_files_that_are_given_take_no_memory(sandbox, language):
    source = {"python": "import time; time.sleep(0.3)", "c": SLEEPS}[language]
    limits = Limits(memory_bytes=64 * MIB)
    async with sandbox.open(Program(language=language, source=source), limits=limits) as session:
        execution = await session.run(Invocation(files={"large": bytes(60 * MIB)}))
    assert execution.succeeded, execution
    assert execution.memory_bytes < 30 * MIB


async def test_a_small_program_fits_into_less_than_an_interpreter(sandbox):
    execution = await of(sandbox, SMALL, memory_bytes=4 * MIB)
    assert (execution.status, execution.stdout) == (Status.EXITED, b"small\n")


async def test_an_orphan_is_not_charged_for_what_an_earlier_submission_made_the_agent_hold(sandbox):
    limits = Limits(output_bytes=256 * MIB, memory_bytes=1024 * MIB)
    async with sandbox.open(TALKATIVE, limits=limits) as session:
        assert len((await session.run(Invocation())).stdout) > 200 * MIB * 0.9
    execution = await of(sandbox, ORPHAN, memory_bytes=32 * MIB)
    assert execution.succeeded, execution
    assert execution.memory_bytes < 32 * MIB
    assert execution.cpu_s > 0.04


@pytest.mark.gvisor
async def test_under_gvisor_nobody_is_charged_for_more_than_the_container_could_use():
    """Its clocks count eight threads that wait for one CPU as if they all had it."""
    threads = next(shape for shape in SHAPES if shape.parts == 8 and shape.way == "threads")
    config = SandboxConfig(launcher="docker", runtime="runsc", slots=1)
    async with start(config) as sandbox:
        execution = await run(sandbox, threads, cpu_s=CPU_S)
    assert 0 < execution.cpu_s <= execution.wall_s + 0.1
