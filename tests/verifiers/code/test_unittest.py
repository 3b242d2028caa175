"""code.unittest in real sandboxes: what passes its test file is rewarded, and nothing else.

tests/data/code/unittest_cheats.jsonl and unittest_honest.jsonl are programs, each with its test
file and where the idea comes from; a line there is a test here.
"""

import anyio
import pytest

from sandbox import start
from tests.verifiers.code.places import CONFIGS, GROUNDS, rows
from verifiers.code.unittest.collection import collect
from verifiers.code.unittest.verifier import UnittestReference
from verifiers.errors import InvalidReference, VerifierError
from verifiers.testing import local_tools

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def tools(request):
    launcher = getattr(request, "param", "namespaces")
    async with start(CONFIGS[launcher]) as sandbox, local_tools(sandbox=sandbox) as tools:
        yield tools


async def outcome(tools, row):
    """(reward, what was said) of one row; the reward is None for an error."""
    given = row.get("options", {"limits": {"cpu_s": 5}})
    options = {"extract": "whole", "language": row["language"], **given}
    try:
        score = await tools.verify("code.unittest", row["completion"], row["reference"], options)
    except VerifierError as error:
        return None, str(error)
    return score.reward, f"{score.verdict}: {score.message}"


async def outcomes(tools, all_rows):
    """What became of the rows in Python; the others are tried in unittest/test_frameworks.py."""
    found = {}
    limiter = anyio.CapacityLimiter(8)

    async def judge(row):
        async with limiter:
            found[row["id"]] = await outcome(tools, row)

    async with anyio.create_task_group() as group:
        for row in all_rows:
            if row["language"] == "python":
                group.start_soon(judge, row)
    return found


def score(tools, program, tests, **options):
    return tools.verify("code.unittest", program, {"tests": tests}, {"extract": "whole", **options})


@pytest.mark.slow
@pytest.mark.parametrize("tools", GROUNDS, indirect=True)
async def test_no_cheat_is_rewarded(tools):
    found = await outcomes(tools, rows("unittest_cheats"))
    assert {name: said for name, said in found.items() if said[0] != 0.0} == {}


@pytest.mark.slow
@pytest.mark.parametrize("tools", GROUNDS, indirect=True)
async def test_every_honest_program_gets_the_whole_reward(tools):
    found = await outcomes(tools, rows("unittest_honest"))
    assert {name: said for name, said in found.items() if said[0] != 1.0} == {}


def test_every_row_says_where_its_idea_comes_from():
    assert all(row["idea"] for row in rows("unittest_cheats") + rows("unittest_honest"))


class TestCollection:
    def names(self, source):
        return [str(test) for test in collect(source)]

    def test_functions_and_groups_in_the_order_of_the_file(self):
        source = (
            "def test_b(): pass\nclass TestX:\n    def test_z(self): pass\n"
            "    def test_y(self): pass\ndef test_a(): pass\n"
        )
        assert self.names(source) == ["test_b", "TestX.test_z", "TestX.test_y", "test_a"]

    def test_methods_of_a_test_case_are_sorted(self):
        source = (
            "import unittest\nclass Anything(unittest.TestCase):\n"
            "    def test_z(self): pass\n    def test_y(self): pass\n    def help(self): pass\n"
        )
        assert self.names(source) == ["Anything.test_y", "Anything.test_z"]

    @pytest.mark.parametrize(
        "source",
        [
            "def helper(): pass",
            "class Test:\n    def __init__(self): pass\n    def test_it(self): pass",
            "if __name__ == '__main__':\n    def test_it(): pass",
            "@pytest.mark.skip\ndef test_it(): pass",
            "@unittest.skip('x')\nclass T(unittest.TestCase):\n    def test_it(self): pass",
            "@pytest.mark.xfail(reason='x')\ndef test_it(): pass",
            "@pytest.fixture\ndef test_data(): pass",
        ],
    )
    def test_what_is_no_test(self, source):
        assert self.names(source) == []

    @pytest.mark.parametrize(
        ("body", "asserts"),
        [
            ("assert f(1) == 2", True),
            ("with pytest.raises(ValueError): f(1)", True),
            ("self.assertEqual(f(1), 2)", True),
            ("check(1)", True),
            ("self.compare(1)", True),
            ("f(1)", False),
            ("f(1).compare(2)", False),
            ("say(1)", False),
        ],
    )
    def test_whether_a_test_asserts_by_itself_or_by_what_it_calls(self, body, asserts):
        source = (
            "def check(x): assert f(x) == 2\n"
            "def say(x): print(x)\n"
            "class Test:\n"
            "    def compare(self, x): check(x)\n"
            f"    def test_it(self):\n        {body}\n"
        )
        assert [test.asserts for test in collect(source)] == [asserts]

    def test_a_test_that_is_defined_twice_is_one(self):
        assert self.names("def test_a(): pass\ndef test_a(): pass") == ["test_a"]


