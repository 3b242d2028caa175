"""How a sandbox is set up: plain values, for any front end to fill from its own settings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sandbox.types import MIB

LauncherName = Literal["auto", "docker", "namespaces", "socket"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxConfig:
    launcher: LauncherName = "auto"
    """`auto` takes docker where an engine answers and has the image, else namespaces."""
    runtime: str | None = None
    """Container runtime of the docker launcher, e.g. "runsc" for gVisor; None is the default."""
    slots: int | None = None
    """Runs at once; None is the number of CPUs this process may use."""
    image: str = "rewardbox-runner"
    """Container image of the runners, for the docker launcher."""
    socket: Path | None = None
    """Unix socket on which the socket launcher waits for runners."""
    python: Path | None = None
    """Interpreter that runs Python submissions under the namespaces launcher; None is our own."""
    memory_bytes: int = 2048 * MIB
    """Hard wall around one runner: the largest memory limit a request may ask for."""
    processes: int = 256
    """Hard wall around one runner."""
    file_bytes: int = 256 * MIB
    """Hard wall around one runner: size of its writable file systems."""
    runs_per_runner: int = 1000
    """A runner is replaced after this many runs, however well it looks."""
    queue_size: int = 100_000
    """Sessions that may wait for a runner; one more raises Overloaded."""
