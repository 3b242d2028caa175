"""The event loop that all processes run on."""

import asyncio
from collections.abc import Callable

import uvicorn


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Makes the one that uvicorn would take."""
    return uvicorn.Config("", log_config=None).get_loop_factory()