ADD = "def add(a, b): return a + b"
IMPORT = "import pytest\nimport unittest\nfrom solution import add\n"
one_worker = pytest.mark.xdist_group("namespaces")


@pytest.mark.namespaces
@one_worker
class TestWhoseFaultItIs:
    """A file that no program could be judged by is an error, and never a reward."""

    @pytest.mark.parametrize(
        "tests",
        [
            "def test_it(: pass",
            "x = 1",
            f"{IMPORT}@pytest.mark.skip\ndef test_it():\n    assert add(1, 2) == 3",
            f"{IMPORT}def test_it():\n    assert 1 == 1",
            f"{IMPORT}import nowhere\ndef test_it():\n    assert add(1, 2) == 3",
            f"{IMPORT}def test_it():\n    assert add(1, 2) == unknown",
            f"{IMPORT}def test_it(nothing_like_that):\n    assert add(1, 2) == 3",
            f"{IMPORT}def test_it(tmp_path):\n    assert add(1, 2) == 3",
            f"{IMPORT}def test_it(monkeypatch):\n    monkeypatch.setenv('A', 'b')\n"
            "    assert add(1, 2) == 3",
            f"{IMPORT}def test_it():\n    pytest.skip('never')",
            f"{IMPORT}@pytest.mark.skipif(True, reason='x')\ndef test_it():\n    assert add(1, 2)",
            f"{IMPORT}pytest.hookimpl\ndef test_it():\n    assert add(1, 2) == 3",
            f"{IMPORT}@pytest.mark.parametrize('a', [])\ndef test_it(a):\n    assert add(a, 2)",
            f"{IMPORT}def test_it():\n    assert add(1, 2) == 3\ndel test_it",
            f"{IMPORT}def test_it():\n    assert add(1, 2) == 3\n    raise SystemExit",
            f"{IMPORT}def test_it():\n    yield add(1, 2)",
        ],
    )
    async def test_broken_files(self, tools, tests):
        with pytest.raises(InvalidReference):
            await score(tools, ADD, tests)

    @pytest.mark.parametrize(
        ("language", "tests"),
        [
            ("go", "package main\nfunc helper() {}"),
            ("rust", "fn helper() {}"),
            ("java", "class SolutionTest { void helper() {} }"),
            ("javascript", "const test = require('node:test');"),
        ],
    )
    async def test_files_without_tests_in_other_languages(self, tools, language, tests):
        with pytest.raises(InvalidReference):
            await score(tools, ADD, tests, language=language)

    async def test_a_skip_that_hangs_on_the_program_is_not_passed(self, tools):
        tests = f"{IMPORT}def test_it():\n    if add(1, 2) == 3:\n        pytest.skip('x')"
        judged = await score(tools, ADD, tests)
        assert judged.reward == 0.0
        assert judged.verdict == "wrong_answer"

    async def test_a_program_that_does_not_compile(self, tools):
        judged = await score(
            tools, "def add(", f"{IMPORT}def test_it():\n    assert add(1, 2) == 3"
        )
        assert judged.verdict == "compile_error"


