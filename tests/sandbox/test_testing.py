"""The fake sandbox that plugin authors test against."""

import asyncio
from contextlib import aclosing

import pytest

from sandbox import (
    Invocation,
    LanguageUnavailable,
    Overloaded,
    Program,
    RunnerLost,
    Sandbox,
    Status,
    UnknownLanguage,
)
from sandbox.testing import FakeSandbox, exited, printed, stopped

pytestmark = pytest.mark.anyio

PROGRAM = Program(language="python", source="print(1)")


async def run_once(sandbox, program=PROGRAM, **open_options):
    async with sandbox.open(program, **open_options) as session:
        return await session.run(Invocation(stdin=b"2\n"))


def test_is_a_sandbox():
    sandbox: Sandbox = FakeSandbox()
    assert sandbox.info().launcher == "fake"


async def test_answers_from_a_list_in_order_and_raises_what_is_an_exception():
    sandbox = FakeSandbox(run=[printed("3\n"), RunnerLost("gone"), stopped(Status.VIOLATION)])

    assert (await run_once(sandbox)).stdout == b"3\n"
    with pytest.raises(RunnerLost):
        await run_once(sandbox)
    assert (await run_once(sandbox)).status is Status.VIOLATION
    with pytest.raises(AssertionError, match="run script has ended"):
        await run_once(sandbox)


async def test_answers_from_a_function_or_a_coroutine_function():
    async def echo(program, invocation, limits):
        return printed(invocation.stdin)

    assert (await run_once(FakeSandbox(run=echo))).stdout == b"2\n"
    assert (await run_once(FakeSandbox(run=lambda *_: exited(3)))).exit_code == 3


async def test_remembers_what_it_was_asked():
    sandbox = FakeSandbox()
    await run_once(sandbox)
    assert sandbox.programs == [PROGRAM]
    assert sandbox.invocations == [Invocation(stdin=b"2\n")]
    assert sandbox.open_sessions == 0


async def test_a_program_that_did_not_compile_cannot_run():
    sandbox = FakeSandbox(compile=[exited(1, stderr="error: no")])
    async with sandbox.open(PROGRAM) as session:
        assert session.compilation.execution.stderr == b"error: no"
        with pytest.raises(ValueError, match="did not compile"):
            await session.run(Invocation())


async def test_runs_each_until_the_iterator_is_closed():
    sandbox = FakeSandbox(run=lambda program, invocation, limits: printed(invocation.stdin))
    invocations = [Invocation(stdin=str(n).encode()) for n in range(3)]
    async with sandbox.open(PROGRAM) as session, aclosing(session.run_each(invocations)) as runs:
        assert (await anext(runs)).stdout == b"0"
        assert (await anext(runs)).stdout == b"1"
    assert len(sandbox.invocations) == 2


async def test_refuses_languages_it_does_not_have():
    with pytest.raises(UnknownLanguage, match="klingon"):
        await run_once(FakeSandbox(), Program(language="klingon", source=""))
    with pytest.raises(LanguageUnavailable, match="not installed"):
        await run_once(FakeSandbox(), Program(language="julia", source=""))


async def test_a_session_that_finds_no_slot_before_its_deadline_is_overloaded():
    sandbox = FakeSandbox(slots=1)
    async with sandbox.open(PROGRAM):
        with pytest.raises(Overloaded):
            await run_once(sandbox, deadline=asyncio.get_running_loop().time() + 0.01)
    assert (await run_once(sandbox)).succeeded


async def test_pairs_are_scripted_too():
    sandbox = FakeSandbox(pair=[(printed("a"), printed("b"))])
    first, second = await sandbox.run_pair(None, None)
    assert (first.stdout, second.stdout) == (b"a", b"b")
    assert sandbox.pairs == [(None, None)]  # type: ignore[comparison-overlap] # any two will do
