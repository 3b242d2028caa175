"""Runners as containers of a Docker engine, local or remote, under any runtime it has.

The engine is asked for nothing but containers and connections to their standard streams: no
published ports, and one mount, of the socket at which a container of this machine is met. Where
that cannot be (an engine elsewhere, a service in a container, gVisor) the standard streams are
used. A container lives and dies with its connection: when the process that made it goes away,
however suddenly, the agent reads the end of its input and ends, and the engine removes the rest.
"""

import asyncio
import contextlib
import logging
import math
import os
import socket
import time
from collections.abc import Iterable
from typing import Any

import docker
from docker.errors import DockerException, ImageNotFound
from docker.utils import parse_host

from sandbox.config import SandboxConfig
from sandbox.errors import LaunchError, SandboxUnavailable
from sandbox.launchers import containers, meeting
from sandbox.launchers.attachment import Attached, attach
from sandbox.launchers.base import STREAM_LIMIT_BYTES, Availability, Death
from sandbox.shield import to_the_end
from sandbox.slots import default_slots

_UNIX = "http+unix://"
_UNIX_SOCKET = "unix:///var/run/docker.sock"
_OOM_TO_DEATH_NS = 5_000_000_000
"""A slow engine has taken 3.6 s from the one to the other."""
_EVENT_WAIT_S = 6
"""For the engine to tell of a death, which it mostly has by the time that we ask."""

logger = logging.getLogger("rewardbox.sandbox")


class DockerAgent:
    """An agent that is process 1 of a container, met at a socket or by its standard streams."""

    def __init__(self, api: docker.APIClient, container: str, attached: Attached) -> None:
        self.id = container
        self.reader, self._attached_writer, self._attachment = attached
        self.writer = self._attached_writer
        self._api = api

    async def talk_over(self, connection: socket.socket) -> None:
        """From now on, and no more over the standard streams."""
        self.reader, self.writer = await asyncio.open_unix_connection(
            sock=connection, limit=STREAM_LIMIT_BYTES
        )

    async def stop(self) -> None:
        self.writer.transport.abort()
        self._attached_writer.transport.abort()
        await to_the_end(asyncio.to_thread(containers.remove, self._api, self.id))
        if self._attachment.stderr:
            logger.warning("runner %s wrote: %a", self.id, self._attachment.stderr)

    async def death(self) -> Death:
        return await asyncio.to_thread(self._find_death)

    def _find_death(self) -> Death:
        # The container may be gone by now, and with it the flag that says so. The flag would not do
        # anyway: it stays set from a shortage that killed a submission long ago and not the agent.
        try:
            events = self._api.events(
                since=1,
                until=int(time.time()) + _EVENT_WAIT_S,
                filters={"container": [self.id], "event": ["oom", "kill", "die"]},
                decode=True,
            )
            with contextlib.closing(events):
                return _death_in(events)
        except (DockerException, OSError) as error:
            logger.warning("cannot find out why runner %s ended: %s", self.id, error)
        return Death.UNKNOWN


def _death_in(events: Iterable[dict[str, Any]]) -> Death:
    """What a container's events, as they come in, say of its end."""
    shortage_ns = -math.inf
    for event in events:
        match event["Action"]:
            case "oom":
                shortage_ns = event["timeNano"]
            case "kill":  # by the engine, which is asked to by people and never by the kernel
                shortage_ns = -math.inf
            case "die":
                sudden = event["timeNano"] - shortage_ns < _OOM_TO_DEATH_NS
                return Death.OUT_OF_MEMORY if sudden else Death.UNKNOWN
    return Death.UNKNOWN


