"""Builds a sandbox: chooses how runners get started, starts them, and sees that they work."""

import asyncio
import importlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import ModuleType

from sandbox.base import Sandbox
from sandbox.config import LauncherName, SandboxConfig
from sandbox.errors import SandboxError, SandboxUnavailable
from sandbox.languages import language_table
from sandbox.launchers.base import Availability, Launcher
from sandbox.local import LocalSandbox
from sandbox.pool import Pool
from sandbox.shield import to_the_end
from sandbox.types import Invocation, Program, Tier

logger = logging.getLogger("rewardbox.sandbox")

_LAUNCHERS = {
    "docker": "DockerLauncher",
    "namespaces": "NamespacesLauncher",
    "socket": "SocketLauncher",
}
"""Module of `sandbox.launchers` and its class; imported only when it is wanted."""

_PATIENCE_S = 2.0
"""Whoever runs a single program is gone by then, and need not pay for all compilers' versions."""

Look = Callable[[str, SandboxConfig], Awaitable[Availability]]
MakePool = Callable[[Launcher, SandboxConfig], Pool]


@asynccontextmanager
async def start(
    config: SandboxConfig | None = None, *, make_pool: MakePool = Pool
) -> AsyncIterator[LocalSandbox]:
    """A sandbox that has run a program; on leaving, everything it started is gone.

    With runners that others start (the socket launcher) it does not wait for the first of them.
    Raises SandboxUnavailable, with what to do about it, when no isolation is possible, or not in
    every tier that `config` offers.
    """
    config = config or SandboxConfig()
    name, reason = await choose_launcher(config)
    launcher = make_launcher(name, config)
    pool = make_pool(launcher, config)
    sandbox = LocalSandbox(pool, language_table(), config, launcher=name, reason=reason)
    background: set[asyncio.Task[None]] = set()
    try:
        await launcher.start()
        _check_tiers(launcher, config)
        pool.start()
        if launcher.slots is not None:
            await _see_that_it_works(sandbox, config.launch_timeout_s)
        slots = launcher.slots or f"up to {launcher.at_once}"
        logger.info(
            "launcher %s: %s; %s slots; tiers %s", name, reason, slots, ", ".join(config.tiers)
        )
        background.add(asyncio.create_task(_look_around(sandbox, launcher, config)))
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


def _check_tiers(launcher: Launcher, config: SandboxConfig) -> None:
    """Refuse to offer `fresh` where all that is ever left are runners that `warm` has used."""
    if not {Tier.WARM, Tier.FRESH}.issubset(config.tiers):
        return
    if launcher.slots is None:
        raise SandboxUnavailable(
            f"launcher {launcher.name} cannot give the tier fresh beside warm: nobody starts "
            "runners to be kept unused; offer one of them, or run a service for each"
        )
    if config.spares == 0:
        raise SandboxUnavailable(
            "the tier fresh cannot be given beside warm without runners that are kept unused; set "
            "spare_runners above 0, or offer one of the tiers"
        )


async def _see_that_it_works(sandbox: LocalSandbox, wait_s: float) -> None:
    """Run something in every tier. Raises SandboxUnavailable, naming the one that runs nothing."""
    launcher, tiers = sandbox.info().launcher, sandbox.info().tiers
    try:
        python = await sandbox.survey.look_at(language_table().find("python"))
    except SandboxError as error:
        raise SandboxUnavailable(f"launcher {launcher} runs nothing: {error}") from error
    if not python.available:
        raise SandboxUnavailable(f"launcher {launcher} runs no Python: {python.reason}")
    for tier in tiers:
        if fault := await try_tier(sandbox, tier, wait_s=wait_s):
            raise SandboxUnavailable(f"launcher {launcher} cannot give the tier {tier}: {fault}")


async def try_tier(sandbox: Sandbox, tier: Tier, *, wait_s: float) -> str:
    """Why no Python program can be run in that tier; empty when one has just been."""
    deadline = asyncio.get_running_loop().time() + wait_s
    program = Program(language="python", source="")
    try:
        async with sandbox.on(tier).open(program, deadline=deadline) as session:
            execution = await session.run(Invocation())
    except SandboxError as error:
        return str(error)
    return "" if execution.succeeded else f"a trial program ended as {execution.status}"


async def _look_around(sandbox: LocalSandbox, launcher: Launcher, config: SandboxConfig) -> None:
    """What nobody should wait for: languages, and runners that others have yet to start."""
    if launcher.slots is None:
        try:
            await _see_that_it_works(sandbox, config.launch_timeout_s)
        except SandboxUnavailable as error:
            logger.error("%s", error)  # noqa: TRY400 - it says all there is to know
    await _look_at_languages(sandbox)


async def _look_at_languages(sandbox: LocalSandbox) -> None:
    """Know of all languages before somebody asks; one by one, so that no request waits for all."""
    await asyncio.sleep(_PATIENCE_S)
    for language in language_table().languages:
        try:
            found = await sandbox.survey.look_at(language)
        except SandboxError as error:
            logger.info("language %s could not be tried: %s", language.name, error)
        else:
            logger.info("language %s: %s", language.name, found.version or found.reason)


async def availability(name: str, config: SandboxConfig) -> Availability:
    """Whether the launcher of that name can work on this machine."""
    found: Availability = await _module(name).availability(config)
    return found


async def choose_launcher(
    config: SandboxConfig, look: Look = availability
) -> tuple[LauncherName, str]:
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
