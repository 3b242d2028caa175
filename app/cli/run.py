"""`rewardbox run`: runs a program in the sandbox as if it ran here."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from app.cli.local import configure_log
from app.cli.options import Launcher, overrides
from app.cli.terminal import UserError, complain, stderr
from app.loading import load_settings
from app.validation import parse_model
from sandbox import (
    Compilation,
    Execution,
    Invocation,
    Limits,
    Program,
    SandboxConfig,
    Status,
    start,
)
from sandbox.languages import language_table
from sandbox.types import MIB
from verifiers import LimitOptions

COMPILE_ERROR = 1
TIME_LIMIT = 124
"""As timeout(1) has it."""
STOPPED = 137
"""What a shell says of a process that was killed, which is what the other limits do."""
_SIGNALLED = 128
"""To this a shell adds the number of the signal."""


def run(
    file: Annotated[Path, typer.Argument(help="The program.", exists=True, dir_okay=False)],
    args: Annotated[
        list[str] | None, typer.Argument(help="Its arguments; after -- if they begin with a dash.")
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", "-l", help="By the file's extension, if left out.")
    ] = None,
    cpu_s: Annotated[float | None, typer.Option(help="CPU time, in seconds.")] = None,
    wall_s: Annotated[float | None, typer.Option(help="Time by the clock, in seconds.")] = None,
    memory_bytes: Annotated[int | None, typer.Option(help="Memory.")] = None,
    output_bytes: Annotated[int | None, typer.Option(help="Output.")] = None,
    processes: Annotated[int | None, typer.Option(help="Processes and threads at once.")] = None,
    file_bytes: Annotated[int | None, typer.Option(help="Everything written to files.")] = None,
    usage: Annotated[bool, typer.Option("--usage", help="Say what it used, on stderr.")] = False,
    launcher: Launcher = None,
) -> None:
    """Run a program in the sandbox, with this command's standard input.

    Ends with the program's exit code; with 1 if it does not compile, with 128 and the number of the
    signal that ended it, with 124 if it ran out of time and with 137 if it met another limit.
    """
    limits = {
        "cpu_s": cpu_s,
        "wall_s": wall_s,
        "memory_bytes": memory_bytes,
        "output_bytes": output_bytes,
        "processes": processes,
        "file_bytes": file_bytes,
    }
    settings = load_settings(**overrides(launcher=launcher))
    configure_log(settings)
    program = Program(language=language or _language_of(file), source=_text(file))
    outcome = asyncio.run(
        _run(
            program,
            Invocation(stdin=_stdin(), args=tuple(args or ())),
            limits=parse_model(LimitOptions, limits).over(settings.default_limits),
            config=settings.sandbox,
        )
    )
    raise typer.Exit(_pass_on(outcome, usage=usage))


async def _run(
    program: Program, invocation: Invocation, *, limits: Limits, config: SandboxConfig
) -> Compilation | Execution:
    """What the program did, or its compilation if that failed."""
    async with (
        start(_with_room_for(limits, config)) as sandbox,
        sandbox.open(program, limits=limits) as session,
    ):
        compilation = session.compilation
        if compilation is not None and not compilation.succeeded:
            return compilation
        return await session.run(invocation)


def _with_room_for(limits: Limits, config: SandboxConfig) -> SandboxConfig:
    """One runner, and walls no nearer than `limits`: nobody is to be protected from this caller."""
    return replace(
        config,
        slots=1,
        spares=0,
        tiers=config.tiers[:1],
        memory_bytes=max(config.memory_bytes, limits.memory_bytes),
        processes=max(config.processes, limits.processes),
        file_bytes=max(config.file_bytes, limits.file_bytes),
    )


def _pass_on(outcome: Compilation | Execution, *, usage: bool) -> int:
    """Write what was written, say what is not plain from it, and return the exit code."""
    execution = outcome.execution if isinstance(outcome, Compilation) else outcome
    sys.stdout.buffer.write(execution.stdout)
    sys.stdout.buffer.flush()
    sys.stderr.buffer.write(execution.stderr)
    sys.stderr.buffer.flush()
    if usage:
        stderr().print(_usage(execution))
    if isinstance(outcome, Compilation):
        complain(f"the program does not compile{_because(execution)}")
        return COMPILE_ERROR
    match execution.status:
        case Status.EXITED:
            return execution.exit_code or 0
        case Status.SIGNALLED:
            complain(f"the program was ended by signal {execution.signal}{_because(execution)}")
            return _SIGNALLED + (execution.signal or 0)
        case status:
            complain(f"{status.replace('_', ' ')}{_because(execution)}")
            return TIME_LIMIT if status is Status.TIME_LIMIT_EXCEEDED else STOPPED


def _because(execution: Execution) -> str:
    return f": {execution.message}" if execution.message else ""


def _usage(execution: Execution) -> str:
    memory = execution.memory_bytes
    used = "unknown" if memory is None else f"{memory / MIB:.1f} MiB"
    return f"cpu {execution.cpu_s:.3f} s, wall {execution.wall_s:.3f} s, memory {used}"


def _language_of(file: Path) -> str:
    language = language_table().of_file(file)
    if language is None:
        names = ", ".join(language.name for language in language_table().languages)
        raise UserError(f"cannot tell the language of {file.name}; add --language, one of {names}")
    return language.name


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{file} is not UTF-8 text: {error.reason} at byte {error.start}") from None


def _stdin() -> bytes:
    """All of standard input; nothing from a keyboard, as the program cannot be talked to."""
    return b"" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.buffer.read()