class DockerLauncher:
    """Starts agents in containers of the engine that DOCKER_HOST names, or of the local one."""

    name = "docker"

    def __init__(self, config: SandboxConfig) -> None:
        self.runtime = config.runtime
        self.slots = config.slots
        self.at_once = None
        self.edition = ""
        self._config = config
        self._client: docker.DockerClient | None = None
        self._meets: bool | None = None if config.runtime is None else False
        """Whether containers can be met at a socket; None until it is known."""

    async def start(self) -> None:
        self._client = await asyncio.to_thread(_connect, self._config)
        if self.slots is None:
            self.slots = await asyncio.to_thread(_slots, self._api)
        if not _is_here(self._api):
            self._meets = False
        self.edition = await asyncio.to_thread(_image_id, self._client, self._config.image)
        await asyncio.to_thread(containers.remove_leftovers, self._api)
        await asyncio.to_thread(meeting.remove_leftovers)

    async def launch(self) -> DockerAgent:
        if self._meets is not False:
            try:
                agent = await self._launch(containers.run_and_meet)
            except LaunchError as error:
                if self._meets:
                    raise
                logger.info("runners are reached by their standard streams: %s", error)
                self._meets = False
            else:
                self._meets = True
                return agent
        return await self._launch(containers.run)

    async def _launch(self, run: containers.Run) -> DockerAgent:
        undo = contextlib.ExitStack()
        try:
            container, attached, met = await to_the_end(
                asyncio.to_thread(run, self._api, self._config, undo)
            )
            agent = DockerAgent(self._api, container, await attach(attached))
            if met is not None:
                await agent.talk_over(met)
        except BaseException as error:
            await to_the_end(asyncio.to_thread(undo.close))
            if isinstance(error, DockerException | OSError | meeting.NotMet):
                raise LaunchError(f"the Docker engine started no runner: {error}") from error
            raise
        return agent

    async def close(self) -> None:
        if self._client is not None:
            self._client.close()

    @property
    def _api(self) -> docker.APIClient:
        if self._client is None:
            raise LaunchError("the docker launcher was not started")
        return self._client.api


async def availability(config: SandboxConfig) -> Availability:
    """Whether an engine answers, and has the image and the runtime that `config` names."""
    try:
        client = await asyncio.to_thread(_connect, config)
    except SandboxUnavailable as error:
        return Availability(available=False, detail=str(error))
    with contextlib.closing(client):
        return Availability(
            available=True, detail=f"a Docker engine answers and has the image {config.image}"
        )


def _connect(config: SandboxConfig) -> docker.DockerClient:
    """A client of an engine that can start runners. Raises SandboxUnavailable."""
    try:
        _try_socket()
        client = docker.from_env()
    except (DockerException, OSError) as error:
        host = os.environ.get("DOCKER_HOST") or _UNIX_SOCKET
        raise SandboxUnavailable(
            f"no Docker engine answers at {host}: {error}; install and start one (Debian: apt"
            " install docker.io), join the group that may use it, or set DOCKER_HOST"
        ) from error
    try:
        _check(client, config)
    except (DockerException, OSError) as error:
        client.close()
        raise SandboxUnavailable(f"the Docker engine does not work: {error}") from error
    except SandboxUnavailable:
        client.close()
        raise
    return client


def _image_id(client: docker.DockerClient, image: str) -> str:
    try:
        return str(client.images.get(image).id)
    except (DockerException, OSError) as error:
        raise SandboxUnavailable(f"the Docker engine does not show its image: {error}") from error


def _try_socket() -> None:
    """Raise OSError when the engine's Unix socket, if that is what it has, does not answer.

    The SDK would find out too, but leaves the socket of a failed connection open.
    """
    address = str(parse_host(os.environ.get("DOCKER_HOST")))
    if address.startswith(_UNIX):
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(address.removeprefix(_UNIX))


def _check(client: docker.DockerClient, config: SandboxConfig) -> None:
    if not client.api.base_url.startswith(("http+docker://localhost", "http://")):
        raise SandboxUnavailable(
            "the Docker engine must be reached over a Unix socket or plain TCP; forward its socket"
            " (ssh -L ./docker.sock:/var/run/docker.sock HOST) and set DOCKER_HOST to that"
        )
    try:
        client.images.get(config.image)
    except ImageNotFound:
        raise SandboxUnavailable(
            f"the Docker engine has no image {config.image}; build it with `make images`"
        ) from None
    if config.runtime is not None and config.runtime not in client.api.info()["Runtimes"]:
        raise SandboxUnavailable(
            f"the Docker engine has no runtime {config.runtime}; name it in its daemon.json"
        )


def _is_here(api: docker.APIClient) -> bool:
    """Whether the engine is reached by a Unix socket, and so most likely one of this machine."""
    return api.base_url.startswith("http+docker://")


def _slots(api: docker.APIClient) -> int:
    if _is_here(api):
        return default_slots()
    return int(api.info()["NCPU"])  # an engine elsewhere has its own machine's CPUs
