"""What each tier costs under each launcher, and what modules bring that are imported beforehand.

    python -m benchmarks.tiers [--seconds 3] [--launcher namespaces --launcher docker:runsc]

A session is one submission with one run. How many a second there are with every slot busy, and how
long a single one takes while all runners are ready, are ratios to plain interpreters measured in
turns with them, as many at once, which do the same imports. A program whose import is unforeseen
hides it from the sandbox (`sandbox.languages.imports`), so that nothing was imported for it.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.launchers import (
    BARE,
    NUMPY,
    TRIVIAL,
    WITH_NUMPY,
    baseline_rate,
    sandbox_rate,
    with_each_launcher,
)
from sandbox import Invocation, Program, SandboxConfig, Tier, start
from sandbox.local import LocalSandbox
from sandbox.slots import default_slots

LAUNCHERS = ("namespaces", "docker", "docker:runsc")
"""Those that start their runners, and so can keep some of them unused."""

ROUNDS = 3
_POLL_S = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    name: str
    program: Program
    plain: Sequence[str]
    """Arguments of the interpreter that it is compared with."""
    tiers: Sequence[Tier] = (Tier.WARM,)


def _unforeseen(module: str) -> Program:
    return Program(language="python", source=f"{module} = __import__({module!r})")


CASES = (
    Case(name="trivial", program=TRIVIAL, plain=BARE, tiers=tuple(Tier)),
    Case(name="NumPy", program=NUMPY, plain=WITH_NUMPY, tiers=tuple(Tier)),
    Case(name="NumPy, unforeseen", program=_unforeseen("numpy"), plain=WITH_NUMPY),
    Case(
        name="pandas",
        program=Program(language="python", source="import pandas"),
        plain=("-c", "import pandas"),
    ),
    Case(
        name="pandas, unforeseen",
        program=_unforeseen("pandas"),
        plain=("-c", "import pandas"),
    ),
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Sessions a second, seconds for a single one, and both as ratios to plain interpreters."""

    rate: float
    rate_ratio: float
    latency_s: float
    latency_ratio: float


async def _all_ready(sandbox: LocalSandbox) -> None:
    """Nothing is being launched or cleaned up any more."""
    info = sandbox.info()
    runners = info.slots * len(info.tiers)  # the tier fresh has a spare one for each slot
    while sandbox.figures().idle_runners < runners:  # noqa: ASYNC110 - a pool has no event for it
        await asyncio.sleep(_POLL_S)


async def single_s(sandbox: LocalSandbox, program: Program, seconds: float) -> tuple[float, float]:
    """Time by the clock from opening to the result, and the run's CPU time: medians of sessions one
    after the other."""
    taken: list[tuple[float, float]] = []
    end = time.monotonic() + seconds
    while not taken or time.monotonic() < end:
        await _all_ready(sandbox)
        started = time.monotonic()
        async with sandbox.open(program) as session:
            execution = await session.run(Invocation(stdin=b"1\n"))
            taken.append((time.monotonic() - started, execution.cpu_s))
        if not execution.succeeded:
            raise SystemExit(f"a program failed: {execution}")
    wall, cpu = zip(*taken, strict=True)
    return statistics.median(wall), statistics.median(cpu)


async def measure(sandbox: LocalSandbox, case: Case, seconds: float) -> Figures:
    workers, turn = default_slots(), seconds / ROUNDS
    rounds = []
    for _ in range(ROUNDS):
        base = await asyncio.to_thread(baseline_rate, case.plain, workers, turn)
        # What is lazy happens here, and unused runners that have piled up are used.
        await sandbox_rate(sandbox, case.program, 1, workers, 0.2)
        rate = await sandbox_rate(sandbox, case.program, 1, workers, turn)
        single = await asyncio.to_thread(baseline_rate, case.plain, 1, turn)
        latency, _ = await single_s(sandbox, case.program, turn)
        rounds.append((rate, rate / base, latency, latency * single))
    return Figures(*map(statistics.median, zip(*rounds, strict=True)))


async def compare(launcher: str, config: SandboxConfig, seconds: float) -> None:
    async with start(replace(config, tiers=tuple(Tier))) as sandbox:
        await sandbox.languages()  # else they are looked at meanwhile
        for case in CASES:
            for tier in case.tiers:
                figures = await measure(sandbox.on(tier), case, seconds)
                print(
                    f"{launcher:13}{tier:6}{case.name:19}"
                    f"{figures.rate:7.0f} /s {figures.rate_ratio:7.2f}x"
                    f"{figures.latency_s * 1000:8.1f} ms {figures.latency_ratio:7.2f}x",
                    flush=True,
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=3.0, help="for each part of a figure")
    with_each_launcher(parser, LAUNCHERS, compare)


if __name__ == "__main__":
    main()
