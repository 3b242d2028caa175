"""code.function in real sandboxes: what solves a task is rewarded, and nothing else.

tests/data/code/function_cheats.jsonl and function_honest.jsonl are solutions, each with its task
and where the idea comes from; a line there is a test here.
"""

import json
import os
import re
from pathlib import Path

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox import SandboxConfig, start
from verifiers.testing import local_tools

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[4]
SUBMISSIONS = ROOT / ".venv-submissions" / "bin" / "python"
FULL_IMAGE = os.environ.get("REWARDBOX_FULL_IMAGE", "rewardbox-runner:full")
CONFIGS = {
    "namespaces": SandboxConfig(launcher="namespaces", python=SUBMISSIONS),
    "full_image": SandboxConfig(launcher="docker", image=FULL_IMAGE),
}
PAGE = (ROOT / "docs" / "functions.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```json post reward=([\d.]+)\n(.*?)\n```", PAGE, re.DOTALL)
LANGUAGES = {
    "namespaces": ("python",),  # which every machine has that runs these tests
    "full_image": ("python", "cpp", "java", "javascript", "typescript", "go", "rust"),
}
GROUNDS = [
    pytest.param(name, marks=[getattr(pytest.mark, name), pytest.mark.xdist_group(name)])
    for name in CONFIGS
]


def rows(name):
    path = ROOT / "tests" / "data" / "code" / f"function_{name}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(scope="module")
async def ground(request):
    """Tools over a sandbox, and the languages to try there."""
    launcher = getattr(request, "param", "namespaces")
    async with start(CONFIGS[launcher]) as sandbox, local_tools(sandbox=sandbox) as tools:
        yield tools, LANGUAGES[launcher]


async def outcomes(ground, name):
    """(reward, what was said) of every row."""
    tools, languages = ground
    found = {}
    limiter = anyio.CapacityLimiter(4)

    async def judge(row):
        options = {"language": row["language"], "extract": "whole", "limits": {"cpu_s": 3}}
        options |= row.get("options", {})
        async with limiter:
            score = await tools.verify(
                "code.function", row["completion"], row["reference"], options
            )
        found[row["id"]] = (score.reward, f"{score.verdict}: {score.message}")

    async with anyio.create_task_group() as group:
        for row in rows(name):
            if row["language"] in languages:
                group.start_soon(judge, row)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("ground", GROUNDS, indirect=True)
async def test_no_cheat_is_rewarded(ground):
    found = await outcomes(ground, "cheats")
    assert {name: said for name, said in found.items() if said[0] != 0.0} == {}


@pytest.mark.slow
@pytest.mark.parametrize("ground", GROUNDS, indirect=True)
async def test_every_honest_solution_gets_the_whole_reward(ground):
    found = await outcomes(ground, "honest")
    assert {name: said for name, said in found.items() if said[0] != 1.0} == {}


@pytest.mark.namespaces
@pytest.mark.xdist_group("namespaces")
@pytest.mark.parametrize(("reward", "body"), EXAMPLES)
async def test_an_example_of_the_page_gets_the_reward_it_says(ground, reward, body):
    item = json.loads(body)
    score = await ground[0].verify(item["verifier"], item["completion"], item["reference"], {})
    assert score.reward == float(reward), score.message


def test_there_are_enough_of_both():
    assert len(rows("cheats")) >= 75
    assert len(rows("honest")) >= 65
    assert len({row["language"] for row in rows("honest")}) == 7
    assert all(row["idea"] for row in rows("cheats") + rows("honest"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
NUMBERS = st.lists(st.floats(), max_size=4)
WORDS = st.lists(st.text(st.characters(codec="utf-8")), max_size=4)
INTEGERS = st.lists(st.integers(-(2**63), 2**63 - 1), max_size=4)
CPP = """
tuple<vector<long long>, vector<double>, vector<string>> same(
    vector<long long> a, vector<double> b, vector<string> c) { return {a, b, c}; }
"""


@pytest.mark.namespaces
@pytest.mark.xdist_group("namespaces")
class TestRoundTrips:
    """What goes in comes out again, through each driver; what is expected may differ from it."""

    async def passed(self, ground, program, values, expected, language="python"):
        tests = [
            {"args": args, "expected": want} for args, want in zip(values, expected, strict=True)
        ]
        score = await ground[0].verify(
            "code.function",
            program,
            {"entry_point": "same", "tests": tests, "checker": {"strict_numbers": True}},
            {"extract": "whole", "language": language, "reward": "fraction"},
        )
        return [test.verdict == "accepted" for test in score.tests]

    @settings(max_examples=4, suppress_health_check=list(HealthCheck))
    @given(values=st.lists(JSON, min_size=20, max_size=30))
    async def test_python_gives_every_value_of_json_back(self, ground, values):
        args = [[value] for value in values]
        assert all(await self.passed(ground, "def same(x): return x", args, values))

    @settings(max_examples=4, suppress_health_check=list(HealthCheck))
    @given(values=st.lists(JSON, min_size=20, max_size=30), other=JSON)
    async def test_nothing_but_the_expected_value_passes(self, ground, values, other):
        program = f"import json\ndef same(x): return json.loads({json.dumps(other)!r})"
        found = await self.passed(ground, program, [[value] for value in values], values)
        assert found == [plain(value) == plain(other) for value in values]

    @settings(max_examples=2, suppress_health_check=list(HealthCheck))
    @given(values=st.lists(st.tuples(INTEGERS, NUMBERS, WORDS).map(list), min_size=20, max_size=20))
    async def test_cpp_gives_back_what_its_types_hold(self, ground, values):
        found = await self.passed(ground, CPP, values, [list(each) for each in values], "cpp")
        assert all(found)


def plain(value):
    """The value so that == tells what the checker should."""
    match value:
        case list():
            return [plain(each) for each in value]
        case dict():
            return {key: plain(each) for key, each in value.items()}
        case float() if value != value:
            return ("nan",)
        case str() | None:
            return value
        case _:
            return (type(value).__name__, value)
