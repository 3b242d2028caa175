"""Every cheat and every honest program of tests/data/code, on one kind of ground.

    python -m benchmarks.cheats [--launcher docker:runsc] [--tier fresh] [--only asserts]

A cheat that gets anything, and an honest program that gets less than everything, is printed and
makes the exit code 1. Programs in languages that the ground does not have are counted as such.
"""

import argparse
import asyncio
import collections
import dataclasses
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sandbox import SandboxConfig, SandboxError, Tier, start
from sandbox.slots import default_slots
from verifiers.errors import VerifierError
from verifiers.testing import LocalTools, local_tools

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data" / "code"
PYTHON = ROOT / ".venv-submissions" / "bin" / "python"

_VERIFIERS = {
    "appended": "code.asserts",
    "asserts": "code.asserts",
    "function": "code.function",
    "judges": "code.stdio",
    "stdio": "code.stdio",
    "unittest": "code.unittest",
}
_CPU_S = 5


class Case(NamedTuple):
    """A line of one of the files, as an item to verify."""

    kind: str
    name: str
    honest: bool
    completion: str
    reference: dict[str, Any]
    options: dict[str, Any]

    @property
    def language(self) -> str:
        return str(self.options["language"])


def cases(kinds: Sequence[str] = tuple(_VERIFIERS)) -> Iterator[Case]:
    for kind in kinds:
        for sort in ("cheats", "honest"):
            for line in (DATA / f"{kind}_{sort}.jsonl").read_text("utf-8").splitlines():
                yield _case(kind, sort == "honest", json.loads(line))


def _case(kind: str, honest: bool, row: dict[str, Any]) -> Case:
    reference = row.get("reference") or {"tests": row["tests"]}
    for key in ("checker", "interactor"):
        judge = dict(reference.get(key) or {})
        if "source_file" in judge:
            judge["source"] = (DATA / "judges" / judge.pop("source_file")).read_text("utf-8")
            reference = {**reference, key: judge}
    given = row.get("options", {})
    options = {
        "extract": "whole",
        "language": row.get("language", "python"),
        **given,
        "limits": {"cpu_s": _CPU_S, **given.get("limits", {})},
    }
    return Case(
        kind=kind,
        name=row.get("id") or row["name"],
        honest=honest,
        completion=row.get("completion") or row["program"],
        reference=reference,
        options=options,
    )


async def reward(tools: LocalTools, case: Case) -> tuple[float | None, str]:
    """The reward, None for an error, and what was said."""
    try:
        score = await tools.verify(
            _VERIFIERS[case.kind], case.completion, case.reference, case.options
        )
    except (VerifierError, SandboxError) as error:
        return None, str(error)
    return score.reward, f"{score.verdict}: {score.message}"


def is_as_it_should_be(case: Case, reward: float | None) -> bool:
    return reward == 1.0 if case.honest else not reward


async def judge_all(
    tools: LocalTools, chosen: Sequence[Case], at_once: int
) -> list[tuple[Case, float | None, str]]:
    """Those that did not get what they should."""
    limit = asyncio.Semaphore(at_once)
    wrong: list[tuple[Case, float | None, str]] = []

    async def judge(case: Case) -> None:
        async with limit:
            given, said = await reward(tools, case)
        if not is_as_it_should_be(case, given):
            wrong.append((case, given, said))
            print(f"WRONG {case.kind} {case.name} ({case.language}): {given}, {said}", flush=True)

    async with asyncio.TaskGroup() as group:
        for case in chosen:
            group.create_task(judge(case))
    return wrong


async def examine(config: SandboxConfig, kinds: Sequence[str], at_once: int) -> int:
    async with start(config) as sandbox, local_tools(sandbox=sandbox) as tools:
        languages = {each.name for each in await sandbox.languages() if each.available}
        every = list(cases(kinds))
        chosen = [case for case in every if case.language in languages]
        wrong = await judge_all(tools, chosen, at_once)
        lost = dict(sandbox.pool.stats.lost)
    tell(every, chosen, [case for case, _, _ in wrong])
    print(f"runners lost: {lost}")
    return 1 if wrong else 0


def tell(every: Sequence[Case], chosen: Sequence[Case], wrong: Sequence[Case]) -> None:
    """A line for each kind of tests."""
    for kind in dict.fromkeys(case.kind for case in every):
        counts = []
        for honest in (False, True):
            judged, bad = (
                sum((case.kind, case.honest) == (kind, honest) for case in some)
                for some in (chosen, wrong)
            )
            counts.append(f"{judged:4} {'honest' if honest else 'cheats'}, {bad} wrong")
        absent = collections.Counter(
            case.language for case in set_apart(every, chosen) if case.kind == kind
        )
        not_here = ", ".join(f"{count} in {name}" for name, count in sorted(absent.items()))
        print(f"{kind:9} {'; '.join(counts)}" + (f"; not here: {not_here}" if absent else ""))


def set_apart(every: Sequence[Case], chosen: Sequence[Case]) -> list[Case]:
    known = {id(case) for case in chosen}
    return [case for case in every if id(case) not in known]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--launcher", default="namespaces", help="namespaces, docker, docker:runsc")
    parser.add_argument("--tier", type=Tier, choices=list(Tier), default=Tier.WARM)
    parser.add_argument("--image", default=SandboxConfig().image)
    parser.add_argument("--only", action="append", choices=sorted(_VERIFIERS), help="kind of tests")
    parser.add_argument("--slots", type=int, default=default_slots())
    arguments = parser.parse_args()
    launcher, _, runtime = arguments.launcher.partition(":")
    config = SandboxConfig(
        launcher=launcher,
        runtime=runtime or None,
        tiers=(arguments.tier,),
        slots=arguments.slots,
        image=arguments.image,
    )
    if launcher == "namespaces":
        config = dataclasses.replace(config, python=PYTHON)
    kinds = arguments.only or list(_VERIFIERS)
    sys.exit(asyncio.run(examine(config, kinds, at_once=2 * arguments.slots)))


if __name__ == "__main__":
    main()
