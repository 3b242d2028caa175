"""Options that several commands share."""

from typing import Annotated, Any

import typer

from sandbox.config import LauncherName

Launcher = Annotated[
    LauncherName | None, typer.Option(help="What runs programs; overrides the settings.")
]
Dataset = Annotated[
    str | None,
    typer.Option(
        help="Rows are of this dataset (see docs/datasets.md); `auto` goes by their keys."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]


def overrides(**given: Any) -> dict[str, Any]:
    """The options that were given, as settings."""
    return {name: value for name, value in given.items() if value is not None}
