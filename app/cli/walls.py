"""What stands between programs and this machine, and what could stand there and does not.

The program's own walls are told by the runner; those around the runner are looked at from inside.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel

from sandbox import Execution, Program, SandboxUnavailable
from sandbox.types import MIB

LOOK_AROUND = Program(
    language="python",
    source="""
import json

def read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""

def status(name):
    lines = read("/proc/self/status").splitlines()
    return next((int(line.split()[1], 16) for line in lines if line.startswith(name)), 0)

roots = [line.split()[3] for line in read("/proc/mounts").splitlines() if line.split()[1] == "/"]
bounds = [
    read("/sys/fs/cgroup/memory.max").strip(),
    read("/sys/fs/cgroup/memory/memory.limit_in_bytes").strip(),
]
print(json.dumps({
    "interfaces": [line.split(":")[0].strip() for line in read("/proc/net/dev").splitlines()[2:]],
    "root_is_read_only": "ro" in roots[-1].split(","),
    "capabilities": status("CapEff"),
    "capabilities_to_be_had": status("CapBnd"),
    "memory_bytes": next((int(bound) for bound in bounds if bound.isdigit()), None),
}))
""",
)
"""Prints `Surroundings` as JSON."""

_FENCED_SINCE = {"files": "6.2", "TCP": "6.7", "abstract sockets": "6.12", "signals": "6.12"}
"""What Landlock keeps programs from, and the Linux with which it came."""
_LANDLOCK = "Landlock ("
_AGENTS_CAPABILITIES = 1 << 5 | 1 << 6 | 1 << 7
"""KILL, SETGID and SETUID."""
_NO_BOUND_BYTES = 1 << 60
"""What version 1 of cgroups says for none is near the largest number there is."""


class Surroundings(BaseModel):
    """What a program found around its runner."""

    interfaces: list[str]
    root_is_read_only: bool
    capabilities: int
    capabilities_to_be_had: int
    """By the agent, which is root in its container."""
    memory_bytes: int | None
    """Of the runner's cgroup; None where it shows no bound."""


def read_surroundings(execution: Execution) -> Surroundings:
    """What `LOOK_AROUND` printed. Raises SandboxUnavailable if it did not."""
    if not execution.succeeded:
        words = execution.stderr[-200:].decode(errors="replace")
        raise SandboxUnavailable(f"a trial program ended as {execution.status}: {words}")
    facts: dict[str, Any] = json.loads(execution.stdout)
    return Surroundings(**facts)


def standing(walls: Sequence[str], around: Surroundings) -> tuple[str, ...]:
    """Those of the program, as its runner tells them, and those of the runner."""
    return (
        *walls,
        *(f"runner: {name}" for name, (stands, _) in _outer(walls, around).items() if stands),
    )


def missing(walls: Sequence[str], around: Surroundings) -> tuple[str, ...]:
    """Walls that could stand and do not, each with what that means and what to do about it."""
    outer = (
        f"{name}: {meaning}"
        for name, (stands, meaning) in _outer(walls, around).items()
        if not stands
    )
    return (*_unfenced(walls), *outer)


def _unfenced(walls: Sequence[str]) -> Iterator[str]:
    """What Landlock does not keep programs from, unless namespaces of their own do."""
    if _has_namespaces(walls):
        return
    fence = next((wall for wall in walls if wall.startswith(_LANDLOCK)), None)
    if fence is None:
        yield (
            "Landlock: only their user ids keep programs from the agent; Linux 6.12 has it all, "
            "gVisor none of it"
        )
        return
    fenced = fence.removeprefix(_LANDLOCK).removesuffix(")").split(", ")
    for what, since in _FENCED_SINCE.items():
        if what not in fenced:
            yield (
                f"Landlock for {what}: only user ids keep programs from those of the agent; "
                f"Linux {since} has it"
            )


def _outer(walls: Sequence[str], around: Surroundings) -> dict[str, tuple[bool, str]]:
    """The runner's walls by name: whether each stands, and what it means if not."""
    bound = around.memory_bytes
    is_bounded = bound is not None and bound < _NO_BOUND_BYTES
    size = f" of {bound // MIB} MiB" if bound is not None and is_bounded else ""
    more = around.capabilities_to_be_had & ~_AGENTS_CAPABILITIES
    return {
        "no network": (
            set(around.interfaces) <= {"lo"},
            f"programs see {', '.join(around.interfaces)}; start runners without one",
        ),
        "read-only root": (
            around.root_is_read_only,
            "what gets through a program's wall can change the runner; start it read-only",
        ),
        "no capabilities": (
            # In a user namespace of its own all of them can be had, over nothing outside.
            around.capabilities == 0 and (not more or _has_namespaces(walls)),
            f"the runner's are {more:#x} more than it needs; drop all but KILL, SETGID and SETUID",
        ),
        f"memory bound{size}": (
            is_bounded,
            "none can be seen from inside. Under gVisor the engine's holds, unless runsc ignores "
            "cgroups; without containers put one around the service (MemoryMax= in systemd)",
        ),
    }


def _has_namespaces(walls: Sequence[str]) -> bool:
    return any("namespaces" in wall for wall in walls)
