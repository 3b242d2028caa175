"""Runners that connect to a Unix socket by themselves: who may, and what becomes of them."""

import asyncio
import os
import socket

import pytest

from sandbox.config import SandboxConfig
from sandbox.errors import LaunchError, SandboxUnavailable
from sandbox.launchers.base import Death
from sandbox.launchers.socket import SocketLauncher, availability

pytestmark = pytest.mark.anyio

STRANGER = 20_000


@pytest.fixture
def path(tmp_path):
    directory = tmp_path / "sockets"
    directory.mkdir(mode=0o750)
    return directory / "agents.sock"


@pytest.fixture
async def launcher(path):
    launcher = SocketLauncher(SandboxConfig(socket=path))
    await launcher.start()
    yield launcher
    await launcher.close()


@pytest.mark.parametrize(("slots", "at_once"), [(3, 3), (None, os.cpu_count())])
def test_no_more_runners_are_used_at_once_than_there_are_slots(path, slots, at_once):
    assert SocketLauncher(SandboxConfig(socket=path, slots=slots)).at_once == at_once


class Runner:
    """The end of a connection that an agent would have."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.socket.settimeout(5)

    def __enter__(self):
        return self.socket

    def __exit__(self, *_):
        self.socket.close()


async def test_a_runner_that_connects_is_what_launch_returns(launcher, path):
    with Runner(path) as runner:
        agent = await launcher.launch()
        runner.sendall(b"hello")
        assert await agent.reader.readexactly(5) == b"hello"
        agent.writer.write(b"request")
        await agent.writer.drain()
        assert runner.recv(100) == b"request"
        await agent.stop()


async def test_each_launch_waits_for_a_runner_of_its_own(launcher, path):
    launches = [asyncio.create_task(launcher.launch()) for _ in range(3)]
    await asyncio.sleep(0.05)
    assert not any(launch.done() for launch in launches)
    with Runner(path), Runner(path), Runner(path):
        agents = await asyncio.wait_for(asyncio.gather(*launches), 5)
        assert len({agent.id for agent in agents}) == 3
        for agent in agents:
            await agent.stop()


async def test_a_cancelled_launch_takes_no_runner_with_it(launcher, path):
    launch = asyncio.create_task(launcher.launch())
    await asyncio.sleep(0.01)
    launch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await launch
    with Runner(path) as runner:
        agent = await asyncio.wait_for(launcher.launch(), 5)
        runner.sendall(b"!")
        assert await agent.reader.readexactly(1) == b"!"
        await agent.stop()


async def test_stopping_ends_the_runners_input(launcher, path):
    with Runner(path) as runner:
        agent = await launcher.launch()
        await agent.stop()
        await agent.stop()
        assert runner.recv(1) == b""


async def test_a_runner_that_goes_away_is_seen_to_and_nobody_knows_why(launcher, path):
    with Runner(path):
        agent = await launcher.launch()
    assert await agent.reader.read() == b""
    assert await agent.death() is Death.UNKNOWN
    await agent.stop()


async def test_only_the_group_may_connect(launcher, path):
    assert path.stat().st_mode & 0o777 == 0o660


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
async def test_a_stranger_who_got_into_the_directory_is_refused_all_the_same(launcher, path):
    path.chmod(0o666)
    for place in path.parents[:-2]:  # all below /tmp
        place.chmod(place.stat().st_mode | 0o011)
    launch = asyncio.create_task(launcher.launch())
    with socket.socket(socket.AF_UNIX) as intruder:
        os.seteuid(STRANGER)
        try:
            intruder.connect(str(path))
        finally:
            os.seteuid(0)
        intruder.settimeout(5)
        assert await asyncio.to_thread(intruder.recv, 1) == b""
    assert not launch.done()
    with Runner(path):
        await (await launch).stop()


async def test_closing_removes_the_socket(launcher, path):
    assert path.is_socket()
    await launcher.close()
    assert not path.exists()
    await launcher.close()


async def test_closing_leaves_a_socket_alone_that_somebody_else_put_there(launcher, path):
    path.unlink()
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        await launcher.close()
    assert path.is_socket()


async def test_a_socket_left_by_a_dead_service_is_replaced(path):
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    launcher = SocketLauncher(SandboxConfig(socket=path))
    await launcher.start()
    with Runner(path):
        await (await launcher.launch()).stop()
    await launcher.close()


async def test_a_socket_of_a_living_service_is_not(launcher, path):
    with pytest.raises(SandboxUnavailable, match="another service"):
        await SocketLauncher(SandboxConfig(socket=path)).start()
    assert path.is_socket()


async def test_a_file_that_is_no_socket_is_never_removed(path):
    path.write_text("precious")
    with pytest.raises(SandboxUnavailable, match="no socket"):
        await SocketLauncher(SandboxConfig(socket=path)).start()
    assert path.read_text() == "precious"


async def test_launching_before_starting_is_an_error(path):
    with pytest.raises(LaunchError):
        await SocketLauncher(SandboxConfig(socket=path)).launch()


def directory_with_mode(mode):
    return lambda directory: directory.chmod(mode)


def directory_missing(directory):
    directory.rmdir()


def directory_linked(directory):
    directory.rename(directory.with_name("elsewhere"))
    directory.symlink_to(directory.with_name("elsewhere"))


def directory_of_a_stranger(directory):
    os.chown(directory, STRANGER, STRANGER)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(directory_with_mode(0o755), id="others may read it"),
        pytest.param(directory_with_mode(0o751), id="others may pass through it"),
        pytest.param(directory_with_mode(0o770), id="the group may replace the socket"),
        pytest.param(directory_missing, id="it does not exist"),
        pytest.param(directory_linked, id="it is a link"),
        pytest.param(
            directory_of_a_stranger,
            id="it is somebody else's",
            marks=pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away"),
        ),
    ],
)
async def test_a_directory_that_strangers_could_use_is_refused(path, spoil):
    spoil(path.parent)
    config = SandboxConfig(socket=path)
    with pytest.raises(SandboxUnavailable, match="install -d -m 0750"):
        await SocketLauncher(config).start()
    assert not (await availability(config)).available


async def test_availability_asks_for_a_path_and_leaves_nothing_behind(path):
    assert "set `socket`" in (await availability(SandboxConfig())).detail
    assert (await availability(SandboxConfig(socket=path))).available
    assert list(path.parent.iterdir()) == []
