"""code.asserts in other languages, in real sandboxes: what solves a task is rewarded.

tests/data/code/appended_cheats.jsonl and appended_honest.jsonl are programs, each with its
language, its task and where the idea comes from; a line there is tried here.
"""

import json
import os
from pathlib import Path

import anyio
import pytest

from sandbox import SandboxConfig, start
from verifiers.errors import InvalidOptions, InvalidReference, VerifierError
from verifiers.testing import local_tools

pytestmark = pytest.mark.anyio

DATA = Path(__file__).parents[3] / "data" / "code"
IMAGE = os.environ.get("REWARDBOX_IMAGE", SandboxConfig().image)
FULL_IMAGE = os.environ.get("REWARDBOX_FULL_IMAGE", "rewardbox-runner:full")
CONFIGS = {
    "namespaces": SandboxConfig(launcher="namespaces"),
    "docker": SandboxConfig(launcher="docker", image=IMAGE),
    "full_image": SandboxConfig(launcher="docker", image=FULL_IMAGE),
}
LANGUAGES = {
    "namespaces": ("c", "cpp"),  # which every machine has that runs these tests
    "docker": ("c", "cpp"),
    "full_image": (
        *("bash", "go", "java", "javascript", "lua", "perl", "php", "r", "ruby", "rust"),
        "typescript",
    ),
}
NOWHERE = {"julia"}
"""Languages that no image has: their rows wait for one."""
PLACES = [
    pytest.param(
        ground,
        language,
        marks=[pytest.mark.slow, getattr(pytest.mark, ground), pytest.mark.xdist_group(ground)],
        id=f"{ground}-{language}",
    )
    for ground, languages in LANGUAGES.items()
    for language in languages
]


def rows(name):
    path = DATA / f"appended_{name}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(scope="module")
async def tools(request):
    launcher = getattr(request, "param", "namespaces")
    async with start(CONFIGS[launcher]) as sandbox, local_tools(sandbox=sandbox) as tools:
        yield tools


async def outcome(tools, row):
    """(reward, what was said) of one row; the reward is None for an error."""
    options = {"extract": "whole", "language": row["language"], "limits": {"cpu_s": 5}}
    try:
        score = await tools.verify("code.asserts", row["completion"], row["reference"], options)
    except VerifierError as error:
        return None, str(error)
    return score.reward, f"{score.verdict}: {score.message}"


async def outcomes(tools, language, name):
    found = {}
    limiter = anyio.CapacityLimiter(4)

    async def judge(row):
        async with limiter:
            found[row["id"]] = await outcome(tools, row)

    async with anyio.create_task_group() as group:
        for row in rows(name):
            if row["language"] == language:
                group.start_soon(judge, row)
    assert found
    return found


@pytest.mark.parametrize(("tools", "language"), PLACES, indirect=["tools"])
async def test_no_cheat_is_rewarded(tools, language):
    found = await outcomes(tools, language, "cheats")
    assert {name: said for name, said in found.items() if said[0] != 0.0} == {}


@pytest.mark.parametrize(("tools", "language"), PLACES, indirect=["tools"])
async def test_every_honest_program_gets_the_whole_reward(tools, language):
    found = await outcomes(tools, language, "honest")
    assert {name: said for name, said in found.items() if said[0] != 1.0} == {}


def test_every_row_is_tried_somewhere():
    tried = {language for languages in LANGUAGES.values() for language in languages}
    assert {row["language"] for row in rows("cheats") + rows("honest")} - tried == NOWHERE


def test_there_are_enough_of_both():
    assert len(rows("cheats")) >= 90
    assert len(rows("honest")) >= 35
    assert all(row["idea"] for row in rows("cheats") + rows("honest"))


one_worker = pytest.mark.xdist_group("namespaces")
CPP = {"language": "cpp", "extract": "whole"}
TESTS = "int main() { assert(add(1, 2) == 3); assert(add(2, 2) == 4); }"
ADD = "int add(int a, int b) { return a + b; }"


@pytest.mark.namespaces
@one_worker
class TestVerdicts:
    async def score(self, tools, program, tests=TESTS, **options):
        return await tools.verify("code.asserts", program, {"tests": tests}, {**CPP, **options})

    async def test_a_failed_assertion_is_a_wrong_answer(self, tools):
        judged = await self.score(tools, "int add(int a, int b) { return a - b; }")
        assert (judged.reward, judged.verdict) == (0.0, "wrong_answer")

    async def test_what_was_expected_is_not_told(self, tools):
        judged = await self.score(tools, "int add(int a, int b) { return a - b; }")
        assert "== 3" not in judged.model_dump_json()

    async def test_a_program_that_does_not_compile(self, tools):
        judged = await self.score(tools, "int add(")
        assert judged.verdict == "compile_error"

    async def test_a_crash_is_a_runtime_error(self, tools):
        judged = await self.score(tools, "int add(int, int) { __builtin_trap(); }")
        assert judged.verdict == "runtime_error"

    async def test_a_list_of_tests_gives_a_fraction(self, tools):
        tests = [f"int main() {{ assert(add(1, 2) == {n}); }}" for n in (3, 4)]
        judged = await self.score(tools, ADD, tests, reward="fraction")
        assert (judged.reward, judged.verdict) == (0.5, "partial")

    async def test_one_that_passes_what_cannot_be_passed_is_caught(self, tools):
        program = "struct Y { bool operator==(int) const { return true; } };"
        judged = await self.score(tools, f"{program} Y add(int, int) {{ return {{}}; }}")
        assert (judged.reward, judged.verdict) == (0.0, "violation")

    async def test_tests_in_which_nothing_can_be_altered_are_an_error(self, tools):
        with pytest.raises(InvalidReference, match="altered"):
            await self.score(tools, ADD, "int main() { add(1, 2); }")

    async def test_the_same_cheat_gets_the_same_verdict_again(self, tools):
        # Right for one of two demands, and equal to anything for the other.
        program = (
            "struct Y { int a; bool operator==(int o) const { return a == 1 ? o == 3 : 1; } };"
        )
        program += "Y add(int a, int) { return {a}; }"
        judged = [await self.score(tools, program) for _ in range(2)]
        assert judged[0].verdict == judged[1].verdict == "violation"

    async def test_the_marker_is_not_shown(self, tools):
        judged = await self.score(tools, f"#include <cstdio>\n{ADD}")
        assert judged.tests[0].stdout == ""

    async def test_a_language_that_tests_are_not_appended_in(self, tools):
        with pytest.raises(InvalidOptions, match=r"options\.language"):
            await tools.verify("code.asserts", "x", {"tests": "y"}, {"language": "sql"})
