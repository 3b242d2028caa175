"""How containers of runners end: what that is put down to, and that none is left behind."""

import asyncio
import contextlib
import sys
import time

import pytest
from docker.errors import NotFound

from sandbox.errors import LaunchError
from sandbox.launchers import owner
from sandbox.launchers.base import Death
from sandbox.launchers.containers import OWNER_LABEL
from sandbox.launchers.docker import DockerAgent
from sandbox.types import MIB
from tests.sandbox.launchers.engines import (
    LAUNCH_AND_WAIT,
    agent_of,
    each_runtime,
    end_of,
    exists,
    gone,
    launcher_of,
    next_frame,
    run_in,
)

pytestmark = [pytest.mark.anyio, pytest.mark.docker]


def shortages(engine, container):
    """How often memory has run out in the container, up to the last full second."""
    filters = {"container": container, "event": "oom"}
    with contextlib.closing(
        engine.events(since=1, until=int(time.time()), filters=filters)
    ) as events:
        return len(list(events))


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
