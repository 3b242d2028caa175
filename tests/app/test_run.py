"""`/v1/run`: what a program did, and nothing about whether it was right."""

import asyncio

import pytest

from app.main import create_app
from app.schemas import RunResult
from app.settings import Settings
from sandbox import Limits, Overloaded, RunnerLost, Status
from sandbox.testing import FakeSandbox, exited, printed, stopped
from verifiers import LimitOptions

pytestmark = pytest.mark.anyio


@pytest.fixture
def run(connect, registry):
    """Runs a program on a sandbox with the given script."""

    async def post(script, body=None, **settings):
        sandbox = FakeSandbox(**script)
        app = create_app(Settings(**settings), sandbox=sandbox, workers=object(), registry=registry)
        async with connect(app) as client:
            body = {"language": "python", "source": "x", **(body or {})}
            return await client.post("/v1/run", json=body), sandbox

    return post


@pytest.mark.parametrize(
    ("execution", "status"),
    [
        (printed("3\n"), "ok"),
        (exited(1, stderr="Traceback"), "runtime_error"),
        (stopped(Status.SIGNALLED), "runtime_error"),
        (stopped(Status.TIME_LIMIT_EXCEEDED), "time_limit_exceeded"),
        (stopped(Status.MEMORY_LIMIT_EXCEEDED), "memory_limit_exceeded"),
        (stopped(Status.OUTPUT_LIMIT_EXCEEDED), "output_limit_exceeded"),
        (stopped(Status.VIOLATION), "violation"),
    ],
)
async def test_how_a_program_ended(run, execution, status):
    response, _ = await run({"run": [execution]})

    assert response.status_code == 200
    assert response.json() == {
        "status": status,
        "stdout": execution.stdout.decode(),
        "stderr": execution.stderr.decode(),
        "exit_code": execution.exit_code,
        "signal": execution.signal,
        "cpu_s": execution.cpu_s,
        "wall_s": execution.wall_s,
        "memory_bytes": execution.memory_bytes,
        "tier": "warm",
        "compile": None,
        "error": None,
    }


async def test_all_that_was_asked_for_reaches_the_program(run):
    body = {
        "language": "py",
        "source": "print(1)",
        "files": {"data/é.txt": "ü"},
        "stdin": "in\n",
        "args": ["-v", ""],
        "limits": {"cpu_s": 1, "memory_bytes": 100_000_000},
    }
    seen = {}

    def program(program, invocation, limits):
        seen.update(program=program, invocation=invocation, limits=limits)
        return printed("")

    await run({"run": program}, body)

    assert (seen["program"].language, seen["program"].source) == ("py", "print(1)")
    assert seen["program"].files == {"data/é.txt": "ü".encode()}
    assert (seen["invocation"].stdin, seen["invocation"].args) == (b"in\n", ("-v", ""))
    assert seen["limits"] == LimitOptions(cpu_s=1, memory_bytes=100_000_000).over(Limits())


async def test_a_compiler_has_its_own_part(run):
    script = {"compile": [exited(0, stderr="warning")], "run": [printed("3\n")]}
    response, _ = await run(script, {"language": "cpp"})

    assert response.json()["status"] == "ok"
    assert response.json()["compile"] == {
        "status": "ok",
        "stdout": "",
        "stderr": "warning",
        "wall_s": 0.01,
        "cached": False,
    }


@pytest.mark.parametrize(
    ("execution", "status"),
    [
        (exited(1, stderr="error"), "compile_error"),
        (stopped(Status.TIME_LIMIT_EXCEEDED), "time_limit_exceeded"),
    ],
)
async def test_what_does_not_compile_does_not_run(run, execution, status):
    response, sandbox = await run({"compile": [execution]}, {"language": "cpp"})

    answer = response.json()
    assert answer["status"] == "compile_error"
    assert answer["compile"]["status"] == status
    assert answer["exit_code"] is None
    assert sandbox.invocations == []


async def test_output_that_is_no_text_is_shown_as_far_as_it_is(run):
    response, _ = await run({"run": [printed(b"a\xffb")]})

    assert response.json()["stdout"] == "a�b"


@pytest.mark.parametrize(
    ("error", "kind"), [(RunnerLost("gone"), "sandbox"), (Overloaded("full"), "overload")]
)
async def test_a_failure_of_ours_has_no_status(run, error, kind):
    response, _ = await run({"run": [error]})

    assert response.status_code == 200
    answer = response.json()
    assert set(answer) == RunResult.__required_keys__
    assert (answer["status"], answer["exit_code"]) == (None, None)
    assert (answer["error"]["kind"], answer["error"]["retryable"]) == (kind, True)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"language": "klingon"}, "language"),
        ({"source": None}, "source"),
        ({"sources": "x"}, "sources"),
        ({"files": {"/etc/passwd": ""}}, "files"),
        ({"files": {"a/../../b": ""}}, "files"),
        ({"args": ["a\0b"]}, "args.0"),
        ({"args": "x"}, "args"),
        ({"limits": {"cpu_s": 1000}}, "limits.cpu_s"),
        ({"limits": {"cpus": 1}}, "limits.cpus"),
        ({"deadline_s": 0}, "deadline_s"),
    ],
)
async def test_a_malformed_request_is_told_its_field(run, body, field):
    response, sandbox = await run({}, body)

    assert response.status_code == 422
    assert field in [error["field"] for error in response.json()["errors"]]
    assert sandbox.invocations == []


async def test_a_program_that_no_runner_can_take_is_malformed(run):
    response, _ = await run({"run": [ValueError("file name 'main.py' is taken")]})

    assert response.status_code == 422
    assert "'main.py' is taken" in response.json()["detail"]


async def test_what_is_not_done_by_the_deadline_has_no_status(run):
    async def forever(*_):
        await asyncio.sleep(60)

    response, sandbox = await run({"run": forever}, {"deadline_s": 0.2})

    assert response.json()["error"]["kind"] == "overload"
    assert response.elapsed.total_seconds() < 20
    assert sandbox.open_sessions == 0
