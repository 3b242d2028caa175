"""What code.stdio asks for with checkers, interactors and files, and makes of the answers."""

import pytest
from pydantic import ValidationError

from sandbox import Status
from sandbox.testing import FakeSandbox, exited, printed, stopped
from sandbox.types import Execution
from verifiers import InvalidReference
from verifiers.code.judges.rulings import conceal
from verifiers.code.stdio import StdioReference
from verifiers.registry import Registry
from verifiers.testing import LocalTools

pytestmark = pytest.mark.anyio

REGISTRY = Registry.load(required=["code.stdio"])
CHECKER = {"kind": "program", "source": "int main() {}"}
PYTHON = {"language": "python", "source": "pass"}
SIGPIPE = Execution(status=Status.SIGNALLED, signal=13)
OTHER_ENDED = Execution(status=Status.SIGNALLED, signal=9, message="the other ended")


async def score(sandbox, reference, **options):
    tools = LocalTools(registry=REGISTRY, sandbox=sandbox, workers=None)
    return await tools.verify("code.stdio", "print(1)", reference, options)


def judged_by(execution, stdout="1"):
    """The program prints, then the checker ends like this."""
    return FakeSandbox(run=[printed(stdout), execution])


async def test_a_checker_gets_input_output_and_answer_and_the_program_none_of_the_last():
    sandbox = judged_by(exited(0, stderr="ok"), stdout="out")
    tests = [{"stdin": "in", "stdout": "secret"}]
    judged = await score(sandbox, {"tests": tests, "checker": CHECKER})
    assert (judged.reward, judged.tests[0].message) == (1.0, "ok")
    program, checker = sandbox.programs
    assert (program.language, checker.language) == ("python", "cpp")
    assert set(checker.files) == {"testlib.h"}
    run, check = sandbox.invocations
    assert (run.stdin, dict(run.files), run.args) == (b"in", {}, ())
    assert check.args == ("input.txt", "output.txt", "answer.txt")
    assert check.files == {"input.txt": b"in", "output.txt": b"out", "answer.txt": b"secret"}


async def test_a_program_that_fails_is_not_checked():
    for execution in (exited(1, stdout="1"), stopped(Status.TIME_LIMIT_EXCEEDED)):
        judged = await score(FakeSandbox(run=[execution]), {"tests": [{}], "checker": CHECKER})
        assert judged.reward == 0.0


@pytest.mark.parametrize("code", [1, 2, 4, 8])
async def test_exit_codes_of_a_wrong_answer(code):
    judged = await score(judged_by(exited(code)), {"tests": [{}], "checker": CHECKER})
    assert (judged.reward, judged.verdict) == (0.0, "wrong_answer")


@pytest.mark.parametrize(
    "execution",
    [
        exited(3), exited(5), exited(16), exited(42), exited(127), exited(255),
        exited(7), exited(7, stderr="points nan"), exited(7, stderr="points 2"),
        exited(7, stderr="points -1"), exited(7, stderr="points"), exited(7, stderr="points 1e999"),
        *[stopped(status) for status in Status if status is not Status.EXITED],
    ],
)  # fmt: skip
async def test_every_other_end_of_a_checker_is_an_error_of_the_task(execution):
    with pytest.raises(InvalidReference, match="the checker"):
        await score(judged_by(execution), {"tests": [{}], "checker": CHECKER})


@pytest.mark.parametrize(
    ("said", "full_points", "share"),
    [("points 0.5", 1, 0.5), ("points 25 of 100", 100, 0.25), ("points 1", 1, 1.0),
     ("points 0", 1, 0.0), ("3", 4, 0.75), ("points 1e-1 x", 1, 0.1)],
)  # fmt: skip
async def test_points(said, full_points, share):
    reference = {"tests": [{}], "checker": {**CHECKER, "full_points": full_points}}
    judged = await score(judged_by(exited(7, stderr=said)), reference, reward="fraction")
    assert (judged.reward, judged.tests[0].reward) == (share, share)
    judged = await score(judged_by(exited(7, stderr=said)), reference)
    assert judged.reward == float(share == 1)
    assert judged.verdict == ("accepted" if share == 1 else "wrong_answer")


async def test_the_protocol_of_cms_has_another_order_and_prints_the_points():
    checker = {"kind": "program", "protocol": "cms", **PYTHON}
    sandbox = judged_by(exited(0, stdout="0.5\n", stderr="half"))
    judged = await score(sandbox, {"tests": [{}], "checker": checker}, reward="fraction")
    assert (judged.reward, judged.tests[0].message) == (0.5, "half")
    assert sandbox.invocations[1].args == ("input.txt", "answer.txt", "output.txt")
    for execution in (exited(0), exited(0, stdout="yes"), exited(1, stdout="1")):
        with pytest.raises(InvalidReference):
            await score(judged_by(execution), {"tests": [{}], "checker": checker})


