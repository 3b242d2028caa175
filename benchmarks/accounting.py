"""How far CPU time and memory, as results give them, are from what programs really used.

    python -m benchmarks.accounting [--rounds 3] [--launcher namespaces --launcher docker:runsc]

The programs use a known amount and keep to it by their own clocks: CPU time until the clocks of all
their processes and threads have gone that far, memory by touching every page. A second table tells
how far programs got beyond a limit before they were stopped. Errors are medians over the rounds,
with the largest in brackets; nothing here depends on how fast the machine is.
"""

import argparse
import asyncio
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox import (
    Execution,
    Invocation,
    Limits,
    Program,
    Sandbox,
    SandboxConfig,
    SandboxError,
    Status,
    start,
)
from sandbox.types import MIB

LAUNCHERS = ("namespaces", "docker", "docker:runsc")
ROUNDS = 3

SOURCE = r"""
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds;
static size_t bytes;
static int parts;
static volatile int *ready;

static double used(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

static void *work(void *unused) {
    double until = used(CLOCK_THREAD_CPUTIME_ID) + seconds;
    if (bytes) {
        char *block = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        memset(block, 1, bytes);
        // All hold all of it at once, for long enough to be seen.
        for (__sync_fetch_and_add(ready, 1); *ready < parts;) usleep(1000);
        usleep(200000);
    }
    while (used(CLOCK_THREAD_CPUTIME_ID) < until) for (volatile int n = 0; n < 1000; n++);
    return unused;
}

int main(int count, char **arguments) {
    const char *way = arguments[1];
    int done[2];
    (void)count;
    parts = atoi(arguments[2]);
    ready = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    seconds = atof(arguments[3]) / parts;
    bytes = strtoull(arguments[4], 0, 10) / parts;
    pthread_t threads[64];
    if (pipe(done)) return 1;
    if (!strcmp(way, "ignored")) signal(SIGCHLD, SIG_IGN);
    if (!strcmp(way, "alone")) return work(0) != 0;
    for (int n = 0; n < parts; n++) {
        if (!strcmp(way, "threads")) {
            pthread_create(&threads[n], 0, work, 0);
        } else if (fork() == 0) {
            if (!strcmp(way, "orphans") && fork()) _exit(0);
            work(0);
            _exit(0);
        }
    }
    close(done[1]);
    for (int n = 0; n < parts && !strcmp(way, "threads"); n++) pthread_join(threads[n], 0);
    for (int n = 0; n < parts && !strcmp(way, "waited"); n++) wait(0);
    char byte;
    return read(done[0], &byte, 1);  // until the last of them has ended
}
"""

PROGRAM = Program(language="c", source=SOURCE)


@dataclass(frozen=True)
class Shape:
    """How the work is spread."""

    name: str
    way: str
    parts: int


SHAPES = (
    Shape("one process", "alone", 1),
    Shape("8 threads", "threads", 8),
    Shape("8 processes", "waited", 8),
    Shape("8 children not waited for", "unwaited", 8),
    Shape("8 orphans (double fork)", "orphans", 8),
    Shape("8 children whose end is ignored", "ignored", 8),
)
CPU_S = 0.8
MEMORY_BYTES = 320 * MIB
LIMIT_CPU_S = 0.5
LIMIT_BYTES = 160 * MIB


@dataclass
class Errors:
    """What was measured of one shape, in percent of what was used or asked for."""

    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    cpu_limit: list[float] = field(default_factory=list)
    memory_limit: list[float] = field(default_factory=list)


async def measure(sandbox: Sandbox, rounds: int) -> dict[str, Errors]:
    """The errors of each shape."""
    found = {shape.name: Errors() for shape in SHAPES}
    for _ in range(rounds):
        for shape in SHAPES:
            errors = found[shape.name]
            burnt = await run(sandbox, shape, cpu_s=CPU_S)
            errors.cpu.append(percent(burnt.cpu_s, CPU_S))
            held = await run(sandbox, shape, memory_bytes=MEMORY_BYTES)
            errors.memory.append(percent(held.memory_bytes or 0, MEMORY_BYTES))
            limits = Limits(cpu_s=LIMIT_CPU_S)
            stopped = await run(sandbox, shape, cpu_s=20, limits=limits)
            if stopped.status is Status.TIME_LIMIT_EXCEEDED:
                errors.cpu_limit.append(percent(stopped.cpu_s, LIMIT_CPU_S))
            limits = Limits(cpu_s=20, memory_bytes=LIMIT_BYTES)
            stopped = await run(sandbox, shape, memory_bytes=4 * LIMIT_BYTES, limits=limits)
            if stopped.status is Status.MEMORY_LIMIT_EXCEEDED:
                errors.memory_limit.append(percent(stopped.memory_bytes or 0, LIMIT_BYTES))
    return found


async def run(
    sandbox: Sandbox,
    shape: Shape,
    *,
    cpu_s: float = 0.0,
    memory_bytes: int = 0,
    limits: Limits | None = None,
) -> Execution:
    """One run that uses that much, if its limits let it."""
    limits = limits or Limits(cpu_s=20, memory_bytes=1024 * MIB)
    arguments = (shape.way, str(shape.parts), str(cpu_s), str(memory_bytes))
    async with sandbox.open(PROGRAM, limits=limits) as session:
        return await session.run(Invocation(args=arguments))


def percent(measured: float, real: float) -> float:
    return 100 * (measured - real) / real


def cell(errors: Sequence[float], rounds: int) -> str:
    if len(errors) < rounds:
        return f"missed {rounds - len(errors)} of {rounds}"
    return f"{statistics.median(errors):+.1f} % [{max(errors, key=abs):+.1f}]"


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--launcher", action="append", choices=LAUNCHERS)
    parser.add_argument("--image", default=SandboxConfig().image)
    options = parser.parse_args()
    head = f"{'':34}{'CPU time':>20}{'memory':>20}{'over CPU limit':>20}{'over memory limit':>20}"
    for name in options.launcher or LAUNCHERS:
        launcher, _, runtime = name.partition(":")
        config = SandboxConfig(
            launcher=launcher,  # type: ignore[arg-type] # argparse has checked it
            runtime=runtime or None,
            image=options.image,
            slots=1,
        )
        try:
            async with start(config) as sandbox:
                found = await measure(sandbox, options.rounds)
        except SandboxError as error:
            print(f"{name}: {error}")
            continue
        print(f"{name:34}{head[34:]}")
        for shape, errors in found.items():
            row = (errors.cpu, errors.memory, errors.cpu_limit, errors.memory_limit)
            print(f"{shape:34}" + "".join(f"{cell(each, options.rounds):>20}" for each in row))


if __name__ == "__main__":
    asyncio.run(main())
