"""Runners in containers of a real engine: what is around them, and that none is left behind."""

import asyncio
import contextlib
import json
import socket
import sys
import time
from pathlib import Path

import docker
import pytest
from docker.errors import NotFound

from sandbox import messages
from sandbox.agent import protocol
from sandbox.config import SandboxConfig
from sandbox.errors import LaunchError, SandboxUnavailable
from sandbox.launchers import owner
from sandbox.launchers.base import Death
from sandbox.launchers.containers import OWNER_LABEL
from sandbox.launchers.docker import DockerAgent, DockerLauncher, availability
from sandbox.messages import Command, Opening, Turn
from sandbox.types import MIB, Invocation, Limits

pytestmark = [pytest.mark.anyio, pytest.mark.docker]

each_runtime = pytest.mark.parametrize(
    "runtime", [None, pytest.param("runsc", marks=pytest.mark.gvisor)]
)


@pytest.fixture
def engine():
    with contextlib.closing(docker.from_env()) as client:
        yield client


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


def shortages(engine, container):
    """How often memory has run out in the container, up to the last full second."""
    filters = {"container": container, "event": "oom"}
    with contextlib.closing(
        engine.events(since=1, until=int(time.time()), filters=filters)
    ) as events:
        return len(list(events))


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


@each_runtime
async def test_a_container_that_is_killed_ends_the_stream_for_reasons_unknown(engine, runtime):
    async with launcher_of(runtime=runtime) as launcher, agent_of(launcher) as agent:
        await next_frame(agent)
        engine.containers.get(agent.id).kill()
        await end_of(agent)
        assert await agent.death() is Death.UNKNOWN


async def test_an_agent_that_memory_ran_out_for_is_told_from_others(engine):
    settings = {"memory_bytes": MIB, "file_bytes": 600 * MIB}
    async with launcher_of(**settings) as launcher, agent_of(launcher) as agent:
        await next_frame(agent)
        # Files in memory have no process of their own to be killed for them.
        fill = "for place in /tmp /box /dev/shm; do dd if=/dev/zero of=$place/full bs=64k; done"
        await asyncio.to_thread(run_in, engine, agent.id, "sh", "-c", fill)
        await end_of(agent)
        assert await agent.death() is Death.OUT_OF_MEMORY


async def test_a_submission_that_memory_ran_out_for_does_not_explain_a_later_death(engine):
    settings = {"memory_bytes": MIB, "file_bytes": MIB}
    async with launcher_of(**settings) as launcher, agent_of(launcher) as agent:
        await next_frame(agent)
        hog = "open('/proc/self/oom_score_adj', 'w').write('1000'); b'x' * (2 << 30)"
        await asyncio.to_thread(run_in, engine, agent.id, "python3", "-c", hog)
        await asyncio.sleep(1.5)
        assert shortages(engine, agent.id) == 1
        engine.containers.get(agent.id).kill()
        await end_of(agent)
        assert await agent.death() is Death.UNKNOWN


class SlowEngine:
    """Tells of these events, some seconds apart; one that is asked for more than comes is stuck."""

    def __init__(self, told):
        self.told = told

    def events(self, *, filters, **_):
        for at_s, action in self.told:
            if action in filters["event"]:
                yield {"Action": action, "timeNano": int(1e18 + at_s * 1e9)}
        pytest.fail("waited for more than the death")


@pytest.mark.parametrize(
    ("told", "death"),
    [
        ([(0, "oom"), (3.6, "die")], Death.OUT_OF_MEMORY),
        ([(0, "oom"), (1, "oom"), (5.5, "die"), (5.6, "oom")], Death.OUT_OF_MEMORY),
        ([(0, "oom"), (60, "die")], Death.UNKNOWN),
        ([(0, "oom"), (0.1, "kill"), (0.2, "die")], Death.UNKNOWN),
        ([(0, "kill"), (0.1, "oom"), (3.6, "die")], Death.OUT_OF_MEMORY),
        ([(0, "die"), (0.1, "oom")], Death.UNKNOWN),
    ],
)
async def test_a_shortage_explains_a_death_that_an_engine_tells_of_seconds_later(told, death):
    agent = DockerAgent(SlowEngine(told), "a-container", (None, None, None))
    assert await agent.death() is death


@each_runtime
async def test_a_service_that_is_killed_leaves_no_container(engine, runtime):
    service = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", LAUNCH_AND_WAIT, runtime or ""), stdout=asyncio.subprocess.PIPE
    )
    container = (await service.stdout.readline()).decode().strip()
    assert exists(engine, container)
    service.kill()
    await service.communicate()
    await gone(engine, container)


@pytest.fixture
def container_of(engine):
    """Creates a container that never starts, as somebody left it."""
    made = []

    def create(name):
        made.append(engine.containers.create("rewardbox-runner", labels={OWNER_LABEL: name}))
        return made[-1].id

    yield create
    for container in made:
        with contextlib.suppress(NotFound):
            container.remove(force=True)


async def test_starting_removes_what_the_dead_left_and_only_that(engine, container_of):
    code = "from sandbox.launchers import owner; print(owner.this_process())"
    dead = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code), stdout=asyncio.subprocess.PIPE
    )
    name, _ = await dead.communicate()
    left = container_of(name.decode().strip())
    ours = container_of(owner.this_process())
    elsewhere = container_of("another/machine/1/1")
    async with launcher_of():
        assert not exists(engine, left)
        assert exists(engine, ours)
        assert exists(engine, elsewhere)


@pytest.mark.parametrize("after_s", [0, 0.02, 0.05, 0.1, 0.2])
async def test_a_launch_that_is_cancelled_leaves_nothing(engine, after_s):
    mine = {"label": f"{OWNER_LABEL}={owner.this_process()}"}
    before = {
        each.id for each in engine.containers.list(all=True, filters=mine, ignore_removed=True)
    }
    async with launcher_of() as launcher:
        launch = asyncio.create_task(launcher.launch())
        await asyncio.sleep(after_s)
        launch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await (await launch).stop()
        assert {
            each.id for each in engine.containers.list(all=True, filters=mine, ignore_removed=True)
        } <= before


async def test_an_engine_that_refuses_is_a_failure_to_launch_and_leaves_nothing(engine):
    mine = {"label": f"{OWNER_LABEL}={owner.this_process()}"}
    before = len(engine.containers.list(all=True, filters=mine, ignore_removed=True))
    async with launcher_of(memory_bytes=1 << 70) as launcher:
        with pytest.raises(LaunchError):
            await launcher.launch()
    assert len(engine.containers.list(all=True, filters=mine, ignore_removed=True)) == before


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
