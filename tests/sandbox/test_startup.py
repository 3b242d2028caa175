"""Choosing a launcher, and starting a real sandbox with it."""

import asyncio

import pytest

import sandbox as public
from sandbox import Invocation, Program, SandboxConfig, SandboxUnavailable, Status, start
from sandbox.launchers.base import Availability
from sandbox.startup import availability, choose_launcher

pytestmark = pytest.mark.anyio


def looking_at(**available):
    """What `choose_launcher` finds: the launchers named here are possible, or not."""

    async def look(name, config):
        return Availability(available=available[name], detail=f"detail of {name}")

    return look


class TestChoice:
    async def test_is_docker_where_it_is_possible(self):
        look = looking_at(docker=True, namespaces=True)
        assert await choose_launcher(SandboxConfig(), look) == ("docker", "detail of docker")

    async def test_is_namespaces_elsewhere_and_says_why(self):
        name, reason = await choose_launcher(
            SandboxConfig(), looking_at(docker=False, namespaces=True)
        )
        assert name == "namespaces"
        assert "not docker, because detail of docker" in reason

    async def test_is_refused_without_isolation(self):
        with pytest.raises(SandboxUnavailable, match="no isolation is possible here") as caught:
            await choose_launcher(SandboxConfig(), looking_at(docker=False, namespaces=False))
        assert "detail of docker" in str(caught.value)
        assert "detail of namespaces" in str(caught.value)

    async def test_never_drops_a_runtime_that_was_asked_for(self):
        with pytest.raises(SandboxUnavailable, match="runsc"):
            await choose_launcher(
                SandboxConfig(runtime="runsc"), looking_at(docker=False, namespaces=True)
            )

    async def test_is_kept_to_when_it_was_made(self):
        config = SandboxConfig(launcher="namespaces")
        name, _ = await choose_launcher(config, looking_at(docker=True, namespaces=True))
        assert name == "namespaces"
        with pytest.raises(SandboxUnavailable, match="detail of namespaces"):
            await choose_launcher(config, looking_at(docker=True, namespaces=False))


async def test_a_socket_that_nobody_named_is_not_waited_at():
    with pytest.raises(SandboxUnavailable, match="socket"):
        async with start(SandboxConfig(launcher="socket")):
            pass


async def test_does_not_wait_for_runners_that_others_start(tmp_path):
    tmp_path.chmod(0o700)
    config = SandboxConfig(launcher="socket", socket=tmp_path / "runners.sock")
    async with asyncio.timeout(5), start(config) as sandbox:
        assert sandbox.info().slots == 0
        assert sandbox.info().launcher == "socket"
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
async def real():
    """A sandbox in namespaces of this machine."""
    config = SandboxConfig(launcher="namespaces", slots=1)
    found = await availability("namespaces", config)
    if not found.available:
        pytest.skip(found.detail)
    async with start(config) as sandbox:
        yield sandbox


@pytest.mark.namespaces
class TestReal:
    async def test_runs_python(self, real):
        program = Program(language="py", source="print(open('data').read() + input())")
        invocation = Invocation(stdin=b"stdin\n", files={"data": b"file and "})
        async with real.open(program) as session:
            execution = await session.run(invocation)
        assert (execution.status, execution.stdout) == (Status.EXITED, b"file and stdin\n")

    async def test_runs_each_input_in_a_fresh_process(self, real):
        source = "import os\nassert os.listdir() == ['main.py']\nopen('x', 'w')\nprint(input())"
        inputs = [Invocation(stdin=str(number).encode()) for number in range(5)]
        async with real.open(Program(language="python", source=source)) as session:
            executions = [execution async for execution in session.run_each(inputs)]
        assert [execution.stdout for execution in executions] == [
            b"0\n",
            b"1\n",
            b"2\n",
            b"3\n",
            b"4\n",
        ]

    async def test_knows_what_it_has(self, real):
        languages = {language.name: language for language in await real.languages()}
        assert languages["python"].available
        assert languages["python"].version.startswith("3.")
        assert real.info().walls

    async def test_compiles(self, real):
        languages = {language.name: language for language in await real.languages()}
        if not languages["cpp"].available:
            pytest.skip(languages["cpp"].reason)
        source = "#include <iostream>\nint main(int, char** a) { std::cout << a[1]; return 3; }"
        async with real.open(Program(language="cpp", source=source)) as session:
            assert session.compilation.succeeded
            execution = await session.run(Invocation(args=("x",)))
        assert (execution.exit_code, execution.stdout) == (3, b"x")


def test_the_public_names_are_there_and_sorted():
    assert public.__all__ == sorted(public.__all__)
    assert all(hasattr(public, name) for name in public.__all__)
