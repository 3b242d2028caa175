"""code.unittest in other languages than Python: which tests a file has, and what earns.

The rows of tests/data/code/unittest_cheats.jsonl and unittest_honest.jsonl in these languages are
tried where all of them are: in the full image.
"""

import json
import os
from pathlib import Path

import anyio
import pytest

from sandbox import SandboxConfig, start
from verifiers.code.appended import go, rust
from verifiers.code.unittest import java, javascript
from verifiers.errors import VerifierError
from verifiers.testing import local_tools

pytestmark = pytest.mark.anyio

DATA = Path(__file__).parents[3] / "data" / "code"
FULL_IMAGE = os.environ.get("REWARDBOX_FULL_IMAGE", "rewardbox-runner:full")
LANGUAGES = ("go", "java", "javascript", "rust")


def rows(name):
    path = DATA / f"unittest_{name}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(scope="module")
async def tools():
    config = SandboxConfig(launcher="docker", image=FULL_IMAGE)
    async with start(config) as sandbox, local_tools(sandbox=sandbox) as tools:
        yield tools


async def outcomes(tools, language, name):
    """(reward, what was said) of every row; the reward is None for an error."""
    found = {}
    limiter = anyio.CapacityLimiter(4)

    async def judge(row):
        options = {"extract": "whole", "language": language, "limits": {"cpu_s": 5}}
        async with limiter:
            try:
                score = await tools.verify(
                    "code.unittest", row["completion"], row["reference"], options
                )
            except VerifierError as error:
                found[row["id"]] = None, str(error)
            else:
                found[row["id"]] = score.reward, f"{score.verdict}: {score.message}"

    async with anyio.create_task_group() as group:
        for row in rows(name):
            if row["language"] == language:
                group.start_soon(judge, row)
    assert found
    return found


@pytest.mark.slow
@pytest.mark.full_image
@pytest.mark.xdist_group("full_image")
@pytest.mark.parametrize("language", LANGUAGES)
class TestRows:
    async def test_no_cheat_is_rewarded(self, tools, language):
        found = await outcomes(tools, language, "cheats")
        assert {name: said for name, said in found.items() if said[0] != 0.0} == {}

    async def test_every_honest_program_gets_the_whole_reward(self, tools, language):
        found = await outcomes(tools, language, "honest")
        assert {name: said for name, said in found.items() if said[0] != 1.0} == {}


def test_every_row_is_in_a_language_that_is_tried():
    found = {row["language"] for row in rows("cheats") + rows("honest")}
    assert found == {"python", *LANGUAGES}


def names(module, source):
    return [test.name for test in module.named_tests(source)]


class TestRust:
    def test_modules_are_part_of_the_name(self):
        source = "mod a { #[test] fn t() {} mod b { #[test] fn t() {} } } #[test] fn t() {}"
        assert names(rust, source) == ["a::t", "a::b::t", "t"]

    @pytest.mark.parametrize("source", ["// #[test] fn t() {}", "#[test] #[ignore] fn t() {}"])
    def test_what_is_no_test(self, source):
        assert names(rust, source) == []


class TestGo:
    def test_functions_that_take_a_t(self):
        source = "func TestA(t *testing.T) {}\n// func TestB(t *testing.T) {}\nfunc helper() {}"
        assert names(go, source) == ["TestA"]


class TestNode:
    @pytest.mark.parametrize(
        ("source", "name"),
        [
            ("test('a', f)", "a"),
            ('it("it\'s \\"a\\"", f)', 'it\'s "a"'),
            ("test(`a ${b}`, f)", "a ${b}"),
            (r"test('\u0061\n', f)", "a\n"),
        ],
    )
    def test_names_are_what_the_literals_stand_for(self, source, name):
        assert names(javascript, source) == [name]

    @pytest.mark.parametrize("source", ["x.test('a')", "// test('a', f)", "'test(\\'a\\')'"])
    def test_what_is_no_test(self, source):
        assert names(javascript, source) == []


class TestJUnit:
    def test_annotations_may_have_arguments(self):
        source = '@Test(expected = A.class) @DisplayName("a (b)") public void t() {}'
        assert names(java, source) == ["t"]

    @pytest.mark.parametrize(
        "source",
        [
            "// @Test void t() {}",
            "/* @Test void t() {} */",
            "@Test @Disabled void t() {}",
            '@Ignore("later") @Test public void t() {}',
            "@Disabled class C { @Test void t() {} }",
            "@BeforeEach void t() {}",
        ],
    )
    def test_what_is_no_test(self, source):
        assert names(java, source) == []
