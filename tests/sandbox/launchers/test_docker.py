"""Runners in containers of a real engine: what is around them, and which engine that is."""

import asyncio
import contextlib
import json
import socket
import sys
from pathlib import Path

import pytest

from sandbox import messages
from sandbox.agent import protocol
from sandbox.config import SandboxConfig
from sandbox.errors import LaunchError, SandboxUnavailable
from sandbox.launchers.docker import DockerLauncher, availability
from sandbox.messages import Command, Opening, Turn
from sandbox.types import MIB, Invocation, Limits
from tests.sandbox.launchers.engines import (
    LAUNCH_AND_WAIT,
    agent_of,
    each_runtime,
    exists,
    gone,
    launcher_of,
    next_frame,
    run_in,
)

pytestmark = [pytest.mark.anyio, pytest.mark.docker]


@each_runtime
async def test_an_agent_greets_and_answers_and_stopping_it_leaves_nothing(engine, runtime):
    async with launcher_of(runtime=runtime) as launcher:
        agent = await launcher.launch()
        hello, _ = await next_frame(agent)
        assert (hello["op"], hello["version"]) == ("hello", protocol.VERSION)
        agent.writer.write(protocol.encode({"op": "close", "id": 7}))
        closed, _ = await next_frame(agent)
        assert (closed["op"], closed["id"], closed["clean"]) == ("closed", 7, True)
        assert exists(engine, agent.id)
        await agent.stop()
        assert not exists(engine, agent.id)
        await agent.stop()


@each_runtime
async def test_an_agent_that_is_not_clean_runs_nothing_more(engine, runtime):
    async with launcher_of(runtime=runtime) as launcher, agent_of(launcher) as agent:
        await next_frame(agent)
        run_in(engine, agent.id, "touch", "/box/left-behind")
        opening = Opening(files={"main.py": b"print(1)"}, python_main="main.py")
        turn = Turn(
            program=0,
            command=Command(argv=None, env={}),
            invocation=Invocation(),
            limits=Limits(),
        )
        requests = [
            messages.close_request(7),
            messages.open_request(8, 0, opening),
            messages.run_request(8, 0, [turn]),
        ]
        agent.writer.write(b"".join(protocol.encode(*request) for request in requests))
        closed, _ = await next_frame(agent)
        assert (closed["op"], closed["clean"]) == ("closed", False)
        assert "/box/left-behind" in closed["detail"]
        assert await agent.reader.read() == b""


@each_runtime
async def test_the_agent_has_three_capabilities_and_no_way_to_more(engine, runtime):
    async with launcher_of(runtime=runtime) as launcher, agent_of(launcher) as agent:
        await next_frame(agent)
        lines = run_in(engine, agent.id, "cat", "/proc/1/status").splitlines()
        status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        kill, setgid, setuid = 5, 6, 7
        wanted = sum(1 << each for each in (kill, setgid, setuid))
        assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == wanted
        if runtime is None:  # gVisor has a wall of its own instead of these
            assert status["NoNewPrivs"] == "1"
            assert status["Seccomp"] == "2"


ATTEMPTS = """
import json, socket

def attempt(what, *args):
    try:
        what(*args)
    except OSError as error:
        return type(error).__name__
    return "worked"

def connect():
    with socket.socket() as client:
        client.settimeout(3)
        client.connect(("192.0.2.1", 80))

def write(place, size):
    with open(place + "/file", "wb") as file:
        file.write(bytes(size))

scratch = ("/box", "/tmp", "/dev/shm")
print(json.dumps({
    "connect": attempt(connect),
    "interfaces": [name for _, name in socket.if_nameindex()],
    "write": [attempt(write, place, 1) for place in ("", "/opt/rewardbox", "/etc")],
    "write to scratch": [attempt(write, place, 1) for place in scratch],
    "fill scratch": [attempt(write, place, 9 << 20) for place in scratch],
}))
"""


@each_runtime
async def test_nothing_can_be_reached_and_nothing_but_scratch_space_be_written(engine, runtime):
    settings = {"runtime": runtime, "file_bytes": 8 * MIB}
    async with launcher_of(**settings) as launcher, agent_of(launcher) as agent:
        await next_frame(agent)
        found = json.loads(run_in(engine, agent.id, "python3", "-c", ATTEMPTS))
        assert found["connect"] in ("OSError", "TimeoutError")
        assert set(found["interfaces"]) <= {"lo"}
        assert found["write"] == ["OSError"] * 3
        assert found["write to scratch"] == ["worked"] * 3
        assert found["fill scratch"] == ["OSError"] * 3


