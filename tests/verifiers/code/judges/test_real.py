"""Checkers and interactors over real runners: cheats get nothing, honest programs everything."""

import json
import os
import re
from pathlib import Path

import pytest

from sandbox import SandboxConfig, start
from sandbox.types import MIB
from verifiers import InvalidReference
from verifiers.registry import Registry
from verifiers.testing import LocalTools

DATA = Path(__file__).parents[3] / "data" / "code"
GROUNDS = ("namespaces", "docker")
ISOLATION = {
    "attack on the checker",
    "attack on the interactor",
    "flooding",
    "leaving early",
    "stealing",
    "tampering",
    "waiting",
}
"""Families of cheats that are tried on every ground; the others do not depend on it."""

pytestmark = pytest.mark.anyio


def on(ground, *values, name=None):
    marks = [getattr(pytest.mark, ground), pytest.mark.xdist_group(f"judges-{ground}")]
    return pytest.param(ground, *values, marks=marks, id=f"{ground}-{name}" if name else ground)


def cases(name, everywhere=()):
    """Every case on the first ground, and those of some families on the others."""
    rows = list(map(json.loads, (DATA / name).read_text(encoding="utf-8").splitlines()))
    return [
        on(ground, row, name=row["name"])
        for ground in GROUNDS
        for row in rows
        if ground == GROUNDS[0] or row.get("family") in everywhere
    ]


here = pytest.mark.parametrize("judge", [on(GROUNDS[0])], indirect=True)


def whole(reference):
    """The reference with its judges' sources, which are files of their own."""
    judges = {key: reference[key] for key in ("checker", "interactor") if key in reference}
    for key, judge in judges.items():
        if "source_file" in judge:
            source = (DATA / "judges" / judge["source_file"]).read_text(encoding="utf-8")
            rest = {name: value for name, value in judge.items() if name != "source_file"}
            judges[key] = {**rest, "source": source}
    return {**reference, **judges}


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
async def judge(request):
    """Scores a case, with one runner for the whole module."""
    registry = Registry.load(required=["code.stdio"])
    image = os.environ.get("REWARDBOX_IMAGE", SandboxConfig().image)
    config = SandboxConfig(launcher=request.param, image=image, slots=1, runs_per_runner=1_000_000)
    async with start(config) as sandbox:
        tools = LocalTools(registry=registry, sandbox=sandbox, workers=None)

        async def score(case, **more):
            options = {**case.get("options", {}), **more}
            completion = f"```{options.get('language', 'python')}\n{case['program']}\n```\n"
            return await tools.verify("code.stdio", completion, whole(case["reference"]), options)

        score.sandbox = sandbox  # type: ignore[attr-defined] # for tests that look into it
        yield score


def standard(which, answer, output):
    checker = {"kind": "program", "source_file": "standard.cpp"}
    return {
        "program": f"print({output!r}, end='')",
        "reference": {"tests": [{"stdin": which, "stdout": answer}], "checker": checker},
    }


@pytest.mark.parametrize(
    ("judge", "case"), cases("judges_cheats.jsonl", ISOLATION), indirect=["judge"]
)
async def test_a_cheat_gets_nothing_and_spoils_nothing(judge, case):
    lost = dict(judge.sandbox.pool.stats.lost)
    if case["verdicts"]:
        score = await judge(case)
        assert score.reward == 0.0
        assert score.verdict in case["verdicts"], score.message
    else:
        with pytest.raises(InvalidReference):
            await judge(case)
    assert (await judge(standard("wcmp", "a b", "a b"))).reward == 1.0
    assert judge.sandbox.pool.stats.lost == lost


@pytest.mark.parametrize(("judge", "case"), cases("judges_honest.jsonl"), indirect=["judge"])
async def test_an_honest_program_gets_everything(judge, case):
    score = await judge(case)
    assert (score.reward, score.verdict) == (1.0, "accepted"), (score.message, score.tests)


