"""What listeners hear of a session, and what a sandbox tells of itself."""

import asyncio

import pytest

from sandbox.errors import LanguageUnavailable
from sandbox.figures import HasFigures
from sandbox.local import LocalSandbox
from sandbox.runner import Loss
from sandbox.stages import Stage, Timed, heard_by
from sandbox.testing import FakeSandbox, exited
from sandbox.types import Harness, Invocation, Party, Program, Tier

pytestmark = pytest.mark.anyio

PYTHON = Program(language="py", source="print(1)")
CPP = Program(language="c++", source="int main() {}")


def told(steps):
    return [(step.stage, step.language, step.origin) for step in steps]


async def run_twice(sandbox, program):
    async with sandbox.open(program) as session:
        async for _ in session.run_each([Invocation(), Invocation()]):
            pass


async def test_each_stage_is_told_by_its_language(scripted):
    steps = []
    async with scripted.sandbox(scripted.launcher()) as sandbox:
        with heard_by(steps.append):
            await run_twice(sandbox, CPP)
    assert told(steps) == [
        (Stage.QUEUE, "", ""),
        (Stage.COMPILE, "cpp", "compiled"),
        (Stage.RUN, "cpp", ""),
        (Stage.RUN, "cpp", ""),
    ]
    assert all(step.began <= step.ended for step in steps)


async def test_a_program_that_was_compiled_before_is_told_as_such(scripted):
    steps = []
    async with scripted.sandbox(scripted.launcher()) as sandbox:
        await run_twice(sandbox, CPP)
        with heard_by(steps.append):
            await run_twice(sandbox, CPP)
    assert (Stage.COMPILE, "cpp", "kept") in told(steps)
    assert (Stage.COMPILE, "cpp", "compiled") not in told(steps)


async def test_looking_at_a_language_is_nobodys_work(scripted):
    steps = []
    async with scripted.sandbox(scripted.launcher()) as sandbox:
        sandbox.survey.found.clear()
        with heard_by(steps.append), pytest.raises(LanguageUnavailable):
            await run_twice(sandbox, CPP)
    assert steps == []


async def test_pairs_are_told_too(scripted):
    steps = []
    party = Party(harness=Harness(modules=(("m", ""),), entry="m:f"), payload=b"")
    async with scripted.sandbox(scripted.launcher()) as sandbox:
        with heard_by(steps.append):
            await sandbox.run_pair(party, party)
    assert told(steps) == [(Stage.QUEUE, "", ""), (Stage.RUN, "python", "")]


async def test_the_scripted_sandbox_tells_the_same(scripted):
    async def steps_of(sandbox, program):
        steps = []
        with heard_by(steps.append):
            await run_twice(sandbox, program)
        return told(steps)

    fake = FakeSandbox(compile=lambda program: None if program is PYTHON else exited(0))
    async with scripted.sandbox(scripted.launcher()) as sandbox:
        for program in (PYTHON, CPP):
            assert await steps_of(fake, program) == await steps_of(sandbox, program)


async def test_listeners_hear_their_own_context_only():
    heard = {"one": [], "two": []}

    async def work(name):
        with heard_by(heard[name].append):
            with Timed(Stage.CHECK, name):
                await asyncio.sleep(0)
            await asyncio.create_task(deeper(name))

    async def deeper(name):
        with Timed(Stage.RUN, name):
            await asyncio.sleep(0)

    await asyncio.gather(work("one"), work("two"))
    for name, steps in heard.items():
        assert told(steps) == [(Stage.CHECK, name, ""), (Stage.RUN, name, "")]


async def test_what_fails_is_told_as_well():
    steps = []
    with heard_by(steps.append), pytest.raises(ValueError, match="no"), Timed(Stage.RUN):
        raise ValueError("no")
    assert told(steps) == [(Stage.RUN, "", "")]


async def test_figures_are_those_of_the_pool(scripted):
    sandbox: LocalSandbox
    async with scripted.sandbox(scripted.launcher(slots=1), tiers=tuple(Tier), spares=1) as sandbox:
        assert isinstance(sandbox, HasFigures)
        async with sandbox.on(Tier.FRESH).open(PYTHON) as session:
            await session.run(Invocation())
            waiting = asyncio.create_task(run_twice(sandbox, PYTHON))
            await scripted.eventually(lambda: sandbox.figures().waiting == 1)
            figures = sandbox.figures()
            assert (figures.slots, figures.in_use) == (1, {Tier.WARM: 0, Tier.FRESH: 1})
            assert figures.longest_wait_s >= 0
        await waiting
        await scripted.eventually(lambda: sandbox.figures().lost[Loss.WORN_OUT] == 1)
        figures = sandbox.figures()
        assert figures.runs == 3
        assert (figures.waiting, figures.longest_wait_s) == (0, 0)
        assert set(figures.lost) == set(Loss)
        await scripted.eventually(lambda: sandbox.figures().idle_runners == 2)
        assert sandbox.figures().launches == 3
