"""How the command line talks to people: in sentences, without a traceback for their mistakes."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import typer
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from typer.core import TyperGroup

from app.errors import InvalidRequest
from app.settings import InvalidSettings
from sandbox import SandboxError
from verifiers import VerifierError

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it: 128 and the number of SIGINT."""


class UserError(Exception):
    """Something that the person at the keyboard can put right; the message says how."""


class Commands(TyperGroup):
    """A group of commands whose foreseen failures end in a sentence and exit code 2."""

    def invoke(self, ctx: Any) -> Any:
        try:
            with _unwrapped():
                return super().invoke(ctx)
        except (UserError, InvalidSettings, InvalidRequest, SandboxError, VerifierError) as error:
            complain(str(error))
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None


def stderr() -> Console:
    """Standard error as a console; made anew, so that it is the stream of this moment."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def stdout() -> Console:
    """Standard output as a console."""
    return Console(highlight=False, soft_wrap=True)


def complain(message: str) -> None:
    """Say what is wrong."""
    stderr().print(f"rewardbox: {message}", style="red", markup=False)


def table(*columns: str) -> Table:
    """An empty table in the one style of the command line."""
    return Table(*columns, box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)


def print_json(value: Any) -> None:
    """Write a value as indented JSON to standard output."""
    text = orjson.dumps(value, default=BaseModel.model_dump, option=orjson.OPT_INDENT_2)
    sys.stdout.buffer.write(text + b"\n")
    sys.stdout.buffer.flush()


@contextmanager
def _unwrapped() -> Iterator[None]:
    """Raise the first exception of a group, as task groups raise it, as itself."""
    try:
        yield
    except BaseExceptionGroup as group:
        error: BaseException = group
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        raise error from None
