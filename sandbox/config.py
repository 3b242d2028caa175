"""How a sandbox is set up: plain values, for any front end to fill from its own settings."""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from sandbox.types import MIB, Limits, Tier

LauncherName = Literal["auto", "docker", "namespaces", "socket"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxConfig:
    launcher: LauncherName = "auto"
    """`auto` takes docker where an engine answers and has the image, else namespaces."""
    runtime: str | None = None
    """Container runtime of the docker launcher, e.g. "runsc" for gVisor; None is the default."""
    slots: int | None = None
    """Runs at once; None is the number of CPUs this process may use."""
    tiers: tuple[Tier, ...] = (Tier.WARM,)
    """Which can be asked for; the first is the default."""
    spares: int | None = None
    """Unused runners kept ready, beyond the slots: for the tier `fresh`, and to take the place of
    one that is lost. None is one for each slot where `fresh` is offered, else one."""
    image: str = "rewardbox-runner"
    """Container image of the runners, for the docker launcher."""
    socket: Path | None = None
    """Unix socket on which the socket launcher waits for runners."""
    headstart: Path | None = None
    """Where the namespaces launcher keeps what it makes to let this machine's compilers start
    faster; None makes nothing."""
    python: Path | None = None
    """Interpreter that runs Python submissions under the namespaces launcher; None is that of
    `.venv-submissions` beside our code, if there is one, else our own."""
    memory_bytes: int = 2048 * MIB
    """Hard wall around one runner: the largest memory limit a request may ask for."""
    processes: int = 256
    """Hard wall around one runner."""
    file_bytes: int = 256 * MIB
    """Hard wall around one runner: size of its writable file systems."""
    runs_per_runner: int = 10_000
    """A runner is replaced after this many runs, however well it looks."""
    artefact_bytes: int = 512 * MIB
    """Memory for what compilers made, so that the same program need not be compiled again."""
    queue_size: int = 100_000
    """Sessions that may wait for a runner; one more raises Overloaded."""
    launch_timeout_s: float = 120.0
    """How long a runner that was started may take until it says hello."""
    launch_patience_s: float = 5.0
    """While no runner can be started, who waits for one is told so after this time."""
    answer_grace_s: float = 30.0
    """A runner hangs when an answer is overdue by this much, beyond twice the wall backstop."""

    def cap(self, limits: Limits) -> Limits:
        """These limits, none of them beyond the walls."""
        return replace(
            limits, **{name: min(getattr(limits, name), getattr(self, name)) for name in _WALLS}
        )

    def check(self, limits: Limits) -> None:
        """Raise ValueError, naming the limit, when one is impossible or beyond the walls."""
        for name in ("cpu_s", "wall_backstop_s", "output_bytes", *_WALLS):
            if not 0 < getattr(limits, name) < math.inf:
                raise ValueError(f"limit {name} must be a positive number")
        for name in _WALLS:
            if getattr(limits, name) > getattr(self, name):
                raise ValueError(f"limit {name} is above this server's {getattr(self, name)}")


_WALLS = ("memory_bytes", "processes", "file_bytes")
