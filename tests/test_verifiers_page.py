"""What docs/verifiers.md and examples/ show is what happens."""

import json
import re
import textwrap
from pathlib import Path

import pytest

from verifiers.registry import Registry
from verifiers.testing import local_tools

pytestmark = pytest.mark.anyio

PROJECT = Path(__file__).parents[1]
PAGE = (PROJECT / "docs" / "verifiers.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```json post reward=([\d.]+)\n(.*?)\n```", PAGE, re.DOTALL)
DEEPSEEK_R1 = json.loads((PROJECT / "examples" / "deepseek_r1.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
async def tools():
    async with local_tools() as tools:
        yield tools


async def judge(tools, item):
    return await tools.verify(
        item["verifier"], item["completion"], item["reference"], item.get("options", {})
    )


@pytest.mark.parametrize(("reward", "body"), EXAMPLES)
async def test_an_example_of_the_page_gets_the_reward_it_says(tools, reward, body):
    assert (await judge(tools, json.loads(body))).reward == float(reward)


def test_every_verifier_that_runs_no_programs_has_a_right_and_a_wrong_example():
    shown = {(json.loads(body)["verifier"], reward) for reward, body in EXAMPLES}
    names = [info.name for info in Registry.load().describe() if info.source.built_in]
    for name in names:
        if not name.startswith(("code.", "composite")):
            assert {(name, "1.0"), (name, "0.0")} <= shown


def test_links_within_the_page_lead_somewhere():
    headings = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([\w-]+)\)", PAGE)) <= anchors


async def test_the_class_of_the_page_is_a_verifier(tools):
    source, test = re.findall(r"```python\n(.*?)\n```", PAGE, re.DOTALL)
    names = {}
    exec(textwrap.dedent(source), names)
    verifier = names["WordsVerifier"]()
    reference = verifier.reference_type(**verifier.example["reference"])

    async def score(completion):
        return await verifier.verify(completion, reference, verifier.options_model(), tools)

    assert (await score(verifier.example["completion"])).reward == 1.0
    assert (await score("one two three four five six")).verdict == "wrong_answer"
    assert (await score("")).verdict == "no_answer"
    compile(test, "docs/verifiers.md", "exec")


@pytest.mark.parametrize(
    ("change", "components"),
    [
        (lambda text: text, [1.0, 1.0, 1.0]),
        (lambda text: text.replace("boxed{18}", "boxed{36}"), [0.0, 1.0, 1.0]),
        (lambda text: text.replace("</think>", "</think> So:"), [1.0, 0.0, 1.0]),
        (
            lambda text: text.replace(
                "<think>", "<think>首先我们来计算每个月的字母数，然后乘以十二。"
            ),
            [1.0, 1.0, pytest.approx(0.6, abs=0.2)],
        ),
    ],
)
async def test_the_three_rewards_of_deepseek_r1(tools, change, components):
    item = {**DEEPSEEK_R1, "completion": change(DEEPSEEK_R1["completion"])}
    score = await judge(tools, item)
    assert [component.reward for component in score.components] == components
    assert [component.name for component in score.components] == ["accuracy", "format", "language"]
