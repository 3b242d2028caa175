"""`rewardbox doctor`: what works on this machine, and what to do about what does not."""

import asyncio
import platform
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version

import typer
from pydantic import BaseModel
from rich.markup import escape

from app.cli.local import configure_log
from app.cli.options import AsJson
from app.cli.terminal import print_json, stdout
from app.settings import load_settings
from sandbox import LanguageInfo, SandboxConfig, SandboxError, start
from sandbox.config import LauncherName
from sandbox.slots import default_slots
from sandbox.startup import availability, choose_launcher
from verifiers.registry import Registry

NOTHING_WORKS = 1
"""Exit code when no program can be run here."""
_CANDIDATES: tuple[tuple[LauncherName, str | None], ...] = (
    ("docker", None),
    ("docker", "runsc"),
    ("namespaces", None),
    ("socket", None),
)


class LauncherReport(BaseModel):
    """How one way to start runners does."""

    name: LauncherName
    runtime: str | None
    works: bool
    """Whether a program has just been run with it."""
    detail: str
    """Why it works, or what to do so that it does."""
    walls: tuple[str, ...] = ()
    """What stands between a submission and this machine."""
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
        return any(launcher.works for launcher in self.launchers)


def doctor(as_json: AsJson = False) -> None:
    """Try every launcher and language here, and say what to do about those that do not work.

    Exits with 0 only if programs can be run.
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
        raise typer.Exit(NOTHING_WORKS)


async def _examine(config: SandboxConfig) -> Report:
    return Report(
        version=version("rewardbox"),
        python=platform.python_version(),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        cpus=default_slots(),
        launchers=[
            await _try(replace(config, launcher=name, runtime=runtime, slots=1))
            for name, runtime in _CANDIDATES
        ],
        choice=await _choice(config),
        broken_verifiers={
            info.name: f"{info.error} ({info.source})"
            for info in Registry.load().describe()
            if not info.available
        },
    )


async def _try(config: SandboxConfig) -> LauncherReport:
    found = await availability(config.launcher, config)
    report = LauncherReport(
        name=config.launcher, runtime=config.runtime, works=False, detail=found.detail
    )
    if not found.available:
        return report
    try:
        async with start(config) as sandbox:
            languages = tuple(await sandbox.languages())
            walls = sandbox.info().walls
    except SandboxError as error:
        return report.model_copy(update={"detail": str(error)})
    return report.model_copy(update={"works": True, "walls": walls, "languages": languages})


async def _choice(config: SandboxConfig) -> str:
    try:
        name, reason = await choose_launcher(config)
    except SandboxError as error:
        return f"none: {error}"
    return f"{name}: {reason}"


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
