"""code.asserts in real sandboxes: what solves a task is rewarded, and nothing else.

tests/data/code/asserts_cheats.jsonl and asserts_honest.jsonl are programs, each with its task and
where the idea comes from; a line there is a test here.
"""

import anyio
import pytest

from sandbox import Invocation, Program, start
from tests.verifiers.code.places import CONFIGS, GROUNDS, rows
from verifiers.code.asserts import AssertsReference
from verifiers.code.tasks import task_of
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


def examined(row):
    """The row with a setup that only an examiner runs: without it, plain tests need none."""
    reference = row["reference"]
    return {**row, "reference": {**reference, "setup": f"{reference.get('setup', '')}\npass"}}


def has_plan(row):
    reference = row["reference"]
    given = [reference.get(name, "") for name in ("setup", "prompt")]
    tests = [reference["tests"]] if isinstance(reference["tests"], str) else reference["tests"]
    return task_of(tuple(tests), *given, reference.get("entry_point")).plan is not None


@pytest.mark.slow
@pytest.mark.parametrize("tools", GROUNDS, indirect=True)
async def test_no_cheat_is_rewarded(tools):
    cheats = rows("asserts_cheats")
    due = {row["id"]: row.get("reward", 0.0) for row in cheats}  # none where nothing can be told
    found = await outcomes(tools, map(examined, cheats))
    assert {name: said for name, said in found.items() if said[0] != due[name]} == {}


@pytest.mark.slow
@pytest.mark.parametrize("tools", GROUNDS, indirect=True)
async def test_every_honest_program_gets_the_whole_reward(tools):
    found = await outcomes(tools, map(examined, rows("asserts_honest")))
    assert {name: said for name, said in found.items() if said[0] != 1.0} == {}


@pytest.mark.slow
@pytest.mark.namespaces
@pytest.mark.xdist_group("namespaces")
@pytest.mark.parametrize(("name", "reward", "least"), [("cheats", 0.0, 100), ("honest", 1.0, 10)])
async def test_without_an_examiner_it_is_the_same(tools, name, reward, least):
    plain = list(filter(has_plan, rows(f"asserts_{name}")))
    assert len(plain) >= least
    assert not any(map(has_plan, map(examined, plain)))
    found = await outcomes(tools, plain)
    assert {name: said for name, said in found.items() if said[0] != reward} == {}


def test_there_are_enough_of_both():
    assert len(rows("asserts_cheats")) >= 200
    assert len(rows("asserts_honest")) >= 100
    assert all(row["idea"] for row in rows("asserts_cheats") + rows("asserts_honest"))


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
            "class Sum(Base):\n    pass\nassert Sum().add(1, 2) == 3",
            "assert add(eval, 2) == 3",
        ],
    )
    async def test_what_cannot_be_held_from_another_process_says_so(self, tools, test):
        program = f"{ADD}\nclass Base:\n    def __init__(self): self.log = []\n"
        program += "    def size(self): return len(self.log)\n    add = staticmethod(add)\n"
        with pytest.raises(VerifierError):
            await score(tools, program, test)

    async def test_a_program_that_gives_what_cannot_cross_is_at_fault(self, tools):
        deep = "def deep():\n    x = ()\n    for _ in range(900):\n        x = (x, 1)\n    return x"
        judged = await score(tools, deep, "assert deep() == ()")
        assert judged.reward == 0.0
        assert judged.verdict == "runtime_error"

    async def test_a_name_that_only_the_program_kept_from_being_set_is_its_fault(self, tools):
        test = "try:\n    result = add(1, 2)\nexcept Exception:\n    pass\nassert result == 3"
        judged = await score(tools, "def add(a, b): raise ValueError", test)
        assert judged.reward == 0.0

    async def test_a_result_that_is_too_long_says_so(self, tools):
        judged = await score(tools, "def wide(): return 'x' * 17_000_000", "assert wide() == ''")
        assert judged.verdict == "runtime_error"
        assert "over 16777216" in judged.message

    async def test_functions_of_the_setup_are_not_the_programs(self, tools):
        program = "def f(x): return oracle(x)"
        setup = "def oracle(x): return x + 1"
        judged = await score(tools, program, "assert f(1) == oracle(1)", setup=setup)
        assert judged.reward == 0.0

    async def test_a_program_that_does_not_load_is_not_loaded_for_each_test(self, tools):
        tests = [f"assert f({number}) == 1" for number in range(5)]
        judged = await score(tools, "1 / 0", *tests, options={"reward": "fraction"})
        assert judged.verdict == "runtime_error"
        assert len(judged.tests) == 1

    async def test_tests_too_long_for_the_service_are_read_by_the_examiner(self, tools):
        numbers = ", ".join(map(str, range(60_000)))
        test = f"xs = [{numbers}]\nassert total(xs) == sum(xs)\nassert total([1]) == 1"
        assert (await score(tools, "def total(xs): return sum(xs)", test)).reward == 1.0
        assert (await score(tools, "def total(xs): return 1", test)).reward == 0.0
        with pytest.raises(InvalidReference, match="assert nothing"):
            await score(tools, ADD, test.replace("assert ", ""))


