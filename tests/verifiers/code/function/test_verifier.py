"""code.function over a scripted sandbox: what it asks for, and what it makes of the answers."""

import json

import pytest
from pydantic import ValidationError

from sandbox import RunnerLost, Status
from sandbox.testing import FakeSandbox, exited, printed, stopped
from verifiers.errors import InvalidOptions, InvalidReference
from verifiers.registry import Registry
from verifiers.testing import LocalTools

pytestmark = pytest.mark.anyio

REGISTRY = Registry.load(required=["code.function"])
TEST = {"args": [1, 2], "expected": 3}


async def score(*tests, sandbox=None, completion="def f(a, b): return a + b", options=None, **more):
    tools = LocalTools(registry=REGISTRY, sandbox=sandbox or FakeSandbox(), workers=None)
    reference = {"entry_point": "f", **({"tests": list(tests)} if tests else {}), **more}
    options = {"extract": "whole", **(options or {})}
    return await tools.verify("code.function", completion, reference, options)


def replying(*replies, before=""):
    """A sandbox whose runs end with these replies, one a run."""
    rest = iter(replies)

    def run(program, invocation, limits):
        token = invocation.stdin.partition(b"\n")[0].decode()
        return printed(f"{before}\n{token}{next(rest)}\n")

    return FakeSandbox(run=run)


async def test_each_test_is_a_run_of_its_own_and_none_sees_what_is_expected():
    sandbox = replying('{"result":3}', '{"result":4711}', before="noise")
    judged = await score(TEST, {"args": [0, 0], "expected": 4711}, sandbox=sandbox)
    assert (judged.reward, judged.verdict) == (1.0, "accepted")
    assert [test.stdout for test in judged.tests] == ["noise", "noise"]
    (program,) = sandbox.programs
    assert program.files["solution.py"] == b"def f(a, b): return a + b"
    sent = [invocation.stdin for invocation in sandbox.invocations]
    assert [json.loads(each.partition(b"\n")[2])["args"] for each in sent] == [[1, 2], [0, 0]]
    assert not any(b"4711" in each for each in [*sent, program.source.encode()])


async def test_the_first_failure_ends_it_and_a_share_runs_all():
    replies = ['{"result":0}', '{"result":3}']
    judged = await score(TEST, TEST, sandbox=replying(*replies))
    assert (judged.reward, len(judged.tests)) == (0.0, 1)
    options = {"reward": "fraction"}
    judged = await score(TEST, TEST, sandbox=replying(*replies), options=options)
    assert (judged.reward, judged.verdict, len(judged.tests)) == (0.5, "partial", 2)


async def test_weights_count():
    tests = [{**TEST, "weight": 3}, TEST]
    sandbox = replying('{"result":3}', '{"result":0}')
    judged = await score(*tests, sandbox=sandbox, options={"reward": "weighted"})
    assert judged.reward == 0.75


@pytest.mark.parametrize(
    ("reply", "verdict", "said"),
    [
        ('{"result":4}', "wrong_answer", "result differs"),
        ('{"raised":[["KeyError","Exception"],"x"]}', "runtime_error", "KeyError: x"),
        ('{"unloadable":["SyntaxError","bad"]}', "compile_error", "SyntaxError: bad"),
        ('{"unloadable":["NameError","no"]}', "runtime_error", "NameError: no"),
        ('{"missing":"f"}', "runtime_error", "the program defines no f"),
        ('{"unfit":"no number"}', "runtime_error", "no number"),
        ("nonsense", "runtime_error", "the program ended before the call returned"),
    ],
)
async def test_what_replies_are_worth(reply, verdict, said):
    judged = await score(TEST, sandbox=replying(reply))
    assert (judged.reward, judged.verdict) == (0.0, verdict)
    assert judged.tests[0].message == said


@pytest.mark.parametrize(
    ("execution", "verdict"),
    [
        (printed("3"), "runtime_error"),
        (exited(1), "runtime_error"),
        (stopped(Status.TIME_LIMIT_EXCEEDED), "time_limit_exceeded"),
        (stopped(Status.MEMORY_LIMIT_EXCEEDED), "memory_limit_exceeded"),
        (stopped(Status.VIOLATION), "violation"),
    ],
)
async def test_how_a_run_ended_comes_first(execution, verdict):
    judged = await score(TEST, sandbox=FakeSandbox(run=[execution]))
    assert (judged.reward, judged.verdict) == (0.0, verdict)


