"""What others keep a program from is not on its wall clock; what it keeps itself from is."""

import os
import subprocess
import sys
from contextlib import contextmanager

import pytest

from sandbox import Invocation, Limits, Program, SandboxConfig, Status, start

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        not os.path.exists("/proc/self/schedstat"), reason="this kernel does not tell who waited"
    ),
]

WALL_S = 2.0
LIMITS = Limits(cpu_s=20, wall_s=WALL_S)

SPINS_LONGER = f"""
import time
end = time.monotonic() + {1.3 * WALL_S}
while time.monotonic() < end:
    pass
"""

# All that wait are there to be seen when the wall clock is over.
THREADS = f"""
#include <chrono>
#include <sched.h>
#include <thread>
#include <vector>
using namespace std::chrono;
int main() {{
    auto end = steady_clock::now() + duration<double>({0.6 * WALL_S});
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    PIN
    std::vector<std::thread> threads;
    for (int n = 0; n < 32; n++)
        threads.emplace_back([=] {{
            while (steady_clock::now() < end);
            std::this_thread::sleep_for(seconds(60));
        }});
    for (auto& thread : threads) thread.join();
}}
"""
PIN = "sched_setaffinity(0, sizeof one, &one);"

CHILDREN = f"""
import os, time
end = time.monotonic() + {0.6 * WALL_S}
for _ in range(8):
    if os.fork() == 0:
        break
while time.monotonic() < end:
    pass
time.sleep(60)
"""


@contextmanager
def busy_machine():
    """Two others on each core, in sessions of their own, as the kernel shares cores by session."""
    spin = [sys.executable, "-I", "-S", "-c", "while True: pass"]
    rivals = [
        subprocess.Popen(spin, start_new_session=True)
        for _ in range(2 * len(os.sched_getaffinity(0)))
    ]
    try:
        yield
    finally:
        for rival in rivals:
            rival.kill()
            rival.wait()


async def execution_of(language, source):
    async with start(SandboxConfig(launcher="namespaces", slots=1)) as sandbox:
        program = Program(language=language, source=source)
        async with sandbox.open(program, limits=LIMITS) as session:
            return await session.run(Invocation())


async def test_who_waits_for_others_has_more_time():
    with busy_machine():
        execution = await execution_of("python", SPINS_LONGER)
    assert execution.status is Status.EXITED, execution


@pytest.mark.parametrize(
    ("language", "source"),
    [
        pytest.param("cpp", THREADS.replace("PIN", ""), id="threads"),
        pytest.param("cpp", THREADS.replace("PIN", PIN), id="threads on one core"),
        pytest.param("python", CHILDREN, id="children"),
    ],
)
async def test_who_waits_for_itself_has_not(language, source):
    executions = [await execution_of(language, source) for _ in range(3)]
    assert {execution.status for execution in executions} == {Status.TIME_LIMIT_EXCEEDED}
    # The least of three, as whatever else the machine does may keep it waiting, too.
    assert min(execution.wall_s for execution in executions) < 1.5 * WALL_S
