"""code.stdio over real runners: programs that cheat get nothing, honest ones get everything."""

import json
from pathlib import Path

import pytest

from sandbox import SandboxConfig, start
from verifiers.registry import Registry
from verifiers.testing import LocalTools

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.namespaces,
    pytest.mark.xdist_group("stdio"),
]

DATA = Path(__file__).parents[2] / "data" / "code"


def cases(name):
    rows = map(json.loads, (DATA / name).read_text(encoding="utf-8").splitlines())
    return [pytest.param(row, id=row["name"]) for row in rows]


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
async def judge():
    """Scores a program on tests, with one runner for the whole module."""
    registry = Registry.load(required=["code.stdio"])
    async with start(SandboxConfig(launcher="namespaces", slots=1)) as sandbox:
        tools = LocalTools(registry=registry, sandbox=sandbox, workers=None)

        async def score(program, tests, checker=None, **options):
            reference = {"tests": tests} | ({"checker": checker} if checker else {})
            completion = f"```{options.get('language', 'python')}\n{program}\n```\n"
            return await tools.verify("code.stdio", completion, reference, options)

        yield score


HONEST = ("a, b = map(int, input().split())\nprint(a + b)", [{"stdin": "1 2", "stdout": "3"}])


@pytest.mark.parametrize("case", cases("stdio_cheats.jsonl"))
async def test_a_cheat_gets_nothing_and_spoils_nothing(judge, case):
    score = await judge(case["program"], case["tests"], **case.get("options", {}))
    assert score.reward == 0.0
    assert score.verdict in case["verdicts"], score.message
    assert (await judge(*HONEST)).reward == 1.0


@pytest.mark.parametrize("case", cases("stdio_honest.jsonl"))
async def test_an_honest_program_gets_everything(judge, case):
    score = await judge(case["program"], case["tests"], **case.get("options", {}))
    assert (score.reward, score.verdict) == (1.0, "accepted"), (score.message, score.tests)


async def test_a_large_output_is_judged_whole(judge):
    program = "n = int(input())\nprint('\\n'.join(map(str, range(n))))"
    lines = [str(number) for number in range(1_000_000)]
    tests = [{"stdin": "1000000", "stdout": "\n".join(lines)}]
    assert (await judge(program, tests)).passed
    lines[-1] = "999998"
    tests = [{"stdin": "1000000", "stdout": "\n".join(lines)}]
    score = await judge(program, tests)
    assert (score.verdict, score.tests[0].message) == ("wrong_answer", "line 1000000 differs")


async def test_a_compiled_language(judge):
    right = "#include <iostream>\nint main() { int a, b; std::cin >> a >> b; std::cout << a + b; }"
    tests = [{"stdin": "1 2", "stdout": "3"}, {"stdin": "4 5", "stdout": "9"}]
    score = await judge(right, tests, language="cpp")
    assert (score.reward, len(score.tests)) == (1.0, 2)
    score = await judge("int main() { return nothing; }", tests, language="cpp")
    assert (score.reward, score.verdict) == (0.0, "compile_error")
    assert "nothing" in score.message