async def test_a_long_message_is_cut():
    judged = await score(
        judged_by(exited(1, stderr="blah " * 100_000)), {"tests": [{}], "checker": CHECKER}
    )
    assert len(judged.tests[0].message) <= 1000


async def test_a_checker_that_does_not_compile_is_an_error_of_the_task():
    sandbox = FakeSandbox(compile=[None, exited(1, stderr="expected ';'")])
    with pytest.raises(InvalidReference, match="the checker does not compile: expected ';'"):
        await score(sandbox, {"tests": [{}], "checker": CHECKER})


async def test_a_program_that_does_not_compile_leaves_the_checker_alone():
    sandbox = FakeSandbox(compile=[exited(1, stderr="bad")])
    judged = await score(sandbox, {"tests": [{}], "checker": CHECKER}, language="cpp")
    assert judged.verdict == "compile_error"
    assert len(sandbox.programs) == 1


async def test_files_in_place_of_the_standard_streams():
    answer = Execution(status=Status.EXITED, exit_code=0, stdout=b"x", files={"a.out": b"3\n"})
    sandbox = FakeSandbox(run=[answer, printed("3")])
    tests = [{"stdin": "1 2", "stdout": "3"}] * 2
    reference = {"tests": tests, "input_file": "a.in", "output_file": "a.out"}
    judged = await score(sandbox, reference)
    assert [test.verdict for test in judged.tests] == ["accepted", "wrong_answer"]
    assert judged.tests[1].message == "it left no file a.out, or too large a one"
    invocation = sandbox.invocations[0]
    assert (invocation.stdin, invocation.files) == (b"", {"a.in": b"1 2"})
    assert invocation.keep == ("a.out",)


async def test_any_of_several_outputs():
    reference = {"tests": [{"stdout": "1", "also_accepted": ["2", "3"]}]}
    for stdout, accepted in (("1", True), ("3\n", True), ("4", False), ("1\n2", False)):
        judged = await score(FakeSandbox(run=[printed(stdout)]), reference)
        assert judged.passed is accepted


@pytest.mark.parametrize(
    ("program", "interactor", "verdict"),
    [
        (printed(""), exited(0), "accepted"),
        (printed(""), exited(1), "wrong_answer"),
        (printed(""), exited(8), "wrong_answer"),
        (printed(""), SIGPIPE, "wrong_answer"),
        (OTHER_ENDED, exited(1), "wrong_answer"),
        (OTHER_ENDED, exited(8), "wrong_answer"),
        # A program often fails for the interactor has judged and gone.
        (exited(1), exited(1), "wrong_answer"),
        (exited(1), exited(0), "runtime_error"),
        (exited(1), exited(8), "runtime_error"),
        (exited(1), SIGPIPE, "runtime_error"),
        (exited(1), OTHER_ENDED, "runtime_error"),
        (stopped(Status.SIGNALLED), exited(0), "runtime_error"),
        (stopped(Status.TIME_LIMIT_EXCEEDED), exited(8), "time_limit_exceeded"),
        (stopped(Status.TIME_LIMIT_EXCEEDED), exited(0), "time_limit_exceeded"),
        (stopped(Status.OUTPUT_LIMIT_EXCEEDED), OTHER_ENDED, "output_limit_exceeded"),
        (stopped(Status.MEMORY_LIMIT_EXCEEDED), exited(3), "memory_limit_exceeded"),
        (stopped(Status.VIOLATION), exited(0), "violation"),
    ],
)  # fmt: skip
async def test_the_end_of_a_conversation(program, interactor, verdict):
    sandbox = FakeSandbox(joined=[(program, interactor)])
    judged = await score(sandbox, {"tests": [{"stdin": "7"}], "interactor": PYTHON})
    assert (judged.verdict, judged.reward) == (verdict, float(verdict == "accepted"))
    ours, theirs = sandbox.invocations
    assert (ours.stdin, dict(ours.files)) == (b"", {})
    assert theirs.args == ("input.txt", "output.txt", "answer.txt")
    assert theirs.files == {"input.txt": b"7", "answer.txt": b""}


