"""The command `rewardbox`: its subcommands, one module each."""

from importlib.metadata import version
from typing import Annotated

import typer

from app.cli.audit import audit
from app.cli.doctor import doctor
from app.cli.run import run
from app.cli.score import score
from app.cli.serve import serve
from app.cli.terminal import Commands
from app.cli.verifiers import verifiers

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode="markdown",  # lets paragraphs flow
    # Local variables in a traceback would be submissions and keys.
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (serve, score, run, audit, verifiers, doctor):
    app.command()(command)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"rewardbox {version('rewardbox')}")
        raise typer.Exit


@app.callback()
def _rewardbox(
    _: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Score what a language model wrote: programs, maths, text."""
