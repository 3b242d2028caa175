"""code.asserts in real sandboxes: what solves a task is rewarded, and nothing else.

tests/data/code/asserts_cheats.jsonl and asserts_honest.jsonl are programs, each with its task and
where the idea comes from; a line there is a test here.
"""

import json
import os
from pathlib import Path

import anyio
import pytest

from sandbox import SandboxConfig, start
from verifiers.code.asserts import AssertsReference
from verifiers.errors import InvalidReference, VerifierError
from verifiers.testing import local_tools

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[3]
SUBMISSIONS = ROOT / ".venv-submissions" / "bin" / "python"
IMAGE = os.environ.get("REWARDBOX_IMAGE", SandboxConfig().image)
CONFIGS = {
    "namespaces": SandboxConfig(launcher="namespaces", python=SUBMISSIONS),
    "docker": SandboxConfig(launcher="docker", image=IMAGE),
    "gvisor": SandboxConfig(launcher="docker", image=IMAGE, runtime="runsc"),
}
GROUNDS = [
    pytest.param(name, marks=[getattr(pytest.mark, name), pytest.mark.xdist_group(name)])
    for name in CONFIGS
]


def rows(name):
    path = ROOT / "tests" / "data" / "code" / f"asserts_{name}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(scope="module")
async def tools(request):
    launcher = getattr(request, "param", "namespaces")
    async with start(CONFIGS[launcher]) as sandbox, local_tools(sandbox=sandbox) as tools:
        yield tools


async def outcome(tools, row):
    """(reward, what was said) of one row; the reward is None for an error."""
    options = {"extract": "whole", "limits": {"cpu_s": 2}}
    try:
        score = await tools.verify("code.asserts", row["completion"], row["reference"], options)
    except VerifierError as error:
        return None, str(error)
    return score.reward, f"{score.verdict}: {score.message}"


async def outcomes(tools, all_rows):
    found = {}
    limiter = anyio.CapacityLimiter(8)

    async def judge(row):
        async with limiter:
            found[row["id"]] = await outcome(tools, row)

    async with anyio.create_task_group() as group:
        for row in all_rows:
            group.start_soon(judge, row)
    return found


def score(tools, program, *tests, options=None, **reference):
    return tools.verify(
        "code.asserts",
        program,
        {"tests": list(tests), **reference},
        {"extract": "whole", **(options or {})},
    )


@pytest.mark.slow
@pytest.mark.parametrize("tools", GROUNDS, indirect=True)
async def test_no_cheat_is_rewarded(tools):
    found = await outcomes(tools, rows("cheats"))
    assert {name: said for name, said in found.items() if said[0] != 0.0} == {}


@pytest.mark.slow
@pytest.mark.parametrize("tools", GROUNDS, indirect=True)
async def test_every_honest_program_gets_the_whole_reward(tools):
    found = await outcomes(tools, rows("honest"))
    assert {name: said for name, said in found.items() if said[0] != 1.0} == {}


def test_there_are_enough_of_both():
    assert len(rows("cheats")) >= 80
    assert len(rows("honest")) >= 50
    assert all(row["idea"] for row in rows("cheats") + rows("honest"))


one_worker = pytest.mark.xdist_group("namespaces")
ADD = "def add(a, b): return a + b"


