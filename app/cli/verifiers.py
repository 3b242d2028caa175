"""`rewardbox verifiers`: what can be scored, and with which reference."""

from typing import Annotated

import typer
from rich.text import Text

from app.cli.options import AsJson
from app.cli.terminal import UserError, print_json, stdout, table
from verifiers.registry import Registry, VerifierInfo


def verifiers(
    name: Annotated[str | None, typer.Argument(help="Show this one in full.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the verifiers, or show one with its schemas and an example."""
    infos = Registry.load().describe()
    if name is not None:
        print_json(_find(infos, name))
    elif as_json:
        print_json(infos)
    else:
        _show(infos)


def _find(infos: list[VerifierInfo], name: str) -> VerifierInfo:
    for info in infos:
        if info.name == name:
            return info
    names = ", ".join(info.name for info in infos)
    raise UserError(f"no verifier is named {name!r}; there are {names}")


def _show(infos: list[VerifierInfo]) -> None:
    listing = table("verifier", "from", "")
    for info in infos:
        about = Text(info.summary)
        if not info.available:
            about = Text(f"did not load: {info.error}", style="red")
        listing.add_row(info.name, str(info.source), about)
    stdout().print(listing)
