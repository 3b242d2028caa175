"""code.stdio over a scripted sandbox: what it asks for, and what it makes of the answers."""

import asyncio

import pytest
from pydantic import ValidationError

from sandbox import LanguageUnavailable, Limits, Overloaded, RunnerLost, Status, UnknownLanguage
from sandbox.testing import FakeSandbox, exited, printed, stopped
from verifiers import InvalidOptions, InvalidReference
from verifiers.code.stdio import StdioReference
from verifiers.registry import Registry
from verifiers.testing import LocalTools

pytestmark = pytest.mark.anyio

REGISTRY = Registry.load(required=["code.stdio"])
PROGRAM = "print(input())"


async def score(reference, *, sandbox=None, completion=PROGRAM, deadline=None, **options):
    tools = LocalTools(
        registry=REGISTRY, sandbox=sandbox or FakeSandbox(), workers=None, deadline=deadline
    )
    if not isinstance(reference, dict):
        reference = {"tests": [{"stdout": stdout} for stdout in reference]}
    return await tools.verify("code.stdio", completion, reference, options)


def echo(program, invocation, limits):
    return printed(invocation.stdin)


async def test_a_program_that_prints_what_is_expected_is_accepted():
    sandbox = FakeSandbox(run=[printed("3\r\n"), printed("4")])
    judged = await score(["3\n", "4\n"], sandbox=sandbox)
    assert (judged.reward, judged.verdict) == (1.0, "accepted")
    assert judged.message == "2 of 2 tests passed"
    assert judged.extracted == PROGRAM
    assert [test.stdout for test in judged.tests] == ["3\r\n", "4"]
    assert judged.run_s == pytest.approx(0.02)
    assert sandbox.open_sessions == 0


async def test_each_test_gets_its_own_input_arguments_and_files():
    tests = [{"stdin": "é", "stdout": "é", "args": ["-n", "1"], "files": {"in/a.txt": "text"}},
             {"stdin": "2", "stdout": "2"}]  # fmt: skip
    sandbox = FakeSandbox(run=echo)
    judged = await score({"tests": tests}, sandbox=sandbox, files={"helper.py": "x = 1"})
    assert judged.passed
    (program,) = sandbox.programs
    assert (program.language, program.files) == ("python", {"helper.py": b"x = 1"})
    first, second = sandbox.invocations
    assert (first.stdin, first.args, first.files) == (
        "é".encode(),
        ("-n", "1"),
        {"in/a.txt": b"text"},
    )
    assert (second.stdin, second.args, dict(second.files)) == (b"2", (), {})


@pytest.mark.parametrize(
    ("execution", "verdict"),
    [(exited(1, stdout="3"), "runtime_error"), (exited(1), "runtime_error"),
     *[(stopped(status), status.value) for status in Status if status.endswith("exceeded")],
     (stopped(Status.VIOLATION), "violation"), (stopped(Status.SIGNALLED), "runtime_error")],
)  # fmt: skip
@pytest.mark.parametrize("expected", ["3", ""])
async def test_how_a_run_ended_is_decided_before_its_output(execution, verdict, expected):
    judged = await score([expected], sandbox=FakeSandbox(run=[execution]))
    assert (judged.reward, judged.verdict) == (0.0, verdict)


async def test_an_empty_expectation_is_met_by_printing_nothing_only():
    assert (await score([""], sandbox=FakeSandbox(run=[printed("")]))).passed
    assert (await score([""], sandbox=FakeSandbox(run=[printed("0")]))).verdict == "wrong_answer"


async def test_stops_at_the_first_failure_unless_a_share_is_asked_for():
    sandbox = FakeSandbox(run=[printed("1"), printed("x"), printed("3")])
    judged = await score(["1", "2", "3"], sandbox=sandbox)
    assert [test.verdict for test in judged.tests] == ["accepted", "wrong_answer"]
    assert judged.message.startswith("1 of 3 tests passed, 1 not run; test 1: wrong answer")

    sandbox = FakeSandbox(run=[printed("1"), printed("x"), printed("3")])
    judged = await score(["1", "2", "3"], sandbox=sandbox, reward="fraction")
    assert (judged.reward, judged.verdict) == (pytest.approx(2 / 3), "partial")
    assert len(judged.tests) == 3


async def test_weights():
    tests = [{"stdout": "1", "weight": 3}, {"stdout": "2"}]
    sandbox = FakeSandbox(run=[printed("1"), printed("x")])
    judged = await score({"tests": tests}, sandbox=sandbox, reward="weighted")
    assert (judged.reward, judged.verdict) == (0.75, "partial")


