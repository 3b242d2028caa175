"""What compiling costs here, beside the plain commands.

    python -m benchmarks.compilation [--image rewardbox-runner:full] [--rounds 5] [--language java]

Each program is compiled and run once, by the plain commands in a shell and as the service does it,
in turns on the same runner; both figures are CPU time as the runner measured it. Each round changes
the program, so that none was compiled before; then the same is asked for again. Languages that the
runner does not have are left out. With `--launcher namespaces`, the compilers' head start is made
first where it is not there yet, which takes minutes.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.settings import headstart_directory
from sandbox import Invocation, Limits, Program, Sandbox, SandboxConfig, start
from sandbox.errors import LanguageUnavailable
from sandbox.launchers.headstart import open_headstart
from sandbox.types import MIB

PROGRAMS = Path(__file__).with_name("programs")
LIMITS = Limits(cpu_s=100, memory_bytes=2048 * MIB, file_bytes=256 * MIB, processes=128)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One program and how it is compiled and run by hand."""

    name: str
    language: str
    file: str
    plain: str
    called: str
    """What the plain commands expect the file to be called."""
    comment: str = "//"


CASES = (
    Case(
        name="C++, bits/stdc++.h",
        language="cpp",
        file="everything.cpp",
        plain="g++ -O2 -o main main.cpp && ./main",
        called="main.cpp",
    ),
    Case(
        name="C++, single headers",
        language="cpp",
        file="headers.cpp",
        plain="g++ -O2 -o main main.cpp && ./main",
        called="main.cpp",
    ),
    Case(
        name="Java",
        language="java",
        file="Main.java",
        plain="javac Main.java && java Main",
        called="Main.java",
    ),
    Case(
        name="Kotlin",
        language="kotlin",
        file="Main.kt",
        plain="kotlinc -include-runtime -d main.jar Main.kt && java -jar main.jar",
        called="Main.kt",
    ),
    Case(
        name="TypeScript",
        language="typescript",
        file="main.ts",
        plain="tsc --types node --typeRoots /usr/share/nodejs/@types main.ts && node main.js",
        called="main.ts",
    ),
    Case(
        name="Go",
        language="go",
        file="main.go",
        plain="GOCACHE=/tmp/go CGO_ENABLED=0 GO111MODULE=off go build -o main main.go && ./main",
        called="main.go",
    ),
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds; `again_s` is wall-clock time of the whole second session, `first_s` of the first."""

    plain_s: float
    ours_s: float
    first_s: float
    again_s: float


async def plain_s(sandbox: Sandbox, case: Case, source: str) -> float:
    program = Program(language="bash", source=case.plain, files={case.called: source.encode()})
    async with sandbox.open(program, limits=LIMITS) as session:
        execution = await session.run(Invocation())
    if not execution.succeeded:
        raise SystemExit(f"{case.plain}: {execution.stderr.decode()} {execution}")
    return execution.cpu_s


async def ours_s(sandbox: Sandbox, case: Case, source: str, *, cached: bool) -> tuple[float, float]:
    """CPU seconds of compiler and program, and wall-clock seconds of the session."""
    started = time.monotonic()
    program = Program(language=case.language, source=source)
    async with sandbox.open(program, limits=LIMITS) as session:
        compilation = session.compilation
        if compilation is None or not compilation.succeeded or compilation.cached != cached:
            raise SystemExit(f"{case.name}: {compilation}")
        execution = await session.run(Invocation())
    wall_s = time.monotonic() - started
    if not execution.succeeded:
        raise SystemExit(f"{case.name}: {execution}")
    return compilation.execution.cpu_s + execution.cpu_s, wall_s


async def measure(sandbox: Sandbox, case: Case, rounds: int) -> Figures:
    text = (PROGRAMS / case.file).read_text()
    figures = []
    for number in range(rounds):
        source = f"{text}\n{case.comment} {number} {time.time_ns()}\n"
        plain = await plain_s(sandbox, case, source)
        ours, first = await ours_s(sandbox, case, source, cached=False)
        _, again = await ours_s(sandbox, case, source, cached=True)
        figures.append((plain, ours, first, again))
    return Figures(*map(statistics.median, zip(*figures, strict=True)))


async def main(config: SandboxConfig, rounds: int, languages: Sequence[str]) -> None:
    if config.launcher == "namespaces":
        headstart = open_headstart(headstart_directory())
        if headstart is not None:
            headstart.start()
            await headstart.wait()
    async with start(config) as sandbox:
        print(f"{'':22}{'plain':>9}{'here':>9}{'ratio':>8}{'again':>12}")
        for case in CASES:
            if languages and case.language not in languages:
                continue
            try:
                figures = await measure(sandbox, case, rounds)
            except LanguageUnavailable as why:
                print(f"{case.name:22} {why}")
                continue
            ratio, again = figures.plain_s / figures.ours_s, figures.first_s / figures.again_s
            print(
                f"{case.name:22}{figures.plain_s:7.2f} s{figures.ours_s:7.2f} s"
                f"{ratio:7.1f}x{again:11.0f}x"
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--image", default="rewardbox-runner:full")
    parser.add_argument("--launcher", choices=["docker", "namespaces"], default="docker")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--language", action="append", default=[])
    asked = parser.parse_args()
    chosen = SandboxConfig(
        launcher=asked.launcher,
        image=asked.image,
        slots=1,
        headstart=headstart_directory(),
        runs_per_runner=10_000,
    )
    asyncio.run(main(chosen, asked.rounds, asked.language))