@pytest.mark.namespaces
@one_worker
class TestRewards:
    TESTS = (
        f"{IMPORT}def test_one():\n    assert add(1, 1) == 2\n"
        "def test_two():\n    assert add(2, 2) == 4\n"
        "class TestMore(unittest.TestCase):\n    def test_three(self):\n"
        "        self.assertEqual(add(3, 3), 6)\n"
    )

    async def test_each_test_is_told_of(self, tools):
        judged = await score(tools, ADD, self.TESTS)
        assert [test.message for test in judged.tests] == [
            "test_one",
            "test_two",
            "TestMore.test_three",
        ]

    async def test_a_fraction(self, tools):
        program = "def add(a, b): return 2 * a if a != 2 else 5"
        judged = await score(tools, program, self.TESTS, reward="fraction")
        assert judged.reward == pytest.approx(2 / 3)
        assert judged.verdict == "partial"

    async def test_tests_after_a_death_are_run_again(self, tools):
        program = "import os\ndef add(a, b): return 2 * a if a != 2 else os._exit(0)"
        judged = await score(tools, program, self.TESTS, reward="fraction")
        assert judged.reward == pytest.approx(2 / 3)

    async def test_a_fraction_of_tests_in_the_same_process(self, tools):
        tests = (
            "const test = require('node:test');\nconst assert = require('node:assert');\n"
            "const { add } = require('./solution');\n"
            "test('one', () => assert.equal(add(1, 1), 2));\n"
            "test('two', () => assert.equal(add(2, 2), 4));\n"
        )
        options = {"language": "javascript", "reward": "fraction"}
        judged = await score(
            tools, "const add = (a, b) => (a === 2 ? 5 : a + b);", tests, **options
        )
        assert (judged.reward, judged.verdict) == (0.5, "partial")

    async def test_what_was_expected_is_not_told(self, tools):
        tests = f"{IMPORT}def test_it():\n    assert add(1, 2) == 4, 'expected 4711'"
        assert "4711" not in (await score(tools, ADD, tests)).model_dump_json()


@pytest.mark.parametrize("reference", [{"tests": " "}, {"tests": "x", "module": "a.b"}])
def test_a_reference_without_tests_or_with_an_odd_module(reference):
    with pytest.raises(ValueError, match="validation error"):
        UnittestReference(**reference)


@pytest.mark.namespaces
@pytest.mark.xdist_group("namespaces")
class TestReach:
    """What tests do to their own process is not done to the program's, and then not its fault."""

    SIZE = "def size(path): return len(open(path).read())"

    @pytest.mark.parametrize(
        ("program", "body"),
        [
            (SIZE, "open('x', 'w').write('abc'); assert size('x') == 3"),
            (SIZE, "f = tempfile.NamedTemporaryFile(); assert size(f.name) == 0"),
            (
                "import os\ndef size(n): return int(os.environ[n])",
                "os.environ['N'] = '3'; assert size('N') == 3",
            ),
            (
                "import time\ndef size(): return time.time()",
                "patch('time.time', lambda: 5).start(); assert size() == 5",
            ),
        ],
    )
    async def test_a_test_that_needs_it_is_an_error(self, tools, program, body):
        head = "import os, tempfile\nfrom unittest.mock import patch\nfrom solution import size\n"
        with pytest.raises(VerifierError, match="does not see"):
            await score(tools, program, f"{head}def test_a():\n    {body}\n")

    @pytest.mark.parametrize(
        "body",
        [
            "open('x', 'w').write('abc'); assert size() == 3",
            "with patch('solution.time.time', lambda: 3): assert size() == 3",
            "with patch.object(Own, 'value', 3): assert size() == Own.value",
        ],
    )
    async def test_what_does_not_matter_is_none(self, tools, body):
        head = "from unittest.mock import patch\nfrom solution import size\nclass Own: value = 1\n"
        right = "import time\ndef size(): return 3"
        assert (await score(tools, right, f"{head}def test_a():\n    {body}\n")).reward == 1.0

    async def test_a_wrong_program_is_wrong_in_spite_of_imports_and_patches_that_reach_it(
        self, tools
    ):
        tests = (
            "import numpy, pandas\nfrom unittest.mock import patch\nfrom solution import size\n"
            "def test_a():\n    with patch('sys.stdout'), patch('solution.size'): pass\n"
            "    assert size() == 3\n"
        )
        assert (await score(tools, "def size(): return 4", tests)).reward == 0.0
