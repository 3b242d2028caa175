"""Containers whose runners connect to a socket, as those of docker-compose.yml do."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import docker

from sandbox import SandboxConfig
from sandbox.launchers.hardening import container_options
from sandbox.slots import default_slots

_RUNS_PER_RUNNER = 10_000  # what compose sets, and for its reason: a replacement is a restart
_INSIDE = Path("/run/rewardbox")


@contextlib.contextmanager
def socket_runners(config: SandboxConfig) -> Iterator[SandboxConfig]:
    """Start as many as there are slots, and remove them afterwards; gives the launcher's config.

    Raises DockerException where no engine answers or the image is missing.
    """
    with contextlib.ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        directory.chmod(0o750)
        client = stack.enter_context(contextlib.closing(docker.from_env()))
        slots = config.slots or default_slots()
        for _ in range(slots):
            container = _start(client.api, config, directory)
            stack.callback(client.api.remove_container, container, v=True, force=True)
        yield replace(
            config,
            launcher="socket",
            socket=directory / "agents.sock",
            slots=slots,
            runs_per_runner=_RUNS_PER_RUNNER,
        )


def _start(api: docker.APIClient, config: SandboxConfig, directory: Path) -> str:
    options = container_options(config) | {
        "auto_remove": False,
        "restart_policy": {"Name": "always"},  # it ends whenever nobody listens at the socket
        "binds": {str(directory): {"bind": str(_INSIDE), "mode": "ro"}},
        "group_add": [os.getgid()],
    }
    command = ["python3", "-s", "-m", "agent", "--socket", str(_INSIDE / "agents.sock")]
    container: str = api.create_container(
        config.image,
        command=command,
        hostname="runner",
        host_config=api.create_host_config(**options),
    )["Id"]
    api.start(container)
    return container
