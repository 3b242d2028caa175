"""`rewardbox serve`: the HTTP service in the foreground."""

from typing import Annotated

import typer

from app.cli.options import Launcher, overrides
from app.loading import load_settings
from app.server import serve as serve_until_stopped


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    launcher: Launcher = None,
) -> None:
    """Start the service.

    Everything else is a setting, from REWARDBOX_... in the environment or a TOML file.
    """
    serve_until_stopped(load_settings(**overrides(host=host, port=port, launcher=launcher)))