@here
async def test_the_examples_of_the_page_are_right(judge):
    page = (DATA.parents[2] / "docs" / "judges.md").read_text(encoding="utf-8")
    examples = [json.loads(body) for body in re.findall(r"```json\n(.*?)\n```", page, re.DOTALL)]
    assert len(examples) == 2
    for example in examples:
        program = re.search(r"```python\n(.*?)\n```", example["completion"], re.DOTALL)
        assert program is not None
        score = await judge({"program": program[1], "reference": example["reference"]})
        assert score.reward == 1.0, score.message


# What the checkers that come with testlib say; tests/data/code/judges/standard.cpp has them.
STANDARD = [
    ("wcmp", "a  b\n", "a\nb", True), ("wcmp", "a b", "a", False), ("wcmp", "a b", "a b c", False),
    ("wcmp", "", "", True), ("wcmp", "a b", "b a", False), ("wcmp", "a", "A", False),
    ("ncmp", "1 -2 3", "1\n-2\n3\n", True), ("ncmp", "1", "2", False), ("ncmp", "0", "-0", False),
    ("ncmp", "1", "1.0", False), ("ncmp", "1", "01", False), ("ncmp", "1 2", "1", False),
    ("ncmp", "9223372036854775807 -9223372036854775808",
     "9223372036854775807 -9223372036854775808", True), ("ncmp", "1", "1 2", False),
    ("fcmp", "a b\nc\n", "a b\nc\n", True), ("fcmp", "a b\n", "a  b\n", False),
    ("fcmp", "a\nb\n", "a\n", False), ("fcmp", "a\n", "a\r\n", True),
    ("fcmp", "a\n", "a\nb", False),
    ("lcmp", "a b\nc\n", " a   b \nc", True), ("lcmp", "a b\nc\n", "a b c\n", False),
    ("rcmp4", "1", "1.00005", True), ("rcmp4", "1", "1.0003", False),
    ("rcmp4", "10000", "10000.5", True),
    ("rcmp6", "3.1415926", "3.1415930", True), ("rcmp6", "3.1415926", "3.14160", False),
    ("rcmp9", "1", "1.0000000005", True), ("rcmp9", "1", "1.000000005", False),
    ("rcmp6", "1", "1e", False), ("rcmp6", "1", "1,0", False), ("rcmp6", "1", "0x1", False),
    ("rcmp6", "1", "", False), ("rcmp6", "-1e-3", "-.001", True), ("rcmp6", "1", "1 1", False),
    ("yesno", "YES", "yes", True), ("yesno", "YES", "NO", False), ("yesno", "YES", "Y", False),
    ("nyesno", "YES NO", "YES\nNO", True), ("nyesno", "YES NO", "YES", False),
    ("nyesno", "YES", "YES NO", False), ("nyesno", "YES NO", "NO YES", False),
    ("hcmp", "-" + "9" * 500, "-" + "9" * 500, True), ("hcmp", "10", "010", False),
    ("hcmp", "10", "1O", False), ("hcmp", "0", "-0", False), ("hcmp", "10", "11", False),
    ("line", "", "ab c\n", True), ("line", "", "ab cde\n", False), ("line", "", "aB\n", False),
    ("strict", "", "0.25", True), ("strict", "", "0.5", False), ("strict", "", "1e-2", False),
    ("strict", "", "0.12345", False), ("strict", "", "2.00", False),
]  # fmt: skip


@here
async def test_standard_checkers_judge_as_everybody_knows_them(judge):
    for which, answer, output, accepted in STANDARD:
        score = await judge(standard(which, answer, output))
        assert score.passed is accepted, (which, answer, output, score.message)


