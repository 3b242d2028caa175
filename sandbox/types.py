"""The values that cross the sandbox's border: what to run, within which limits, and what happened.

Nothing here knows what a right answer is; judging is done by those who call.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MIB = 1024 * 1024


class Status(StrEnum):
    """How one process ended. A limit is named only when it was the reason."""

    EXITED = "exited"
    """It ended by itself; `exit_code` says how."""
    SIGNALLED = "signalled"
    """A signal that the sandbox did not send ended it; `signal` says which."""
    TIME_LIMIT_EXCEEDED = "time_limit_exceeded"
    MEMORY_LIMIT_EXCEEDED = "memory_limit_exceeded"
    OUTPUT_LIMIT_EXCEEDED = "output_limit_exceeded"
    VIOLATION = "violation"
    """It did what the sandbox forbids and was stopped for it."""


class Tier(StrEnum):
    """What stands between a submission and those before and after it."""

    WARM = "warm"
    """A runner that others have used, and a fresh process in it, swept up after."""
    FRESH = "fresh"
    """A runner that nobody has used and nobody will use again."""


class Priority(StrEnum):
    """How soon a request's turn comes among others of the same client."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """On whose behalf something is run. Those who wait share runners by it, see `sandbox.turns`."""

    client: str = ""
    """Clients share evenly, whatever each asks for."""
    request: int | None = None
    """Of one client, requests share evenly; None is for single runs, which share as one."""
    priority: Priority = Priority.NORMAL
    """Each level has eight times the share of the one below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one run may use, its whole process tree together."""

    cpu_s: float = 10.0
    wall_s: float | None = None
    """Backstop against sleeping; None means 3 * cpu_s + 5."""
    memory_bytes: int = 512 * MIB
    output_bytes: int = 16 * MIB
    """Standard output and standard error together."""
    processes: int = 64
    """Processes and threads alive at once."""
    file_bytes: int = 64 * MIB
    """Everything written to files, together."""

    @property
    def wall_backstop_s(self) -> float:
        return 3 * self.cpu_s + 5 if self.wall_s is None else self.wall_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Source code in a language of the table, with the files it brings along."""

    language: str
    source: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Relative path to content; put into the working directory before each run."""
    modules: tuple[tuple[str, str], ...] = ()
    """Trusted Python that is there for a program in Python to import, as in `Harness`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One run of a program: what it is given on its way."""

    stdin: bytes = b""
    args: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    """Files that the program is to leave in its working directory: `Execution.files` has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Harness:
    """Trusted Python that runs in the process in place of a program's own entry.

    A runner imports `modules` once into its warm interpreter, so a harness costs nothing per run.
    The function named by `entry` is called as `entry(payload, link, report)`: the payload's bytes,
    the file descriptor of the socket that joins the two parties, and the descriptor of a pipe whose
    bytes come back as `Execution.report` (None for the party that has none).
    """

    modules: tuple[tuple[str, str], ...]
    """(module name, source text) in import order."""
    entry: str
    """`module:function`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One of two processes that run side by side, joined by a socket and by nothing else."""

    harness: Harness
    payload: bytes
    """Handed to this party alone; the other can reach neither it nor this party's memory."""
    limits: Limits = field(default_factory=Limits)
    stdin: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict)
    imports: str = ""
    """Source text scanned for imports, to choose how warm an interpreter to start from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """What one process, with all its descendants, did."""

    status: Status
    exit_code: int | None = None
    signal: int | None = None
    stdout: bytes = b""
    stderr: bytes = b""
    cpu_s: float = 0.0
    wall_s: float = 0.0
    memory_bytes: int | None = None
    """Peak; None where it could not be measured."""
    message: str = ""
    """Why the sandbox ended it, for a reader."""
    report: bytes = b""
    """What a harness wrote to its report pipe."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Those to keep that it left as plain files, if it exited with 0 and they are no larger
    together than `Limits.file_bytes`."""

    @property
    def succeeded(self) -> bool:
        return self.status is Status.EXITED and self.exit_code == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Compilation:
    """What the compiler did, before the first run."""

    execution: Execution
    cached: bool = False

    @property
    def succeeded(self) -> bool:
        return self.execution.succeeded


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageInfo:
    """One entry of the language table as it stands on the runners in use."""

    name: str
    aliases: tuple[str, ...]
    available: bool
    version: str | None = None
    reason: str | None = None
    """Why it is not available, and what to do about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxInfo:
    """Which isolation is in force, for people and for `/readyz`."""

    launcher: str
    runtime: str | None
    reason: str
    """Why this launcher was taken."""
    slots: int
    """Runs that can happen at once."""
    walls: tuple[str, ...]
    """What stands between a submission and the machine, as the runners found it."""
    tiers: tuple[Tier, ...] = (Tier.WARM,)
    """Which can be asked for; the first is the default."""
    toolchains: str = ""
    """Tells apart what programs find: compilers, libraries, processors."""