async def test_a_right_reply_of_a_run_that_failed_is_worth_nothing():
    def run(program, invocation, limits):
        token = invocation.stdin.partition(b"\n")[0]
        return exited(1, stdout=b"\n" + token + b'{"result":3}\n')

    assert (await score(TEST, sandbox=FakeSandbox(run=run))).reward == 0.0


async def test_what_was_expected_is_told_only_on_request():
    test = {"args": [1, 2], "expected": 4711}
    judged = await score(test, sandbox=replying('{"result":3}'))
    assert "4711" not in judged.model_dump_json()
    options = {"reveal_expected": True}
    judged = await score(test, sandbox=replying('{"result":3}'), options=options)
    assert "expected 4711, found 3" in judged.message


async def test_a_lost_runner_is_no_verdict():
    with pytest.raises(RunnerLost):
        await score(TEST, sandbox=FakeSandbox(run=[RunnerLost("gone")]))


OPERATION = {"ops": ["f", "get"], "args": [[], []], "expected": [None, 1]}


@pytest.mark.parametrize(
    ("reference", "options", "error"),
    [
        ({}, {}, "reference.tests is empty"),
        ({"tests": [TEST], "operations": [OPERATION]}, {}, "both"),
        ({"operations": [{**OPERATION, "ops": ["g", "get"]}]}, {}, "begin with the class"),
        ({"operations": [OPERATION], "in_place": 0}, {}, "in_place"),
        ({"tests": [TEST], "in_place": 2}, {}, "in_place is argument 2"),
        ({"tests": [TEST], "checker": {"any_of": True}}, {}, "list of right results"),
        ({"tests": [{**TEST, "weight": 0}]}, {"reward": "weighted"}, "weights"),
        ({"tests": [{**TEST, "kwargs": {"a": 1}}]}, {"language": "cpp"}, "kwargs"),
        ({"tests": [{"args": [b"x"], "expected": 1}]}, {}, "bytes"),
        ({"tests": [TEST], "types": {"args": ["ListNode"]}}, {}, "f is given 1 for a ListNode"),
    ],
)
async def test_a_broken_reference_is_an_error(reference, options, error):
    with pytest.raises(InvalidReference, match=error):
        await score(options=options, **reference)


async def test_values_that_are_nested_too_deep_are_an_error():
    deep = []
    for _ in range(250):
        deep = [deep]
    with pytest.raises(InvalidReference, match="nested"):
        await score({"args": [deep], "expected": 1})


@pytest.mark.parametrize(
    "test",
    [
        {"args": [1]},
        {"args": [1], "expected": 1, "raises": "ValueError"},
        {"args": [1], "raises": "not a name"},
        {"args": [1], "expects": 1},
        {"args": 1, "expected": 1},
    ],
)
async def test_a_malformed_test_is_refused(test):
    with pytest.raises(ValidationError):
        await score(test)


@pytest.mark.parametrize("entry_point", ["", "f; import os", "a.b.c", "f(", "2f", "Solution()f"])
async def test_an_entry_point_is_a_name(entry_point):
    with pytest.raises(ValidationError):
        await score(TEST, entry_point=entry_point)


async def test_a_language_without_driver_is_refused():
    with pytest.raises(InvalidOptions, match="calls nothing in"):
        await score(TEST, options={"language": "c"})


async def test_a_file_in_the_way_of_the_solution_is_refused():
    with pytest.raises(InvalidOptions, match=r"solution\.py"):
        await score(TEST, options={"files": {"solution.py": ""}})


async def test_no_program_is_no_answer():
    judged = await score(TEST, completion="", options={"extract": "auto"})
    assert (judged.reward, judged.verdict) == (0.0, "no_answer")


async def test_what_defines_nothing_that_could_be_called_is_not_compiled():
    sandbox = FakeSandbox()
    judged = await score(
        TEST, completion="int g() {}", options={"language": "cpp"}, sandbox=sandbox
    )
    assert (judged.reward, judged.verdict) == (0.0, "compile_error")
    assert judged.message == "the program defines no f"
    assert not sandbox.programs
