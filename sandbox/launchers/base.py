"""How an agent gets started: the one seam between the pool and any kind of container."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

STREAM_LIMIT_BYTES = 1024 * 1024
"""Of what an agent sends, this much is buffered before it has to wait."""


class Death(StrEnum):
    """Why a runner ended, as far as its launcher can tell afterwards."""

    OUT_OF_MEMORY = "out_of_memory"
    UNKNOWN = "unknown"


class LaunchedAgent(Protocol):
    """A started agent: a byte stream to it, and a sure way to end it."""

    id: str
    """What an operator finds it by: container id, process id, connection number."""
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def stop(self) -> None:
        """End it and all that runs in it, and leave nothing behind; may be called twice."""

    async def death(self) -> Death:
        """Why it ended; called once the stream has closed, before `stop`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Whether a launcher can work on this machine, and what to do about it if not."""

    available: bool
    detail: str


class Launcher(Protocol):
    """Starts agents. Stateless but for what it must clean up."""

    name: str
    runtime: str | None
    slots: int | None
    """How many runners the pool should keep; None means as many as come (see `launch`)."""
    at_once: int | None
    """How many of those that come may be in use at once; None means all."""
    edition: str
    """Tells apart what its runners bring along, beside what they say of it; known once started."""

    async def start(self) -> None:
        """Prepare; removes what an earlier process of ours left behind.

        Raises SandboxUnavailable with the remedy in its message.
        """

    async def launch(self) -> LaunchedAgent:
        """Start one agent, or wait for one that someone else started.

        Raises LaunchError. Cancelling it leaves nothing behind.
        """

    async def close(self) -> None:
        """Release everything; the agents themselves have been stopped before."""
