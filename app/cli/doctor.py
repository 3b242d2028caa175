"""`rewardbox doctor`: what works on this machine, and what to do about what does not."""

import asyncio
import platform
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib.metadata import version
from typing import TypeAlias

import typer
from pydantic import BaseModel
from rich.markup import escape

from app.cli.local import configure_log
from app.cli.options import AsJson
from app.cli.terminal import print_json, stdout
from app.cli.walls import LOOK_AROUND, missing, read_surroundings, standing
from app.loading import load_settings
from sandbox import (
    Invocation,
    LanguageInfo,
    Sandbox,
    SandboxConfig,
    SandboxError,
    SandboxUnavailable,
    Tier,
    start,
)
from sandbox.config import LauncherName
from sandbox.slots import default_slots
from sandbox.startup import availability, choose_launcher, try_tier
from verifiers.registry import Registry

DOES_NOT_WORK = 1
"""Exit code when a service with the present settings would run no programs here."""
_GVISOR = "runsc"
_Candidate: TypeAlias = tuple[LauncherName, str | None]
"""A launcher and its container runtime."""
_TIER_S = 120.0
WORKS = "works"


class LauncherReport(BaseModel):
    """How one way to start runners does."""

    name: LauncherName
    runtime: str | None
    in_use: bool
    """Whether the present settings lead to it."""
    works: bool
    """Whether a program has just been run with it."""
    detail: str
    """Why it works, or what to do so that it does."""
    walls: tuple[str, ...] = ()
    """What stands between a submission and this machine."""
    missing: tuple[str, ...] = ()
    """Walls that could stand and do not, and what that means."""
    tiers: dict[str, str] = {}
    """WORKS for those in which a program has just been run, else why it was not."""
    languages: tuple[LanguageInfo, ...] = ()


class Report(BaseModel):
    """What a service started here would find."""

    version: str
    python: str
    system: str
    cpus: int
    launchers: list[LauncherReport]
    choice: str
    """The launcher that the present settings lead to, and why; or why none."""
    broken_verifiers: dict[str, str]
    """Verifiers that do not load, and why not."""

    @property
    def works(self) -> bool:
        """Whether the launcher that would be used does."""
        return any(launcher.works for launcher in self.launchers if launcher.in_use)


def doctor(as_json: AsJson = False) -> None:
    """Try every launcher and language here, and say what to do about those that do not work.

    Exits with 0 only if programs can be run with the present settings.
    """
    settings = load_settings()
    configure_log(settings)
    report = asyncio.run(_examine(settings.sandbox))
    if as_json:
        print_json(report)
    else:
        for line in _lines(report):
            stdout().print(line)
    if not report.works:
        raise typer.Exit(DOES_NOT_WORK)


async def _examine(config: SandboxConfig) -> Report:
    choice, reason = await _choice(config)
    return Report(
        version=version("rewardbox"),
        python=platform.python_version(),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        cpus=default_slots(),
        launchers=[
            await _try(
                replace(
                    config,
                    launcher=name,
                    runtime=runtime,
                    slots=1,
                    spares=int(Tier.FRESH in config.tiers),
                ),
                in_use=(name, runtime) == choice,
            )
            for name, runtime in _candidates(config)
        ],
        choice=f"{choice[0] if choice else 'none'}: {reason}",
        broken_verifiers={
            info.name: f"{info.error} ({info.source})"
            for info in Registry.load().describe()
            if not info.available
        },
    )


def _candidates(config: SandboxConfig) -> Iterable[_Candidate]:
    """Every launcher with its runtimes, that of the settings among them."""
    runtimes = dict.fromkeys([None, _GVISOR, config.runtime])
    return [*(("docker", runtime) for runtime in runtimes), ("namespaces", None), ("socket", None)]


async def _try(config: SandboxConfig, *, in_use: bool) -> LauncherReport:
    found = await availability(config.launcher, config)
    report = LauncherReport(
        name=config.launcher,
        runtime=config.runtime,
        in_use=in_use,
        works=False,
        detail=found.detail,
    )
    if not found.available:
        return report
    try:
        async with _start(config, Tier.WARM) as sandbox:
            languages = tuple(await sandbox.languages())
            walls = sandbox.info().walls
            async with sandbox.open(LOOK_AROUND) as session:
                around = read_surroundings(await session.run(Invocation()))
    except SandboxError as error:
        return report.model_copy(update={"detail": str(error)})
    tiers = {Tier.WARM.value: WORKS, Tier.FRESH.value: await _try_tier(config, Tier.FRESH)}
    return report.model_copy(
        update={
            "works": True,
            "walls": standing(walls, around),
            "missing": missing(walls, around),
            "tiers": tiers,
            "languages": languages,
        }
    )


@asynccontextmanager
async def _start(config: SandboxConfig, tier: Tier) -> AsyncIterator[Sandbox]:
    """A sandbox that offers the tier alone, so that another cannot keep it from starting."""
    async with start(replace(config, tiers=(tier,))) as sandbox:
        # Runners that others start have not been tried yet.
        if fault := await try_tier(sandbox, tier, wait_s=_TIER_S):
            raise SandboxUnavailable(fault)
        yield sandbox


async def _try_tier(config: SandboxConfig, tier: Tier) -> str:
    """WORKS, or why no program can be run in the tier."""
    try:
        async with _start(config, tier):
            return WORKS
    except SandboxError as error:
        return str(error)


async def _choice(config: SandboxConfig) -> tuple[_Candidate | None, str]:
    """What the settings lead to, and why; None if they lead nowhere."""
    try:
        name, reason = await choose_launcher(config)
    except SandboxError as error:
        return None, str(error)
    return (name, config.runtime if name == "docker" else None), reason


def _lines(report: Report) -> Iterator[str]:
    """The report for people, in Rich's markup."""
    yield (
        f"[bold]rewardbox {report.version}[/] with Python {report.python} on {report.system}, "
        f"{report.cpus} CPUs"
    )
    for launcher in report.launchers:
        runtime = f" with {launcher.runtime}" if launcher.runtime else ""
        mark = "[green]works[/]" if launcher.works else "[yellow]does not work[/]"
        yield ""
        yield f"[bold]{launcher.name}{runtime}[/]: {mark}"
        yield f"  {escape(launcher.detail)}"
        if launcher.walls:
            yield f"  walls: {escape(', '.join(launcher.walls))}"
        for wall in launcher.missing:
            yield f"  [yellow]missing: {escape(wall)}[/]"
        for tier, detail in launcher.tiers.items():
            yield f"  tier {tier}: {escape(detail)}"
        for language in launcher.languages:
            yield f"  {_about(language)}"
    yield ""
    yield f"[bold]in use with the present settings[/]: {escape(report.choice)}"
    for name, error in report.broken_verifiers.items():
        yield f"[red]verifier {name} does not load[/]: {escape(error)}"


def _about(language: LanguageInfo) -> str:
    if language.available:
        return f"{language.name} {escape(language.version or '')}".rstrip()
    return f"[yellow]{language.name} is missing[/]: {escape(language.reason or '')}"
