"""How many programs a second each launcher runs, beside plain interpreter processes.

    python -m benchmarks.launchers [--seconds 5] [--launcher namespaces --launcher docker:runsc]

Every figure is a ratio to a baseline measured in the same run with the same parallelism, in turns
with it, because machines are noisy: `python -I -S -c pass` for trivial programs and those with ten
tests (a test counts as a program), `python -c "import numpy"` for programs that import NumPy.
"""

import argparse
import asyncio
import contextlib
import os
import statistics
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any

from docker.errors import DockerException

from benchmarks.socket_runners import socket_runners
from sandbox import Invocation, Program, Sandbox, SandboxConfig, SandboxError, start
from sandbox.slots import default_slots

PYTHON = Path(__file__).parents[1] / ".venv-submissions" / "bin" / "python"
LAUNCHERS = ("namespaces", "docker", "socket", "docker:runsc")
ROUNDS = 5

TRIVIAL = Program(language="python", source="print(input())")
NUMPY = Program(language="python", source="import numpy\nprint(numpy.arange(10).sum())")
BARE, WITH_NUMPY = ("-I", "-S", "-c", "pass"), ("-c", "import numpy")

# (name, program, tests, baseline)
WORKLOADS = (
    ("trivial", TRIVIAL, 1, BARE),
    ("ten tests", TRIVIAL, 10, BARE),
    ("NumPy", NUMPY, 1, WITH_NUMPY),
)


def baseline_rate(arguments: Sequence[str], workers: int, seconds: float) -> float:
    """Plain interpreters a second, `workers` at a time."""
    counts = [0] * workers
    end = time.monotonic() + seconds

    def work(number: int) -> None:
        while time.monotonic() < end:
            pid = os.posix_spawn(PYTHON, [str(PYTHON), *arguments], {})
            if os.waitpid(pid, 0)[1] != 0:
                raise SystemExit(f"{PYTHON} {' '.join(arguments)} fails; run `make test` first")
            counts[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(workers)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - started)


async def sandbox_rate(
    sandbox: Sandbox, program: Program, tests: int, workers: int, seconds: float
) -> float:
    """Runs a second, with enough submissions under way to keep every slot busy."""
    runs = 0
    end = time.monotonic() + seconds
    invocations = [Invocation(stdin=b"1\n")] * tests

    async def submit() -> None:
        nonlocal runs
        while time.monotonic() < end:
            async with sandbox.open(program) as session:
                async for execution in session.run_each(invocations):
                    if not execution.succeeded:
                        raise SystemExit(f"a program failed: {execution}")
                    runs += 1

    started = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for _ in range(2 * workers):
            group.create_task(submit())
    return runs / (time.monotonic() - started)


@contextlib.contextmanager
def config_of(launcher: str) -> Iterator[SandboxConfig]:
    """With runners that wait at its socket, if it is the launcher that starts none."""
    name, _, runtime = launcher.partition(":")
    if name == "socket":
        with socket_runners(SandboxConfig(runtime=runtime or None)) as config:
            yield config
    else:
        yield SandboxConfig(launcher=name, runtime=runtime or None)  # type: ignore[arg-type] # checked there


async def compare(launcher: str, config: SandboxConfig, seconds: float) -> None:
    workers = default_slots()
    async with start(config) as sandbox:
        await sandbox.languages()  # else they are looked at meanwhile
        for workload, program, tests, arguments in WORKLOADS:
            await sandbox_rate(sandbox, program, tests, workers, 0.2)  # what is lazy happens here
            ratios, rates = [], []
            for _ in range(ROUNDS):
                base = await asyncio.to_thread(baseline_rate, arguments, workers, seconds / ROUNDS)
                rate = await sandbox_rate(sandbox, program, tests, workers, seconds / ROUNDS)
                ratios.append(rate / base)
                rates.append(rate)
            print(
                f"{launcher:14} {workload:10} {statistics.median(rates):8.0f} runs/s "
                f"{statistics.median(ratios):7.2f} x python {' '.join(arguments)}",
                flush=True,
            )


def with_each_launcher(
    parser: argparse.ArgumentParser,
    launchers: Sequence[str],
    compare: Callable[[str, SandboxConfig, float], Coroutine[Any, Any, None]],
) -> None:
    """Measure with the launchers that the command line names, or all of these; tells which cannot
    be had.

    The parser has, besides, an option `--seconds`.
    """
    parser.add_argument("--launcher", action="append", help=f"of {', '.join(launchers)}")
    arguments = parser.parse_args()
    for launcher in arguments.launcher or launchers:
        try:
            with config_of(launcher) as config:
                asyncio.run(compare(launcher, config, arguments.seconds))
        except (SandboxError, DockerException) as error:
            print(f"{launcher:14}not measured: {error}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="for each side of a figure")
    with_each_launcher(parser, LAUNCHERS, compare)


if __name__ == "__main__":
    main()
