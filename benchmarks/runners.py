"""Which processes a service's runners are, so that a benchmark can kill them."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from sandbox.launchers.containers import OWNER_LABEL


def agents_of(service: int) -> list[int]:
    """First processes of the runners that the service with that process number started."""
    containers = _output("docker", "ps", "--quiet", "--filter", f"label={OWNER_LABEL}").split()
    of_docker = [
        int(pid)
        for pid, owner in map(str.split, _inspected(containers).splitlines())
        if f"/{service}/" in owner
    ]
    return of_docker or list(_agents_below(service))


def _inspected(containers: list[str]) -> str:
    """Process and owner of each."""
    if not containers:
        return ""
    template = f'{{{{.State.Pid}}}} {{{{index .Config.Labels "{OWNER_LABEL}"}}}}'
    return _output("docker", "inspect", "--format", template, *containers)


def _output(*command: str) -> str:
    """Of a command that may be missing, or fail because what it asks for is gone."""
    with contextlib.suppress(OSError):
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return ""


def _agents_below(pid: int) -> Iterator[int]:
    """Not what an agent forks: those look the same, and to kill a program is no fault of ours."""
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, _read(children).split()):
            if b"-m\0agent" in _read(Path(f"/proc/{child}/cmdline")):
                yield child
            else:
                yield from _agents_below(child)


def _read(path: Path) -> bytes:
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return b""
