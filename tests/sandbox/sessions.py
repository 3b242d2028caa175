"""Programs in scripted sandboxes, and agents that fail on purpose."""

import asyncio
from contextlib import asynccontextmanager

from sandbox.launchers.base import Death
from sandbox.types import Harness, Invocation, Program

PYTHON = Program(language="python", source="import numpy", files={"data": b"d"})


CPP = Program(language="c++", source="int main() {}")


HARNESS = Harness(modules=(("examiner", "..."),), entry="examiner:main")


def now():
    return asyncio.get_running_loop().time()


def inputs(count):
    return [Invocation(stdin=str(number).encode()) for number in range(count)]


async def run_once(sandbox, program=PYTHON, **options):
    async with sandbox.open(program, **options) as session:
        return await session.run(Invocation(stdin=b"in"))


@asynccontextmanager
async def a_session(scripted, program=PYTHON):
    async with scripted.sandbox(scripted.launcher()) as sandbox, sandbox.open(program) as session:
        yield session


def failing_on(scripted, op, act, times):
    """Agents of which the first `times` do `act` at the first request of kind `op`."""

    async def behave(agent, header, blobs):
        if header["op"] == op and agent.number <= times:
            act(agent)
        else:
            await scripted.polite(agent, header, blobs)

    return behave


def die(agent):
    agent.die()


def run_out_of_memory(agent):
    agent.die(Death.OUT_OF_MEMORY)


def hang(agent):
    pass


def give_up(agent):
    agent.send({"op": "broken", "detail": "cannot fork"})
