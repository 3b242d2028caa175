"""Builds a sandbox: chooses how runners get started, starts them, and sees that they work."""

import asyncio
import importlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import ModuleType

from sandbox.config import SandboxConfig
from sandbox.errors import SandboxError, SandboxUnavailable
from sandbox.languages import language_table
from sandbox.launchers.base import Availability, Launcher
from sandbox.local import LocalSandbox
from sandbox.pool import Pool
from sandbox.shield import to_the_end

logger = logging.getLogger("rewardbox.sandbox")

_LAUNCHERS = {
    "docker": "DockerLauncher",
    "namespaces": "NamespacesLauncher",
    "socket": "SocketLauncher",
}
"""Module of `sandbox.launchers` and its class; imported only when it is wanted."""

Look = Callable[[str, SandboxConfig], Awaitable[Availability]]


@asynccontextmanager
async def start(config: SandboxConfig | None = None) -> AsyncIterator[LocalSandbox]:
    """A sandbox that has run a program; on leaving, everything it started is gone.

    With runners that others start (the socket launcher) it does not wait for the first of them.
    Raises SandboxUnavailable, with what to do about it, when no isolation is possible.
    """
    config = config or SandboxConfig()
    name, reason = await choose_launcher(config)
    launcher = make_launcher(name, config)
    pool = Pool(launcher, config)
    sandbox = LocalSandbox(pool, language_table(), config, launcher=name, reason=reason)
    background: set[asyncio.Task[None]] = set()
    try:
        await launcher.start()
        pool.start()
        if launcher.slots is not None:
            await _see_that_it_works(sandbox, name)
        logger.info("launcher %s: %s; %s slots", name, reason, launcher.slots or "any number of")
        background.add(asyncio.create_task(_look_at_languages(sandbox)))
        yield sandbox
    finally:
        await to_the_end(_close(pool, launcher, background))


async def _close(pool: Pool, launcher: Launcher, background: set[asyncio.Task[None]]) -> None:
    try:
        for task in background:
            task.cancel()
        await pool.close()
        if background:
            await asyncio.wait(background)
    finally:
        await launcher.close()


async def _see_that_it_works(sandbox: LocalSandbox, launcher: str) -> None:
    try:
        python = await sandbox.survey.look_at(language_table().find("python"))
    except SandboxError as error:
        raise SandboxUnavailable(f"launcher {launcher} runs nothing: {error}") from error
    if not python.available:
        raise SandboxUnavailable(f"launcher {launcher} runs no Python: {python.reason}")


async def _look_at_languages(sandbox: LocalSandbox) -> None:
    """Know of all languages before somebody asks."""
    for language in await sandbox.languages():
        logger.info("language %s: %s", language.name, language.version or language.reason)


async def availability(name: str, config: SandboxConfig) -> Availability:
    """Whether the launcher of that name can work on this machine."""
    found: Availability = await _module(name).availability(config)
    return found


async def choose_launcher(config: SandboxConfig, look: Look = availability) -> tuple[str, str]:
    """Name of the launcher to use, and why. Raises SandboxUnavailable when there is none."""
    if config.launcher != "auto":
        found = await look(config.launcher, config)
        if not found.available:
            raise SandboxUnavailable(f"launcher {config.launcher}: {found.detail}")
        return config.launcher, f"asked for; {found.detail}"
    docker = await look("docker", config)
    if docker.available:
        return "docker", docker.detail
    if config.runtime is not None:
        raise SandboxUnavailable(
            f"runtime {config.runtime} needs the docker launcher, which is not possible here: "
            f"{docker.detail}"
        )
    namespaces = await look("namespaces", config)
    if namespaces.available:
        return "namespaces", f"{namespaces.detail}; not docker, because {docker.detail}"
    raise SandboxUnavailable(
        f"no isolation is possible here. docker: {docker.detail}. namespaces: {namespaces.detail}"
    )


def make_launcher(name: str, config: SandboxConfig) -> Launcher:
    """The launcher of that name, not yet started."""
    launcher: Launcher = getattr(_module(name), _LAUNCHERS[name])(config)
    return launcher


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"sandbox.launchers.{name}")
