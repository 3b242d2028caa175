"""Starts containers with an agent in them on a Docker engine, and removes them. Blocking."""

import contextlib
import logging
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import docker
from docker.errors import APIError, DockerException, NotFound
from docker.types import Mount

from sandbox.config import SandboxConfig
from sandbox.launchers import owner
from sandbox.launchers.hardening import CPUS, container_options
from sandbox.launchers.meeting import MeetingPoint

OWNER_LABEL = "rewardbox.owner"

_AGENT = ("python3", "-s", "-m", "agent")
"""What runs in a container, by itself."""

_NEVER_STARTED_S = 600
"""A container that has not started by then never will: who made it is gone, wherever that was."""

logger = logging.getLogger("rewardbox.sandbox")

Run = Callable[
    [docker.APIClient, SandboxConfig, contextlib.ExitStack],
    tuple[str, socket.socket, socket.socket | None],
]
"""Starts a container and says how to undo that: its id, what is attached to its standard streams,
and the connection to its agent where that is another."""


def run(
    api: docker.APIClient, config: SandboxConfig, undo: contextlib.ExitStack
) -> tuple[str, socket.socket, None]:
    """Start a container; its id, and the connection to its standard streams."""
    # Where the kernel is the machine's own, its clocks tell what was used.
    options = ("--cpus", str(CPUS)) if config.runtime else ()
    container = _create(api, config, undo, command=[*_AGENT, *options], stdin_open=True)
    # Attached before it starts, so that nothing is lost of what it says first; the input is closed
    # for good when the one who attached goes away.
    attached = _attach(api, container, undo, "stdin", "stdout", "stderr")
    api.start(container)
    return container, attached, None


def run_and_meet(
    api: docker.APIClient, config: SandboxConfig, undo: contextlib.ExitStack
) -> tuple[str, socket.socket, socket.socket]:
    """Start a container; its id, the connection to its standard error, and the one to its agent."""
    with contextlib.closing(MeetingPoint()) as point:
        container = _create(
            api, config, undo, command=[*_AGENT, *point.options], mounts=[point.mount]
        )
        attached = _attach(api, container, undo, "stderr")
        api.start(container)
        met = point.meet(unless=attached)
        undo.callback(met.close)
        return container, attached, met


def _create(
    api: docker.APIClient,
    config: SandboxConfig,
    undo: contextlib.ExitStack,
    *,
    mounts: Sequence[Mount] = (),
    **settings: Any,
) -> str:
    options = container_options(config) | {"mounts": list(mounts)}
    container: str = api.create_container(
        config.image,
        name=f"rewardbox-runner-{uuid4().hex[:12]}",
        hostname="runner",
        labels={OWNER_LABEL: owner.this_process()},
        host_config=api.create_host_config(**options),
        **settings,
    )["Id"]
    undo.callback(remove, api, container)
    return container


def _attach(
    api: docker.APIClient, container: str, undo: contextlib.ExitStack, *streams: str
) -> socket.socket:
    attached = api.attach_socket(container, params=dict.fromkeys((*streams, "stream"), 1))
    connection: socket.socket = attached._sock  # its file object is closed, the rest is ours
    attached.close()
    undo.callback(connection.close)
    return connection


def remove(api: docker.APIClient, container: str) -> None:
    """Kill and remove it, and return when it is gone; an engine that cannot is only reported."""
    try:
        with contextlib.suppress(NotFound):
            try:
                api.remove_container(container, v=True, force=True)
            except APIError as error:
                if error.status_code != 409:  # 409: the engine is already removing it
                    raise
                api.wait(container, condition="removed")
    except (DockerException, OSError) as error:
        logger.warning("cannot remove container %s: %s", container, error)


def remove_leftovers(api: docker.APIClient) -> None:
    """Remove what dead processes left, and leave alone what belongs to a living one."""
    for container in api.containers(all=True, filters={"label": OWNER_LABEL}):
        never_started = (
            container["State"] == "created"
            and time.time() - container["Created"] > _NEVER_STARTED_S
        )
        if never_started or owner.has_died(container["Labels"][OWNER_LABEL]):
            logger.info("removing container %s, which a dead process left", container["Id"])
            remove(api, container["Id"])