@pytest.mark.parametrize(
    ("program", "interactor"),
    [
        (printed(""), exited(3)),
        (exited(1), exited(3)),
        (OTHER_ENDED, exited(3)),
        (OTHER_ENDED, stopped(Status.TIME_LIMIT_EXCEEDED)),
        (OTHER_ENDED, stopped(Status.MEMORY_LIMIT_EXCEEDED)),
        (OTHER_ENDED, stopped(Status.SIGNALLED)),
        (printed(""), exited(5)),
        # It computed while the program waited.
        (stopped(Status.TIME_LIMIT_EXCEEDED), exited(8, cpu_s=30)),
    ],
)
async def test_what_an_interactor_is_to_blame_for_is_no_verdict(program, interactor):
    sandbox = FakeSandbox(joined=[(program, interactor)])
    with pytest.raises(InvalidReference, match="the interactor"):
        await score(sandbox, {"tests": [{}], "interactor": PYTHON})


async def test_an_interactor_that_gives_points():
    for program in (printed(""), exited(1), OTHER_ENDED):
        sandbox = FakeSandbox(joined=[(program, exited(7, stderr="points 0.5 so far"))])
        reference = {"tests": [{}], "interactor": PYTHON}
        judged = await score(sandbox, reference, reward="fraction")
        assert (judged.reward, judged.verdict) == (0.5, "partial")


async def test_a_checker_judges_what_the_interactor_wrote_down():
    wrote = Execution(status=Status.EXITED, exit_code=0, files={"output.txt": b"5"})
    for code, verdict in ((0, "accepted"), (1, "wrong_answer")):
        sandbox = FakeSandbox(joined=[(printed(""), wrote)], run=[exited(code)])
        reference = {"tests": [{"stdout": "4"}], "interactor": PYTHON, "checker": CHECKER}
        assert (await score(sandbox, reference)).verdict == verdict
        assert sandbox.invocations[1].keep == ("output.txt",)
        assert sandbox.invocations[2].files["output.txt"] == b"5"


async def test_a_message_does_not_tell_of_the_secret():
    sandbox = FakeSandbox(joined=[(printed(""), exited(1, stderr="it was 77, not 5"))] * 2)
    reference = {"tests": [{"stdin": "77\n"}], "interactor": PYTHON}
    assert (await score(sandbox, reference)).tests[0].message == "it was …, not 5"
    shown = await score(sandbox, reference, reveal_expected=True)
    assert shown.tests[0].message == "it was 77, not 5"


@pytest.mark.parametrize(
    ("message", "expected", "found", "told"),
    [
        ("expected 'a', found 'b'", b"a", b"b", "expected '…', found 'b'"),
        ("expected 7, found 17", b"7", b"17", "expected …, found 17"),
        ("7 is 7", b"7", b"7", "7 is 7"),
        ("1st words differ", b"1", b"", "1st words differ"),
        ("expected <a.b>", b"x\na.b\n", b"", "expected <…>"),
        ("expected a.b", b"aXb", b"", "expected a.b"),
        ("nothing", b"", b"", "nothing"),
    ],
)
def test_only_words_of_what_was_expected_are_concealed(message, expected, found, told):
    assert conceal(message, expected, found) == told


@pytest.mark.parametrize(
    "reference",
    [
        {"tests": [{}], "checker": {"kind": "program"}},
        {"tests": [{}], "checker": {**CHECKER, "source": ""}},
        {"tests": [{}], "checker": {**CHECKER, "language": "klingon"}},
        {"tests": [{}], "checker": {**CHECKER, "language": "java"}},
        {"tests": [{}], "checker": {**CHECKER, "protocol": "guess"}},
        {"tests": [{}], "checker": {**CHECKER, "full_points": 0}},
        {"tests": [{}], "checker": {**CHECKER, "files": {"../x": ""}}},
        {"tests": [{}], "checker": {**CHECKER, "files": {"answer.txt": ""}}},
        {"tests": [{"also_accepted": ["1"]}], "checker": CHECKER},
        {"tests": [{}], "interactor": {**PYTHON, "language": "java"}},
        {"tests": [{}], "interactor": PYTHON, "input_file": "a.in"},
        {"tests": [{}], "interactor": PYTHON, "checker": {"kind": "lines"}},
        {"tests": [{"stdout": "1", "files": {"a.in": ""}}], "input_file": "a.in"},
        {"tests": [{"stdout": "1"}], "input_file": "/a.in"},
        {"tests": [{"stdout": "1"}], "output_file": "../a.out"},
        {"tests": [{"stdout": "1"}, {}]},
    ],
)
def test_a_reference_that_cannot_be_judged_is_refused(reference):
    with pytest.raises(ValidationError):
        StdioReference.model_validate(reference)
