"""What programs write comes whole, however soon they end, and up to the limit."""

import pytest

from sandbox import Invocation, Limits, Program, SandboxConfig, Status, start
from sandbox.types import MIB

pytestmark = pytest.mark.anyio

LIMIT = 1000


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(launcher, marks=getattr(pytest.mark, launcher))
        for launcher in ("namespaces", "docker")
    ],
)
async def sandbox(request):
    async with start(SandboxConfig(launcher=request.param, slots=1)) as sandbox:
        yield sandbox


async def run(sandbox, source, **limits):
    program = Program(language="python", source=source)
    async with sandbox.open(program, limits=Limits(**limits)) as session:
        return await session.run(Invocation())


@pytest.mark.parametrize("number", [1, 2])
async def test_one_that_ends_at_once_may_write_as_much_as_the_limit(sandbox, number):
    execution = await run(sandbox, f"import os; os.write({number}, b'x' * 1000)", output_bytes=1000)
    assert execution.status is Status.EXITED
    assert len(execution.stdout + execution.stderr) == LIMIT


@pytest.mark.parametrize("end", ["", "; os._exit(1)", "; os.kill(os.getpid(), 9)"])
async def test_one_that_ends_at_once_is_told_that_it_wrote_more(sandbox, end):
    source = f"import os; os.write(1, b'x' * 1001){end}"
    execution = await run(sandbox, source, output_bytes=LIMIT)
    assert execution.status is Status.OUTPUT_LIMIT_EXCEEDED
    assert execution.stdout == b"x" * LIMIT


async def test_both_streams_count_together(sandbox):
    source = "import os; os.write(1, b'x' * 600); os.write(2, b'y' * 401)"
    execution = await run(sandbox, source, output_bytes=LIMIT)
    assert execution.status is Status.OUTPUT_LIMIT_EXCEEDED
    assert (execution.stdout, execution.stderr) == (b"x" * 599, b"y" * 401)


@pytest.mark.parametrize("pieces", [1, 1000])
async def test_more_than_a_pipe_holds_comes_whole(sandbox, pieces):
    source = (
        "import os, sys\n"
        f"for n in range({pieces}):\n"
        f"    sys.stdout.write('o' * ({MIB} // {pieces}))\n"
        f"    sys.stderr.write('e' * ({MIB} // {pieces}))\n"
    )
    execution = await run(sandbox, source, output_bytes=4 * MIB)
    assert execution.succeeded
    assert len(execution.stdout) == len(execution.stderr) == MIB // pieces * pieces


async def test_what_was_written_long_before_the_end_comes_too(sandbox):
    source = (
        "import os, time\n"
        "os.write(1, b'early'); os.close(1); time.sleep(0.05); os.write(2, b'late')\n"
    )
    execution = await run(sandbox, source)
    assert (execution.stdout, execution.stderr) == (b"early", b"late")


async def test_children_that_hold_the_streams_open_are_not_waited_for(sandbox):
    source = (
        "import os, time\n"
        "print('parent', flush=True)\n"
        "if os.fork() == 0:\n"
        "    os.write(1, b'child\\n')\n"
        "    time.sleep(60)\n"
        "time.sleep(0.2)\n"
    )
    execution = await run(sandbox, source)
    assert execution.succeeded
    assert execution.stdout == b"parent\nchild\n"
    assert execution.wall_s < 10
