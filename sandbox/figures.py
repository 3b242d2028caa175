"""What a sandbox tells of itself to those who watch it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The state of a sandbox now, and what has happened in it since the start."""

    slots: int
    in_use: Mapping[str, int]
    """Slots in use now, by tier."""
    runners: int
    """Those that are there now."""
    idle_runners: int
    waiting: int
    """Sessions that wait for a runner."""
    longest_wait_s: float
    """How long the one of them that came first has waited; 0 if none does."""
    runs: int
    retries: int
    """Runs repeated because a runner was lost under them."""
    reruns: int
    """Runs repeated alone because they came near to a limit beside others."""
    launches: int
    launch_failures: int
    lost: Mapping[str, int]
    """Runners that have ended, by every reason that there is."""
    artefact_bytes: int
    """What the kept results of compilers take."""


@runtime_checkable
class HasFigures(Protocol):
    """What a Sandbox may be besides."""

    def figures(self) -> Figures:
        """Cheap enough to be asked for every second."""
