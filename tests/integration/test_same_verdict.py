"""The same batch has the same verdicts, however many ask at once and whoever else is busy."""

import asyncio
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from app.main import create_app
from app.settings import Settings
from sandbox import Invocation, Program

pytestmark = [pytest.mark.anyio, pytest.mark.namespaces, pytest.mark.xdist_group("namespaces")]

ROOT = Path(__file__).parents[2]
SUBMISSIONS = ROOT / ".venv-submissions" / "bin" / "python"
COPIES = 2
HOGS = 4

TESTS = {"tests": [{"stdin": f"{n} {n}\n", "stdout": f"{2 * n}\n"} for n in range(3)]}
PROGRAMS = {
    "accepted": "print(sum(map(int, input().split())))",
    "wrong_answer": "print(sum(map(int, input().split())) or 1)",
    "runtime_error": "raise ValueError(input())",
    "time_limit_exceeded": "while True: pass",
    "memory_limit_exceeded": "print(len(bytearray(1 << 30)))",
}
HALF_OF_ITS_TIME = """
import time
while time.process_time() < 0.25:
    pass
print(sum(map(int, input().split())))
"""


def item(verifier, completion, reference, **options):
    return {
        "verifier": verifier,
        "completion": completion,
        "reference": reference,
        "options": {"cache": False, **options},
    }


def items():
    limits = {"cpu_s": 0.5, "wall_s": 60, "memory_bytes": 64 * 1024 * 1024}
    programs = [*PROGRAMS.values(), HALF_OF_ITS_TIME]
    calls = {
        "tests": ["assert add(1, 2) == 3", "import random\nassert add(random.random(), 0) < 1"]
    }
    one_round = [
        *(item("code.stdio", f"```python\n{text}\n```", TESTS, limits=limits) for text in programs),
        item("code.asserts", "def add(a, b):\n    return a + b", calls, extract="whole"),
        item("code.asserts", "def add(a, b):\n    return 3", calls, extract="whole"),
        item("math", "It is $\\boxed{\\frac{2}{4}}$.", "0.5"),
        item("math", "It is $\\boxed{3}$.", "0.5"),
        item("text.exact", "42", "42"),
        item("code.stdio", "There is no program.", TESTS),
    ]
    return one_round * COPIES


@pytest.fixture
async def client():
    app = create_app(Settings(launcher="namespaces", python=SUBMISSIONS, slots=2, workers=1))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://rewardbox"
        ) as opened,
    ):
        opened.app = app  # type: ignore[attr-defined] # to look into it
        yield opened


async def verdicts(client, *, at_once):
    limiter = asyncio.Semaphore(at_once)

    async def score(posted):
        async with limiter:
            result = (await client.post("/v1/score", json=posted, timeout=None)).json()
            assert result["error"] is None, result["error"]
            tests = [test["verdict"] for test in result["tests"]]
            return result["verdict"], result["reward"], tests

    return await asyncio.gather(*map(score, items()))


@contextmanager
def hogs():
    """Processes of somebody else that take all the time they can get."""
    command = [sys.executable, "-I", "-S", "-c", "while True: pass"]
    processes = [subprocess.Popen(command) for _ in range(HOGS)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


async def test_neither_connections_nor_load_change_a_verdict(client):
    alone = await verdicts(client, at_once=1)

    assert [verdict for verdict, _, _ in alone[: len(PROGRAMS) + 1]] == [*PROGRAMS, "accepted"]
    assert await verdicts(client, at_once=64) == alone
    with hogs():
        assert await verdicts(client, at_once=64) == alone


SURROUNDINGS = """
import locale, os, random, sys, time
print(hash("text"), hash(b"bytes"), list({"a", "b", "c", "d"}))
print(random.random(), random.randrange(1 << 60))
print(time.tzname, time.localtime(0).tm_hour, locale.getlocale(), sys.stdout.encoding)
print({name: text for name, text in os.environ.items() if name != "HOME"})
"""


async def test_programs_find_the_same_surroundings_on_every_runner_and_in_every_run(client):
    sandbox = client.app.state.service.sandbox
    program = Program(language="python", source=SURROUNDINGS)
    async with sandbox.open(program) as one, sandbox.open(program) as other:
        seen = {(await session.run(Invocation())).stdout for session in (one, one, other, other)}

    assert len(seen) == 1
    clock = seen.pop().decode().splitlines()[2]
    assert clock.startswith("('UTC', 'UTC') 0 ")
    assert clock.endswith("'UTF-8') utf-8")
