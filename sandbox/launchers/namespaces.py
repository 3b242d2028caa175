"""Runners made of Linux namespaces on this machine: no engine, no root, nothing to install.

The inside sees the host's toolchains read-only and nothing else of the host; see `enter`, which
builds it.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import signal
import socket
import sys
from pathlib import Path

from sandbox.config import SandboxConfig
from sandbox.errors import LaunchError, SandboxUnavailable
from sandbox.launchers.base import STREAM_LIMIT_BYTES, Availability, Death
from sandbox.launchers.enter import HOME, SCRATCH, Blueprint
from sandbox.launchers.headstart import Headstart, open_headstart
from sandbox.slots import default_slots

_PROJECT = Path(__file__).resolve().parents[2]
_AGENT = _PROJECT / "sandbox" / "agent"
_SUBMISSIONS_PYTHON = _PROJECT / ".venv-submissions" / "bin" / "python"
_INSTALLED = ("/usr/bin", "/usr/local/bin", "/var/lib/dpkg/status")
_LAST_WORDS_BYTES = 4096

_REMEDY = (
    "the kernel refuses to make user namespaces here. Allow them "
    "(sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces=10000, and on Ubuntu "
    "kernel.apparmor_restrict_unprivileged_userns=0), or install Docker and build the runner image"
)


class NamespacesAgent:
    """One agent in namespaces of its own."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        self.id = str(process.pid)
        self.reader, self.writer = streams
        self._process = process

    async def stop(self) -> None:
        # The agent, first process of its PID namespace, dies with its parent and takes all with it.
        # (Process.kill would look whether it has ended, and take its exit status from asyncio.)
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)
        self.writer.close()
        await self._process.wait()

    async def death(self) -> Death:
        return Death.UNKNOWN


class NamespacesLauncher:
    """Starts agents in namespaces of this machine."""

    name = "namespaces"
    runtime = None

    def __init__(self, config: SandboxConfig) -> None:
        self.slots: int | None = config.slots or default_slots()
        self._config = config
        self.at_once = None
        self.edition = ""
        self._blueprint = ""
        self._headstart: Headstart | None = None

    async def start(self) -> None:
        blueprint = await _blueprint(self._config)
        self.edition = await asyncio.to_thread(_edition, blueprint)
        if self._config.headstart is not None:
            self._headstart = await asyncio.to_thread(open_headstart, self._config.headstart)
        if self._headstart is not None:
            blueprint.visible[f"{HOME}/headstart"] = str(self._headstart.folder)
            self._headstart.start()
        self._blueprint = blueprint.to_json()
        refusal = await _probe(self._blueprint)
        if refusal is not None:
            raise SandboxUnavailable(refusal)

    async def launch(self) -> NamespacesAgent:
        # One connection for both directions, as it may have to be passed on to another process.
        ours, theirs = socket.socketpair()
        with theirs:
            streams = await asyncio.open_unix_connection(sock=ours, limit=STREAM_LIMIT_BYTES)
            try:
                process = await _enter(self._blueprint, stream=theirs.fileno())
            except BaseException:
                streams[1].close()
                raise
        return NamespacesAgent(process, streams)

    async def close(self) -> None:
        if self._headstart is not None:
            await self._headstart.close()


async def availability(config: SandboxConfig) -> Availability:
    """Whether namespaces can be made here, found by making them."""
    try:
        refusal = await _probe((await _blueprint(config)).to_json())
    except (SandboxUnavailable, LaunchError) as error:
        refusal = str(error)
    return Availability(
        available=refusal is None,
        detail="namespaces can be made here" if refusal is None else refusal,
    )


async def _probe(blueprint: str) -> str | None:
    """Build a runner's inside and leave it again; None, or why it cannot be done."""
    process = await _enter(blueprint, "--probe", stderr=asyncio.subprocess.PIPE)
    _, stderr = await process.communicate()
    if process.returncode == 0:
        return None
    reason = stderr[-_LAST_WORDS_BYTES:].decode(errors="replace").strip().rpartition("\n")[2]
    return f"{_REMEDY} ({reason})"


async def _enter(
    blueprint: str,
    *options: str,
    stream: int = asyncio.subprocess.PIPE,
    stderr: int | None = None,
) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-s", "-m", "sandbox.launchers.enter", blueprint, *options),
            cwd=_PROJECT,
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            stdin=stream,
            stdout=stream,
            stderr=stderr,
            start_new_session=True,  # Ctrl-C is for the service, which lets runs end first
        )
    except OSError as error:
        raise LaunchError(f"a runner could not be started: {error}") from error


async def _blueprint(config: SandboxConfig) -> Blueprint:
    if sys.platform != "linux":
        raise SandboxUnavailable("namespaces need Linux; on other systems use Docker")
    python = await asyncio.to_thread(_python, config)
    prefix, base_prefix = await _prefixes(python)
    if any(base_prefix.startswith(f"/{place}/") for place in SCRATCH):
        raise SandboxUnavailable(
            f"Python under {base_prefix} cannot be shown to submissions, who have a place of their "
            "own there; name another interpreter"
        )
    visible = {f"{HOME}/agent": str(_AGENT)}
    if not f"{base_prefix}/".startswith("/usr/"):
        visible[base_prefix] = base_prefix
    if prefix != base_prefix:
        # A virtual environment finds its base by absolute path, and can itself be anywhere.
        visible[f"{HOME}/python"] = prefix
        python = Path(HOME, "python", "bin", "python")
    return Blueprint(python=str(python), visible=visible, scratch_bytes=config.file_bytes)


def _edition(blueprint: Blueprint) -> str:
    """A digest of when folders that programs see were changed last: installing anything does it."""
    packages = [
        folder
        for prefix in ("/usr", "/usr/local", *blueprint.visible.values())
        for folder in (*Path(prefix).glob("lib/python3*/*-packages"), *Path(prefix).glob("lib/*/"))
    ]
    places = [*map(Path, _INSTALLED), *packages]
    changes = [(str(place), place.stat().st_mtime_ns) for place in places if place.exists()]
    return hashlib.sha256(repr(sorted(changes)).encode()).hexdigest()[:16]


def _python(config: SandboxConfig) -> Path:
    """The interpreter for submissions: the one asked for, the project's, or our own base.

    Raises SandboxUnavailable when it does not exist.
    """
    python = config.python
    if python is None:
        python = _SUBMISSIONS_PYTHON if _SUBMISSIONS_PYTHON.exists() else Path(sys.executable)
    if not python.exists():
        raise SandboxUnavailable(f"the interpreter for submissions, {python}, does not exist")
    return python.absolute()


async def _prefixes(python: Path) -> tuple[str, str]:
    """Where the interpreter's packages live, and where its standard library does."""
    code = "import json, sys; print(json.dumps([sys.prefix, sys.base_prefix]))"
    process = await asyncio.create_subprocess_exec(
        str(python), "-I", "-c", code, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise SandboxUnavailable(f"the interpreter {python} does not run")
    prefix, base_prefix = json.loads(output)
    return prefix, base_prefix
