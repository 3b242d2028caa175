"""What docs/verifiers.md and examples/ show is what happens."""

import json
import re
from pathlib import Path

import pytest

from sandbox import startup
from sandbox.config import SandboxConfig
from verifiers.registry import Registry
from verifiers.testing import local_tools

pytestmark = pytest.mark.anyio

PROJECT = Path(__file__).parents[1]
PAGE = (PROJECT / "docs" / "verifiers.md").read_text(encoding="utf-8")
EXAMPLES = [
    (float(reward), json.loads(body))
    for reward, body in re.findall(
        r"^```json post reward=([\d.]+)\n(.*?)\n```$", PAGE, re.DOTALL | re.MULTILINE
    )
]
BUILT_IN = [info.name for info in Registry.load().describe() if info.source.built_in]
DEEPSEEK_R1 = json.loads((PROJECT / "examples" / "deepseek_r1.json").read_text(encoding="utf-8"))


def runs(item):
    """Whether judging it runs a program."""
    return item["verifier"].startswith("code.")


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
async def tools():
    async with local_tools() as tools:
        yield tools


@pytest.fixture(scope="module")
async def real_tools():
    config = SandboxConfig(launcher="namespaces", slots=1)
    async with startup.start(config) as sandbox, local_tools(sandbox=sandbox) as tools:
        yield tools


async def judge(tools, item):
    return await tools.verify(
        item["verifier"], item["completion"], item["reference"], item.get("options", {})
    )


@pytest.mark.parametrize(("reward", "item"), [each for each in EXAMPLES if not runs(each[1])])
async def test_an_example_of_the_page_gets_the_reward_it_says(tools, reward, item):
    assert (await judge(tools, item)).reward == reward


@pytest.mark.namespaces
@pytest.mark.parametrize(("reward", "item"), [each for each in EXAMPLES if runs(each[1])])
async def test_an_example_that_is_run_gets_the_reward_it_says(real_tools, reward, item):
    assert (await judge(real_tools, item)).reward == reward


def test_every_json_on_the_page_is_an_example_that_is_tested():
    assert PAGE.count("\n```json") == len(EXAMPLES)


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_verifier_has_a_right_and_a_wrong_example(name):
    rewards = {reward for reward, item in EXAMPLES if item["verifier"] == name}
    assert min(rewards) == 0.0 < max(rewards)


def test_every_verifier_is_in_the_table_at_the_top():
    listed = re.findall(r"^\| \[`([\w.]+)`\]\(#\w+\) \|", PAGE, re.MULTILINE)
    assert sorted(listed) == sorted(BUILT_IN)


def test_links_within_the_page_lead_somewhere():
    headings = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([\w-]+)\)", PAGE)) <= anchors


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
