"""Sessions on a runner that a test has acquired itself."""

import asyncio

from sandbox.messages import Command, Opening, Turn
from sandbox.types import Invocation, Limits


def turn(limits=Limits(), **invocation):  # noqa: B008 - it cannot be changed
    return Turn(
        program=0,
        command=Command(argv=None, env={}),
        invocation=Invocation(**invocation),
        limits=limits,
    )


async def one_run(runner):
    """A whole session on a runner that has been acquired."""
    runner.begin()
    runner.open(0, Opening(files={"main.py": b""}, python_main="main.py"))
    execution = await runner.run(turn(stdin=b"x"))
    runner.close()
    return execution[0]


def now():
    return asyncio.get_running_loop().time()
