"""Every language keeps every promise: one program each, which does what its first argument says."""

import pytest

from sandbox import Invocation, Program, Status
from sandbox.types import MIB

GREETING = "héllo, 世界 🎉"
ARGUMENTS = ("two words", "世界 🎉", "--help")
DATA = "mère 世界\n"
LINES = "".join(f"{number} línea 世界 🎉\n" for number in range(42_000))


def greet(execution, sample):
    assert execution.succeeded, execution
    assert execution.stdout.decode().strip() == GREETING


def echo(execution, sample):
    assert execution.succeeded, execution
    assert execution.stdout.decode().splitlines() == LINES.splitlines()


def args(execution, sample):
    assert execution.succeeded, execution
    assert execution.stdout.decode().splitlines() == [*ARGUMENTS]


def file(execution, sample):
    assert execution.succeeded, execution
    assert execution.stdout.decode().strip() == DATA.strip()


def fail(execution, sample):
    assert (execution.status, execution.exit_code) == (Status.EXITED, 3)
    assert b"because" in execution.stderr


def crash(execution, sample):
    if "signal" in sample:
        assert (execution.status, execution.signal) == (Status.SIGNALLED, sample["signal"])
    else:
        assert execution.status is Status.EXITED
        assert execution.exit_code
        assert execution.stderr or execution.stdout


def spin(execution, sample):
    assert execution.status is Status.TIME_LIMIT_EXCEEDED, execution
    assert execution.cpu_s < 2


def eat(execution, sample):
    assert execution.status is Status.MEMORY_LIMIT_EXCEEDED, execution


def churn(execution, sample):
    assert execution.succeeded, execution
    assert execution.stdout == b"done\n"


def flood(execution, sample):
    assert execution.status is Status.OUTPUT_LIMIT_EXCEEDED
    assert len(execution.stdout) + len(execution.stderr) == MIB


def recurse(execution, sample):
    assert execution.succeeded, (execution.status, execution.stderr[-500:])
    assert int(execution.stdout) == sample.get("depth", 100_000)


JUDGES = {
    judge.__name__: judge
    for judge in (greet, echo, args, file, fail, crash, spin, eat, churn, flood, recurse)
}
LIMITS = {
    "spin": {"cpu_s": 1.0},
    "eat": {"memory_bytes": 256 * MIB},
    "churn": {"memory_bytes": 256 * MIB},
    "flood": {"output_bytes": MIB},
}


def test_a_language_keeps_its_promises(ground, program, sample, claim):
    made, arguments = program(claim, files={"folder/data.txt": DATA.encode()})
    invocation = Invocation(
        stdin=LINES.encode() if claim == "echo" else b"",
        args=arguments + (ARGUMENTS if claim == "args" else ()),
    )
    compilation, execution = ground.run(made, invocation, **LIMITS.get(claim, {}))
    assert execution is not None, compilation
    JUDGES[claim](execution, sample)


def test_what_has_no_order_has_the_same_in_each_run(ground, language, unordered):
    made = Program(language=language, source=unordered)
    outputs = {ground.run(made)[1].stdout for _ in range(4)}
    assert len(outputs) == 1
    assert outputs != {b""}


def test_what_is_no_program_is_refused_in_the_words_of_the_language(ground, broken, says):
    compilation, execution = ground.run(broken)
    assert compilation is None or execution is None
    refusal = execution or compilation.execution
    assert refusal.status is Status.EXITED
    assert refusal.exit_code
    assert says in (refusal.stdout + refusal.stderr).decode()


def test_a_runner_of_tests_passes_and_fails_them(ground, language, sample, ending):
    suite = sample[ending]
    files = {name: text.encode() for name, text in suite.get("files", {}).items()}
    compilation, execution = ground.run(
        Program(language=language, source=suite["source"], files=files)
    )
    assert execution is not None, compilation
    assert suite["says"] in (execution.stdout + execution.stderr).decode()
    assert execution.succeeded == (ending == "passing"), execution


def test_every_language_that_images_can_have_has_a_sample(samples, entries):
    assert set(samples) == entries


@pytest.mark.full_image
@pytest.mark.xdist_group("docker-all")
def test_the_full_image_has_at_least_thirty_languages(grounds):
    found = {each.name: each for each in grounds["docker"].languages()}
    missing = {name for name, each in found.items() if not each.available}
    assert missing == {"cuda", "julia", "lean"}, [found[name].reason for name in missing]
    assert len(found) - len(missing) >= 30
    assert all(found[name].reason for name in missing)