async def test_the_container_is_bounded_and_tied_to_nothing_of_the_host(engine):
    settings = {"memory_bytes": 300 * MIB, "file_bytes": 10 * MIB, "processes": 50}
    async with launcher_of(**settings) as launcher, agent_of(launcher) as agent:
        found = engine.containers.get(agent.id).attrs
        host = found["HostConfig"]
        assert 300 * MIB < host["Memory"] == host["MemorySwap"] < 1000 * MIB
        assert 50 < host["PidsLimit"] < 100
        assert host["NanoCpus"] == 1_000_000_000
        assert host["LogConfig"]["Type"] == "none"
        assert not host["Privileged"]
        assert not host["Binds"]
        (mount,) = found["Mounts"]
        assert (mount["Destination"], mount["RW"]) == ("/run/rewardbox", False)


async def test_nothing_is_left_of_the_place_where_an_agent_was_met(engine):
    async with launcher_of() as launcher, agent_of(launcher) as agent:
        await next_frame(agent)
        assert agent.writer.get_extra_info("socket").family == socket.AF_UNIX
        found = engine.containers.get(agent.id).attrs
        assert not found["Config"]["OpenStdin"]
        (mount,) = found["Mounts"]
        assert not Path(mount["Source"]).parent.exists()
        assert run_in(engine, agent.id, "ls", "-A", "/run/rewardbox") == ""


@pytest.mark.parametrize(
    "how", [pytest.param("gvisor", marks=pytest.mark.gvisor), "an engine that sees other files"]
)
async def test_what_cannot_be_met_is_reached_by_its_standard_streams(engine, how, tmp_path):
    command = [sys.executable, "-c", LAUNCH_AND_WAIT, "runsc" if how == "gvisor" else ""]
    if how != "gvisor":
        apart = 'mount -t tmpfs apart "$0" && TMPDIR=$0 exec "$@"'
        private = ["unshare", "--map-root-user", "--mount", "sh", "-c", apart, str(tmp_path)]
        command = [*private, *command]
    service = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    container = (await service.stdout.readline()).decode().strip()
    found = engine.containers.get(container).attrs
    assert found["Config"]["OpenStdin"]
    assert not found["Mounts"]
    service.kill()
    await service.communicate()
    await gone(engine, container)


@contextlib.asynccontextmanager
async def engine_over_tcp(path="/var/run/docker.sock"):
    """Forwards a TCP port to the engine's own socket; yields the port."""
    connections = set()

    async def copy(reader, writer):
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
            writer.write_eof()

    async def forward(reader, writer):
        connections.add(asyncio.current_task())
        there_reader, there_writer = await asyncio.open_unix_connection(path)
        try:
            await asyncio.gather(copy(reader, there_writer), copy(there_reader, writer))
        finally:
            writer.close()
            there_writer.close()

    server = await asyncio.start_server(forward, "127.0.0.1")
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


async def test_an_engine_elsewhere_works_the_same_without_delays(monkeypatch, engine):
    async with engine_over_tcp() as port:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{port}")
        async with launcher_of() as launcher:
            assert launcher.slots == engine.info()["NCPU"]
            async with agent_of(launcher) as agent:
                assert (await next_frame(agent))[0]["op"] == "hello"
                connection = agent.writer.get_extra_info("socket")
                assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def refusal(**settings):
    """Why this cannot be used: what availability and starting say, which must be the same."""
    config = SandboxConfig(**settings)
    found = await availability(config)
    assert not found.available
    with pytest.raises(SandboxUnavailable) as caught:
        await DockerLauncher(config).start()
    assert str(caught.value) == found.detail
    return found.detail


async def test_an_image_that_is_missing_is_named_with_the_remedy():
    assert "make images" in await refusal(image="rewardbox-no-such-image")


async def test_a_runtime_that_is_missing_is_named():
    assert "no-such-runtime" in await refusal(runtime="no-such-runtime")


@pytest.mark.parametrize(
    ("host", "remedy"),
    [
        ("unix:///nonexistent.sock", "apt install docker.io"),
        ("tcp://127.0.0.1:1", "DOCKER_HOST"),
        ("nonsense", "DOCKER_HOST"),
    ],
)
async def test_an_engine_that_does_not_answer_is_said_with_the_remedy(monkeypatch, host, remedy):
    monkeypatch.setenv("DOCKER_HOST", host)
    detail = await refusal()
    assert remedy in detail
    assert host in detail


async def test_what_can_be_used_says_so():
    found = await availability(SandboxConfig())
    assert found.available
    assert "rewardbox-runner" in found.detail


async def test_launching_before_starting_is_an_error():
    with pytest.raises(LaunchError):
        await DockerLauncher(SandboxConfig()).launch()