@pytest.mark.namespaces
@one_worker
class TestWhoseFaultItIs:
    """A task that no program could be judged by is an error, and never a reward."""

    @pytest.mark.parametrize(
        "test",
        [
            "add(1, 2)",
            "def check(candidate):\n    assert candidate(1, 2) == 3",
            "assert 1 == 1",
            "assert add(1, 2) ==",
            "import module_that_is_nowhere\nassert add(1, 2) == 3",
            "assert add(1, 2) == 3\nraise SystemExit",
            "known = open('a file that is nowhere').read()\nassert add(1, 2) == known",
        ],
    )
    async def test_broken_tests(self, tools, test):
        with pytest.raises(InvalidReference):
            await score(tools, ADD, test)

    async def test_a_setup_that_fails(self, tools):
        with pytest.raises(InvalidReference):
            await score(tools, ADD, "assert add(1, 2) == 3", setup="1 / 0")

    @pytest.mark.parametrize(
        "test",
        [
            "assert add(type('Local', (), {'__module__': 'elsewhere'})(), 2) == 3",
            "import io, sys\nsys.stdout = io.StringIO()\nassert add(1, 2) == 3",
            "import builtins\nbuiltins.input = lambda: '1'\nassert add(1, 2) == 3",
            "class Sum(Base):\n    pass\nassert Sum().add(1, 2) == 3",
            "b = Base()\nb.log.append(1)\nassert b.size() == 1",
            "assert add(eval, 2) == 3",
        ],
    )
    async def test_what_cannot_be_held_from_another_process_says_so(self, tools, test):
        program = f"{ADD}\nclass Base:\n    def __init__(self): self.log = []\n"
        program += "    def size(self): return len(self.log)\n    add = staticmethod(add)\n"
        with pytest.raises(VerifierError):
            await score(tools, program, test)

    async def test_a_program_that_gives_what_cannot_cross_is_at_fault(self, tools):
        deep = "def deep():\n    x = []\n    for _ in range(900):\n        x = [x]\n    return x"
        judged = await score(tools, deep, "assert deep() == []")
        assert judged.reward == 0.0
        assert judged.verdict == "runtime_error"

    async def test_a_name_that_only_the_program_kept_from_being_set_is_its_fault(self, tools):
        test = "try:\n    result = add(1, 2)\nexcept Exception:\n    pass\nassert result == 3"
        judged = await score(tools, "def add(a, b): raise ValueError", test)
        assert judged.reward == 0.0


@pytest.mark.namespaces
@one_worker
class TestMessages:
    async def test_what_was_expected_is_not_told(self, tools):
        judged = await score(tools, ADD, "assert add(1, 2) == 4, 'expected 4711'")
        assert "4711" not in judged.model_dump_json()

    async def test_it_is_told_on_request(self, tools):
        options = {"reveal_expected": True}
        judged = await score(tools, ADD, "assert add(1, 2) == 4, 'expected 4711'", options=options)
        assert "4711" in judged.message

    async def test_a_program_in_the_message_that_raises_changes_nothing(self, tools):
        program = "class R:\n    def __str__(self): raise ValueError\ndef f(): return R()"
        judged = await score(tools, program, "assert f() == 1, f()")
        assert judged.verdict == "wrong_answer"


@pytest.mark.namespaces
@one_worker
class TestFractions:
    async def fraction(self, tools, program, *tests):
        return await score(tools, program, *tests, options={"reward": "fraction"})

    async def test_tests_after_a_death_are_run_again(self, tools):
        program = f"import os\n{ADD}\ndef die(): os._exit(0)"
        tests = ["assert add(1, 1) == 2", "assert die() is None", "assert add(2, 2) == 4"]
        judged = await self.fraction(tools, program, *tests)
        assert judged.reward == pytest.approx(2 / 3)

    async def test_a_program_that_keeps_dying_is_not_started_for_ever(self, tools):
        program = "import os\ndef die(): os._exit(0)"
        judged = await self.fraction(tools, program, *["assert die() == 1"] * 50)
        assert judged.reward == 0.0
        assert len(judged.tests) < 50

    async def test_the_whole_reward_needs_every_test(self, tools):
        tests = ["assert add(1, 1) == 2", "assert add(1, 1) == 3"]
        judged = await self.fraction(tools, ADD, *tests)
        assert judged.reward == 0.5
        assert judged.verdict == "partial"


@pytest.mark.parametrize("tests", [[], "", ["assert f()", " "]])
def test_a_reference_without_tests_is_none(tests):
    with pytest.raises(ValueError, match="at least one test"):
        AssertsReference(tests=tests)
