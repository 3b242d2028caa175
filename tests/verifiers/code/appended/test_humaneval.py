"""HumanEval in other languages: renderings that are right, and mutated versions that are not.

Those of all tasks and all mutants are judged by `python -m benchmarks.mutants --languages all`.
"""

import collections
import os
import random

import anyio
import pytest

from benchmarks.text_mutants import LANGUAGES, renderings, text_mutants
from sandbox import SandboxConfig, start
from verifiers.testing import local_tools

pytestmark = pytest.mark.anyio

FULL_IMAGE = os.environ.get("REWARDBOX_FULL_IMAGE", "rewardbox-runner:full")
# Compilers are slow. Go compiles its framework every time.
STEP = {"go": 5}
MUTANTS = {"javascript": 30, "cpp": 4, "java": 3, "go": 1, "rust": 4}
MOST_UNSEEN = 0.25


@pytest.fixture(scope="module")
async def tools():
    config = SandboxConfig(launcher="docker", image=FULL_IMAGE)
    async with start(config) as sandbox, local_tools(sandbox=sandbox) as tools:
        yield tools


async def rewards(tools, programs):
    found = {}
    limiter = anyio.CapacityLimiter(2)

    async def judge(name, row, program):
        options = {"extract": "whole", "language": row["language"], "limits": {"cpu_s": 5}}
        async with limiter:
            score = await tools.verify("code.asserts", program, row["reference"], options)
        found[name] = score.reward

    async with anyio.create_task_group() as group:
        for name, row, program in programs:
            group.start_soon(judge, name, row, program)
    return found


@pytest.mark.slow
@pytest.mark.full_image
@pytest.mark.xdist_group("full_image")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_renderings_are_judged_right(tools, language):
    rows = renderings(language)[:: STEP.get(language, 1)]
    found = await rewards(tools, [(row["id"], row, row["completion"]) for row in rows])
    assert [name for name, reward in found.items() if reward != 1.0] == []
    assert len(found) == len(rows)


@pytest.mark.slow
@pytest.mark.full_image
@pytest.mark.xdist_group("full_image")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_mutants_are_judged_wrong(tools, language):
    made = [
        (f"{row['id']}: {operator}: {program}", row, program)
        for row in renderings(language)
        for operator, program in text_mutants(row["completion"], language)
    ]
    chosen = random.Random(0).sample(made, MUTANTS[language])
    found = await rewards(tools, chosen)
    unseen = [name for name, reward in found.items() if reward != 0.0]
    assert len(unseen) <= MOST_UNSEEN * len(chosen), unseen


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_twenty_of_each(language):
    assert len({row["task"] for row in renderings(language)}) >= 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_task_has_mutants(language):
    counts = [len(list(text_mutants(row["completion"], language))) for row in renderings(language)]
    assert min(counts) >= 1
    assert sum(counts) >= 6 * len(counts)


@pytest.mark.parametrize(
    ("language", "source", "expected"),
    [
        ("cpp", "if (a(1)) b();", "if (false && (a(1))) b();"),
        ("go", "if x := f(); x {\n}", "if x := f(); false && (x) {\n}"),
        ("rust", "if a[0] { b }", "if false && (a[0]) { b }"),
    ],
)
def test_a_branch_may_be_dropped(language, source, expected):
    assert ("dropped branch", expected) in text_mutants(source, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_operator_is_used(language):
    used = collections.Counter(
        operator
        for row in renderings(language)
        for operator, _ in text_mutants(row["completion"], language)
    )
    assert {"flipped comparison", "number off by one", "dropped branch"} <= used.keys()
