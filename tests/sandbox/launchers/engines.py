"""Containers of a real engine, for tests: started, asked, and waited for."""

import asyncio
import contextlib
import time

import pytest
from docker.errors import NotFound

from sandbox.agent import protocol
from sandbox.config import SandboxConfig
from sandbox.launchers.docker import DockerLauncher
from sandbox.types import MIB

each_runtime = pytest.mark.parametrize(
    "runtime", [None, pytest.param("runsc", marks=pytest.mark.gvisor)]
)

LAUNCH_AND_WAIT = """
import asyncio, sys
from sandbox.config import SandboxConfig
from sandbox.launchers.docker import DockerLauncher

async def main():
    launcher = DockerLauncher(SandboxConfig(runtime=sys.argv[1] or None))
    await launcher.start()
    agent = await launcher.launch()
    await agent.reader.readexactly(8)
    print(agent.id, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@contextlib.asynccontextmanager
async def launcher_of(**settings):
    launcher = DockerLauncher(SandboxConfig(**settings))
    await launcher.start()
    try:
        yield launcher
    finally:
        await launcher.close()


@contextlib.asynccontextmanager
async def agent_of(launcher):
    agent = await launcher.launch()
    try:
        yield agent
    finally:
        await agent.stop()


async def next_frame(agent):
    prefix = await agent.reader.readexactly(protocol.PREFIX.size)
    size, header_size = protocol.body_size(prefix)
    return protocol.decode(await agent.reader.readexactly(size), header_size)


async def end_of(agent):
    async with asyncio.timeout(20):
        while await agent.reader.read(MIB):
            pass


def exists(engine, container):
    try:
        engine.containers.get(container)
    except NotFound:
        return False
    return True


async def gone(engine, container, *, within_s=20):
    deadline = time.monotonic() + within_s
    while await asyncio.to_thread(exists, engine, container):
        assert time.monotonic() < deadline, f"container {container} is still there"
        await asyncio.sleep(0.05)


def run_in(engine, container, *command):
    return engine.containers.get(container).exec_run(command).output.decode()
