"""The docker launcher under the whole sandbox and the whole service, and the images they use."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import docker
import pytest

from sandbox import Invocation, Limits, Program, Status
from sandbox.config import SandboxConfig
from sandbox.launchers.containers import OWNER_LABEL
from sandbox.runner import Loss
from sandbox.startup import start
from sandbox.types import MIB

pytestmark = [pytest.mark.anyio, pytest.mark.docker]

ROOT = Path(__file__).parents[2]

each_runtime = pytest.mark.parametrize(
    "runtime", [None, pytest.param("runsc", marks=pytest.mark.gvisor)]
)


@pytest.fixture
def engine():
    with contextlib.closing(docker.from_env()) as client:
        yield client


def runners(engine, pid, *, started=False):
    """The containers that a process of this machine has on this engine."""
    found = engine.api.containers(all=not started, filters={"label": OWNER_LABEL})
    return {each["Id"] for each in found if each["Labels"][OWNER_LABEL].split("/")[-2] == str(pid)}


async def runners_once_started(engine, pid):
    """The same, when those that sandboxes of other tests are starting have started."""
    while (found := runners(engine, pid)) != runners(engine, pid, started=True):  # noqa: ASYNC110 - see below
        await asyncio.sleep(0.05)  # they are not ours: nothing tells us when they have
    return found


def docker_config(**settings):
    return SandboxConfig(launcher="docker", **{"slots": 1, "spares": 0, **settings})


async def run(sandbox, source, **settings):
    async with sandbox.open(Program(language="python", source=source), **settings) as session:
        return await session.run(Invocation())


@each_runtime
async def test_a_program_has_no_rights_at_all(runtime):
    source = """
import os
status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
print(int(status["CapEff"], 16), os.getuid() > 0, os.getgid() > 0, os.getgroups())
"""
    async with start(docker_config(runtime=runtime)) as sandbox:
        assert (await run(sandbox, source)).stdout == b"0 True True []\n"


@each_runtime
async def test_what_ran_in_a_container_that_was_killed_runs_again_in_another(engine, runtime):
    before = await runners_once_started(engine, os.getpid())
    async with start(docker_config(runtime=runtime)) as sandbox:
        running = asyncio.create_task(run(sandbox, "import time; time.sleep(2); print('done')"))
        await asyncio.sleep(1)
        for container in runners(engine, os.getpid()) - before:
            engine.containers.get(container).kill()
        assert (await running).stdout == b"done\n"
        assert sandbox.pool.stats.lost[Loss.DIED] == 1
    assert runners(engine, os.getpid()) == before


async def test_a_program_that_wants_all_memory_gets_its_verdict_and_the_runner_lives():
    limits = Limits(memory_bytes=64 * MIB)
    async with start(docker_config()) as sandbox:
        hog = await run(sandbox, "x = b'x' * (1 << 32)", limits=limits)
        assert hog.status is Status.MEMORY_LIMIT_EXCEEDED
        assert (await run(sandbox, "print(1)")).stdout == b"1\n"
        assert sandbox.pool.stats.launched == 1


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_service_that_is_stopped_leaves_no_container(engine, running_under, how):
    with running_under("docker") as service:
        owner = service.process.pid
        assert runners(engine, owner)
        service.process.send_signal(how)
        service.process.wait(60)
    deadline = time.monotonic() + 20
    while runners(engine, owner):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def in_image(engine, image, *command):
    output = engine.containers.run(
        image, list(command), network_mode="none", read_only=True, remove=True
    )
    return output.decode()


def test_the_runner_image_has_no_program_that_gives_rights(engine):
    found = in_image(
        engine, "rewardbox-runner", "find", "/", "-xdev", "-type", "f", "-perm", "/6000"
    )
    assert found == ""


def test_the_runner_image_has_all_byte_code_because_nothing_can_be_written_later(engine):
    source = """
import importlib.util, pathlib
places = ["/opt/rewardbox", "/usr/lib/python3", "/usr/lib/python3.13"]
modules = [each for place in places for each in pathlib.Path(place).rglob("*.py")]
modules = [each for each in modules if "test" not in each.parts and "tests" not in each.parts]
assert len(modules) > 1000
for module in modules:
    if not pathlib.Path(importlib.util.cache_from_source(module)).exists():
        print(module)
"""
    assert in_image(engine, "rewardbox-runner", "python3", "-c", source) == ""


def test_the_agent_in_the_image_is_the_one_in_the_sources(engine):
    """An image that was not built again after a change makes every other test here meaningless."""
    source = """
import hashlib, json, pathlib, sys
files = sorted(pathlib.Path(sys.argv[1]).glob("*.py"))
print(json.dumps({file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}))
"""
    agent = ROOT / "sandbox" / "agent"
    here = subprocess.check_output([sys.executable, "-c", source, agent], text=True)
    there = in_image(engine, "rewardbox-runner", "python3", "-c", source, "agent")
    assert json.loads(there) == json.loads(here), "build the images again: make images"


@pytest.mark.parametrize("launcher", ["docker", pytest.param("gvisor", marks=pytest.mark.gvisor)])
def test_processes_share_runners_however_these_are_reached(running_under, launcher):
    item = {
        "verifier": "code.stdio",
        "completion": "print(int(input()) + 1)",
        "options": {"extract": "whole", "cache": False},
    }
    items = [
        {**item, "reference": {"tests": [{"stdin": str(n), "stdout": str(n + 1)}]}}
        for n in range(12)
    ]
    settings = {"processes": "2", "slots": "2", "prepare_compilers": "false"}
    with running_under(launcher, **settings) as service:
        assert [result["reward"] for result in service.score(items)] == [1.0] * len(items)