@pytest.mark.parametrize(
    ("checker", "passes"),
    [(None, False), ({"kind": "lines"}, False), ({"kind": "exact"}, False),
     ({"kind": "tokens"}, False), ({"kind": "unordered_lines"}, False), ({"kind": "float"}, True),
     ({"kind": "float", "abs_tolerance": 0, "rel_tolerance": 1e-12}, False)],
)  # fmt: skip
async def test_the_checker_decides_what_is_equal(checker, passes):
    reference = {"tests": [{"stdout": "0.1 2"}]} | ({"checker": checker} if checker else {})
    judged = await score(reference, sandbox=FakeSandbox(run=[printed("0.10000001\n2\n")]))
    assert judged.passed == passes


async def test_what_was_expected_is_told_only_if_asked():
    for reveal in (False, True):
        sandbox = FakeSandbox(run=[printed("4")])
        judged = await score(["secret"], sandbox=sandbox, reveal_expected=reveal)
        assert ("secret" in judged.model_dump_json()) is reveal


async def test_outputs_are_shortened_in_the_result_and_judged_whole():
    output = "x" * 1_000_000
    judged = await score(
        [output], sandbox=FakeSandbox(run=[printed(output)]), output_preview_bytes=3
    )
    assert judged.passed
    assert judged.tests[0].stdout == "xxx"
    worse = await score([output], sandbox=FakeSandbox(run=[printed(output + "y")]))
    assert worse.verdict == "wrong_answer"


async def test_a_program_that_does_not_compile_is_not_run():
    sandbox = FakeSandbox(compile=[exited(1, stderr="expected ';'")], run=[])
    judged = await score(["3"], sandbox=sandbox, completion="int main(){}", language="cpp")
    assert (judged.reward, judged.verdict, judged.tests) == (0.0, "compile_error", [])
    assert "expected ';'" in judged.message
    assert judged.extracted == "int main(){}"


async def test_a_completion_without_a_program_runs_nothing():
    sandbox = FakeSandbox()
    judged = await score([""], sandbox=sandbox, completion="I do not know.")
    assert (judged.reward, judged.verdict, judged.extracted) == (0.0, "no_answer", None)
    assert sandbox.programs == []


async def test_limits_are_those_asked_for_over_those_of_the_server():
    seen = []

    def run(program, invocation, limits):
        seen.append(limits)
        return printed("3")

    await score(["3"], sandbox=FakeSandbox(run=run), limits={"cpu_s": 2})
    await score(["3"], sandbox=FakeSandbox(run=run))
    assert seen == [Limits(cpu_s=2), Limits()]


@pytest.mark.parametrize(
    "error", [RunnerLost("gone"), Overloaded("full"), LanguageUnavailable("no julia")]
)
async def test_a_failure_of_the_sandbox_is_never_a_score(error):
    with pytest.raises(type(error)):
        await score(["1", "2"], sandbox=FakeSandbox(run=[printed("1"), error]))


async def test_a_deadline_is_passed_on():
    async def run(program, invocation, limits):
        await asyncio.sleep(60)

    deadline = asyncio.get_running_loop().time() + 0.05
    with pytest.raises(Overloaded):
        await score(["1"], sandbox=FakeSandbox(run=run), deadline=deadline)


async def test_an_unknown_language_is_an_error_whatever_the_completion():
    for completion in (PROGRAM, ""):
        with pytest.raises(UnknownLanguage):
            await score(["1"], completion=completion, language="klingon")


async def test_no_tests_are_an_error_of_the_reference():
    with pytest.raises(InvalidReference, match=r"reference\.tests is empty"):
        await score([])


async def test_weights_of_nothing_are_an_error_of_the_reference():
    with pytest.raises(InvalidReference, match="weight"):
        await score({"tests": [{"stdout": "", "weight": 0}]}, reward="weighted")


async def test_a_file_that_cannot_be_brought_is_an_error_of_the_options():
    with pytest.raises(InvalidOptions, match="absolute"):
        await score(["1"], files={"/etc/passwd": ""})


@pytest.mark.parametrize(
    "reference",
    [
        {},
        {"tests": [{}]},
        {"tests": [{"stdin": "1"}]},
        {"tests": [{"stdout": None}]},
        {"tests": [{"stdout": "1", "input": "2"}]},
        {"tests": [{"stdout": "1", "weight": -1}]},
        {"tests": [{"stdout": "1", "weight": float("nan")}]},
        {"tests": [{"stdout": "1", "files": {"../up": ""}}]},
        {"tests": [{"stdout": "1"}], "checker": {"kind": "magic"}},
        {"tests": [{"stdout": "1"}], "checker": {"kind": "lines", "abs_tolerance": 1}},
        {"tests": [{"stdout": "1"}], "checker": {"kind": "float", "abs_tolerance": -1}},
        {"tests": [{"stdout": "1"}], "checker": {"kind": "float", "rel_tolerance": 1}},
    ],
)
def test_a_reference_of_another_shape_is_refused(reference):
    with pytest.raises(ValidationError):
        StdioReference.model_validate(reference)