@here
@pytest.mark.parametrize(
    ("which", "answer", "output", "complaint"),
    [
        ("crash", "", "", "SIGABRT"),
        ("raise", "", "", "SIGABRT"),
        ("forgets", "", "", "without a call of quit"),
        ("no-such", "", "", "no such checker"),
        ("ensure", "", "2", "it is not 1"),
        ("yesno", "MAYBE", "YES", "YES or NO expected, but MAYBE found"),
        ("ncmp", "one", "1", "in the answer"),
        ("path", "1 1", "1 1", "in the input"),
        ("rcmp6", "1 x", "1 1", "in the answer"),
    ],
)
async def test_what_the_task_is_to_blame_for_is_no_verdict(judge, which, answer, output, complaint):
    with pytest.raises(InvalidReference, match=complaint):
        await judge(standard(which, answer, output))


@here
@pytest.mark.parametrize(
    ("which", "output", "share"),
    [("points", "0.25", 0.25), ("points", "0", 0.0), ("points", "1", 1.0), ("pc", "50", 0.25)],
)
async def test_a_checker_that_gives_points(judge, which, output, share):
    for reward in ("fraction", "weighted"):
        score = await judge(standard(which, "", output), reward=reward)
        assert score.reward == share
        assert score.tests[0].reward == share
    assert (await judge(standard(which, "", output))).reward == float(share == 1)


@here
async def test_a_message_tells_of_the_answer_only_if_asked(judge):
    case = standard("wcmp", "a secret", "a guess")
    hidden = (await judge(case)).tests[0].message
    assert hidden == "wrong answer 2nd words differ - expected: '…', found: 'guess'"
    shown = (await judge(case, reveal_expected=True)).tests[0].message
    assert "expected: 'secret'" in shown


@here
@pytest.mark.parametrize(
    ("key", "broken", "complaint"),
    [
        ("checker", {"kind": "program", "source": "int main() { return nothing; }"}, "nothing"),
        ("checker", {"kind": "program", "source": "def", "language": "python"}, "SyntaxError"),
        ("interactor", {"source": "#include <absent.h>"}, "absent.h"),
        ("checker", {"kind": "program", "source": "#include <testlib.h>", "testlib": "installed"},
         "testlib.h"),
    ],
)  # fmt: skip
async def test_a_judge_that_does_not_compile_is_a_broken_task(judge, key, broken, complaint):
    case = {"program": "print(1)", "reference": {"tests": [{}], key: broken}}
    with pytest.raises(InvalidReference, match=complaint):
        await judge(case)


@here
async def test_a_header_that_the_task_brings_replaces_ours(judge):
    header = "#define RIGHT 0\n"
    checker = {
        "kind": "program",
        "source": '#include "testlib.h"\nint main() { return RIGHT; }',
        "files": {"testlib.h": header},
    }
    case = {"program": "print(1)", "reference": {"tests": [{}], "checker": checker}}
    assert (await judge(case)).passed


BAD_INTERACTORS = {
    "crashes": ("int('x')", "invalid literal"),
    "fails": ("import sys\nprint('no such test', file=sys.stderr)\nsys.exit(3)", "no such test"),
    "is killed": ("import os\nos.kill(os.getpid(), 9)", "SIGKILL"),
    "spins": ("while True:\n    pass", "the interactor"),
    "eats memory": ("held = [b'x' * (1 << 20) for _ in range(1 << 20)]", "memory"),
    "floods": ("import os\nwhile True:\n    os.write(2, bytes(65536))", "bytes"),
}


@here
@pytest.mark.parametrize("fault", BAD_INTERACTORS)
async def test_an_interactor_at_fault_costs_the_program_nothing(judge, fault):
    source, complaint = BAD_INTERACTORS[fault]
    limits = {"cpu_s": 1, "memory_bytes": 64 * MIB}
    interactor = {"language": "python", "source": source, "limits": limits}
    case = {
        "program": "import sys\nfor line in sys.stdin:\n    print(line, flush=True)",
        "reference": {"tests": [{"stdin": "1"}], "interactor": interactor},
    }
    with pytest.raises(InvalidReference, match=complaint):
        await judge(case, limits={"cpu_s": 1, "wall_s": 10})
