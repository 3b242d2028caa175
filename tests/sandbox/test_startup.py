"""Choosing a launcher, and what starting a sandbox waits for."""

import asyncio
import itertools
import logging

import pytest

import sandbox as public
from sandbox import SandboxConfig, SandboxUnavailable, Tier, start, startup
from sandbox.launchers.base import Availability
from sandbox.startup import choose_launcher

pytestmark = pytest.mark.anyio

BOTH = (Tier.WARM, Tier.FRESH)


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


class TestStarting:
    """With a launcher of scripted agents in place of a real one."""

    @pytest.fixture
    def launcher(self, scripted, monkeypatch):
        async def choose(config):
            return "namespaces", "for a test"

        launcher = scripted.launcher()
        monkeypatch.setattr(startup, "choose_launcher", choose)
        monkeypatch.setattr(startup, "make_launcher", lambda name, config: launcher)
        return launcher

    async def test_is_refused_where_no_runner_has_its_walls(self, launcher):
        launcher.greeting["walls"] = ["own uid", "rlimits"]
        with pytest.raises(SandboxUnavailable, match="without the wall 'seccomp': the kernel must"):
            async with start(SandboxConfig(launch_patience_s=0.2)):
                pass
        assert launcher.stopped == launcher.agents

    async def test_tries_every_tier_and_names_one_that_cannot_be_given(self, launcher, scripted):
        # Python's greeting, then the trial of `warm`; what the trial of `fresh` gets is lost.
        runs = itertools.count(1)

        async def only_warm(agent, header, blobs):
            if header["op"] != "run":
                await scripted.polite(agent, header, blobs)
            elif next(runs) <= 2:
                agent.send_ran(header, stdout=b"hello")
            else:
                agent.die()

        launcher.behave = only_warm
        with pytest.raises(SandboxUnavailable, match="cannot give the tier fresh: "):
            async with start(SandboxConfig(tiers=BOTH)):
                pass
        assert launcher.stopped == launcher.agents

    async def test_tells_the_walls_and_the_tiers_once(self, launcher, scripted, caplog):
        async def greet(agent, header, blobs):
            if header["op"] == "run":
                agent.send_ran(header, stdout=b"hello")
            else:
                await scripted.polite(agent, header, blobs)

        launcher.behave, launcher.slots = greet, 2
        with caplog.at_level(logging.INFO):
            async with start(SandboxConfig(tiers=BOTH)):
                pass
        assert caplog.text.count("no new privileges, seccomp") == 1
        assert caplog.text.count("tiers warm, fresh") == 1

    async def test_is_refused_where_fresh_would_have_no_runners_beside_warm(self, launcher):
        config = SandboxConfig(tiers=BOTH, spares=0)
        with pytest.raises(SandboxUnavailable, match="set spare_runners above 0"):
            async with start(config):
                pass
        launcher.slots = None
        with pytest.raises(SandboxUnavailable, match="offer one of them"):
            async with start(SandboxConfig(tiers=BOTH)):
                pass
        assert launcher.agents == []


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


def test_the_public_names_are_there_and_sorted():
    assert public.__all__ == sorted(public.__all__)
    assert all(hasattr(public, name) for name in public.__all__)