@pytest.mark.namespaces
@one_worker
class TestEachTestByItself:
    async def test_what_a_test_used_up_is_not_held_against_the_next(self, tools):
        spin = "import time\ndef spin(n):\n    end = time.process_time() + n\n"
        spin += "    while time.process_time() < end: pass\n    return n"
        options = {"limits": {"cpu_s": 1}, "reward": "fraction"}
        tests = ["assert spin(0.7) == 0.7", "assert spin(0.6) == 0.6", "assert spin(3) == 3"]
        judged = await score(tools, spin, *tests, options=options)
        assert [test.verdict for test in judged.tests] == [
            "accepted",
            "accepted",
            "time_limit_exceeded",
        ]

    async def test_what_a_program_did_before_it_died_is_not_there_when_it_is_asked_again(
        self, tools
    ):
        program = "import os\nseen = []\ndef f(n):\n    seen.append(n)\n"
        program += "    if len(seen) > 1: os._exit(0)\n    return list(seen)"
        tests = ["assert f(1) == [1]", "assert f(2) == [2]", "assert f(3) == [1, 2, 3]"]
        judged = await score(tools, program, *tests, options={"reward": "fraction"})
        assert [test.reward for test in judged.tests] == [1.0, 1.0, 0.0]


@pytest.mark.namespaces
@one_worker
class TestPlainTests:
    """Tests that only call with plain values and compare, which are held without an examiner."""

    PROGRAM = "print('hello')\ndef same(x): return x\ndef wrong(x): return 0\ndef stuck(x):\n"
    PROGRAM += "    while True: pass\ndef oops(x): raise KeyError(x)\n"

    async def both(self, tools, *tests, program=PROGRAM, **options):
        """How it went with an examiner and without, which is the same."""
        options = {"limits": {"cpu_s": 1}, **options}
        scores = [
            await score(tools, program, *tests, options=options, setup=setup)
            for setup in ("", "pass")
        ]
        # (Messages may differ: an examiner that is done first stops the program.)
        first, second = [
            (each.reward, each.verdict, [test.verdict for test in each.tests]) for each in scores
        ]
        assert first == second
        return scores[0]

    @pytest.mark.parametrize(
        ("tests", "verdicts"),
        [
            (["assert same((1, [2])) == (1, [2])", "assert same(1) == 1"], "accepted accepted"),
            (["assert same(1) == 2, 'x'", "assert same(1) == 1"], "wrong_answer accepted"),
            (["assert same(1) == 2\nassert stuck(1) == 1"], "wrong_answer"),
            (["assert stuck(1) == 1\nassert same(1) == 2"], "time_limit_exceeded"),
            (["assert oops(1) == 1", "assert same(1) == 1"], "runtime_error accepted"),
            (["assert oops(1) == 1\nassert stuck(1) == 1"], "runtime_error"),
            (["assert same(1) == 1", "assert gone(1) == 1"], "accepted wrong_answer"),
        ],
    )
    async def test_it_goes_as_with_an_examiner(self, tools, tests, verdicts):
        judged = await self.both(tools, *tests, reward="fraction")
        assert [test.verdict for test in judged.tests] == verdicts.split()

    @pytest.mark.parametrize(
        ("program", "verdict"),
        [
            ("def same(x)", "compile_error"),
            ("1 / 0", "runtime_error"),
            ("import sys\nsys.exit(0)", "runtime_error"),
            ("import os\nos._exit(0)", "runtime_error"),
            ("x = [0] * 10 ** 9", "memory_limit_exceeded"),
            ("import os\nos.kill(os.getpid(), 9)", "runtime_error"),
        ],
    )
    async def test_a_program_that_does_not_get_as_far(self, tools, program, verdict):
        judged = await self.both(tools, "assert same(1) == 1", program=program)
        assert judged.tests[0].verdict == verdict

    async def test_state_is_kept_from_call_to_call(self, tools):
        program = "seen = []\ndef f(x):\n    seen.append(x)\n    return seen"
        tests = ["assert f(1) == [1]", "assert f(2) == [1, 2]"]
        assert (await self.both(tools, *tests, program=program)).reward == 1.0

    async def test_what_was_printed_is_told_apart(self, tools):
        judged = await score(tools, self.PROGRAM, "assert same(1) == 1")
        assert judged.tests[0].stdout == "hello\n"

    async def test_nothing_of_what_is_expected_is_where_the_program_runs(self, tools):
        program = "import gc, sys, os\ndef f(x):\n    gc.collect()\n"
        program += "    found = [repr(vars(m)) for m in list(sys.modules.values()) if m]\n"
        program += "    found += [repr(each)[:9999] for each in gc.get_objects()]\n"
        program += "    os.lseek(0, 0, 0)\n    found.append(repr(os.read(0, 99999)))\n"
        program += "    return any(str(4711) * 4 in each for each in found)"
        secret = "4711" * 4  # longer than any address that a repr has
        tests = f"assert f(1) == 'a{secret}'"
        judged = await score(tools, program, tests, options={"reveal_expected": 1})
        assert "AssertionError" in judged.message
        tests = f"assert f(1) == False\nassert f('a') != 'x{secret}'"
        judged = await score(tools, program, tests)
        assert judged.reward == 1.0


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


@pytest.mark.namespaces
@one_worker
async def test_examiners_change_nothing_for_programs_after_them(tools):
    """Programs of all kinds start from the same interpreter, whatever that has loaded before."""
    depth = Program(language="python", source="import sys\nprint(sys.getrecursionlimit())")
    for setup in ("pass", ""):
        await score(tools, ADD, "assert add(1, 2) == 3", setup=setup)
    await tools.verify(
        "code.unittest",
        ADD,
        {"tests": "from solution import *\ndef test(): assert add(1, 1) == 2"},
        {},
    )
    async with tools.sandbox.open(depth) as session:
        assert (await session.run(Invocation())).stdout == b"1000\n"
