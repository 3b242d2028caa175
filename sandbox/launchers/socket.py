"""Runners that someone else starts: docker compose, a Kubernetes side-car, a shell.

They connect to a Unix socket and serve until that closes. Whoever can connect is believed to be a
runner, so the socket lies in a directory that only the service and the group of its runners may
enter, and a peer must be root or the service's own user: a submission, with a uid of its own and no
groups, is stopped by both.
"""

import asyncio
import contextlib
import itertools
import logging
import os
import socket
import stat
import struct
from pathlib import Path

from sandbox.config import SandboxConfig
from sandbox.errors import LaunchError, SandboxUnavailable
from sandbox.launchers.base import STREAM_LIMIT_BYTES, Availability, Death

_BACKLOG = 1024
_CREDENTIALS = struct.Struct("3i")
_FORBIDDEN_MODE = stat.S_IWGRP | stat.S_IRWXO
_PROBE_S = 1.0

logger = logging.getLogger("rewardbox.sandbox")


class SocketAgent:
    """An agent at the other end of a connection."""

    def __init__(
        self, number: int, streams: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    ) -> None:
        self.id = f"connection {number}"
        self.reader, self.writer = streams

    async def stop(self) -> None:
        # The agent reads the end of its input and ends; whoever started it starts it afresh.
        self.writer.transport.abort()
        with contextlib.suppress(OSError):  # what became of it no longer matters
            await self.writer.wait_closed()

    async def death(self) -> Death:
        return Death.UNKNOWN


class SocketLauncher:
    """Takes in the agents that connect, one for each call of `launch`."""

    name = "socket"
    runtime = None
    slots = None
    edition = ""

    def __init__(self, config: SandboxConfig) -> None:
        # The CPUs of the machine, as what this process may use of them says nothing of runners.
        self.at_once: int | None = config.slots or os.cpu_count()
        self._config = config
        self._listener: socket.socket | None = None
        self._identity: tuple[int, int] | None = None
        self._accepting = asyncio.Lock()
        self._numbers = itertools.count(1)

    async def start(self) -> None:
        path = _checked_path(self._config)
        listener = socket.socket(socket.AF_UNIX)
        try:
            _clear(path)
            listener.bind(str(path))
            os.chmod(path, 0o660)  # before it listens, nobody can connect
            listener.listen(_BACKLOG)
        except OSError as error:
            listener.close()
            raise SandboxUnavailable(f"cannot wait for runners at {path}: {error}") from error
        except SandboxUnavailable:
            listener.close()
            raise
        listener.setblocking(False)
        self._listener = listener
        self._identity = _identity(path)

    async def launch(self) -> SocketAgent:
        if self._listener is None:
            raise LaunchError("the socket launcher was not started")
        try:
            connection = await self._accept(self._listener)
            try:
                streams = await asyncio.open_unix_connection(
                    sock=connection, limit=STREAM_LIMIT_BYTES
                )
            except BaseException:
                connection.close()
                raise
        except OSError as error:
            raise LaunchError(f"no runner could be taken in: {error}") from error
        return SocketAgent(next(self._numbers), streams)

    async def close(self) -> None:
        if self._listener is None or self._config.socket is None:
            return
        self._listener.close()
        with contextlib.suppress(FileNotFoundError):
            if _identity(self._config.socket) == self._identity:
                self._config.socket.unlink()

    async def _accept(self, listener: socket.socket) -> socket.socket:
        loop = asyncio.get_running_loop()
        while True:
            async with self._accepting:  # an event loop watches a descriptor for one task only
                connection, _ = await loop.sock_accept(listener)
            uid = _peer_uid(connection)
            if uid in (0, os.geteuid()):
                return connection
            logger.error("refused a connection of user %d, who is no runner", uid)
            connection.close()


async def availability(config: SandboxConfig) -> Availability:
    """Whether runners can be waited for where `config` says."""
    try:
        path = _checked_path(config)
    except SandboxUnavailable as error:
        return Availability(available=False, detail=str(error))
    return Availability(available=True, detail=f"runners may connect to {path}")


def _checked_path(config: SandboxConfig) -> Path:
    """Where to listen. Raises SandboxUnavailable when strangers could get at it."""
    if config.socket is None:
        raise SandboxUnavailable("no socket is named for runners to connect to; set `socket`")
    directory = config.socket.absolute().parent
    remedy = f"make it with `install -d -m 0750 {directory}`, owned by the service's user"
    try:
        found = directory.lstat()
    except OSError as error:
        raise SandboxUnavailable(f"{directory} cannot be used: {error}; {remedy}") from error
    if not stat.S_ISDIR(found.st_mode):
        raise SandboxUnavailable(f"{directory} is no directory; {remedy}")
    if found.st_uid not in (0, os.geteuid()):
        raise SandboxUnavailable(f"{directory} belongs to user {found.st_uid}; {remedy}")
    if found.st_mode & _FORBIDDEN_MODE:
        raise SandboxUnavailable(
            f"{directory} is open to others (mode {stat.S_IMODE(found.st_mode):04o}); {remedy}"
        )
    return config.socket


def _clear(path: Path) -> None:
    """Remove the socket that a service before us left. Raises SandboxUnavailable for any other."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise SandboxUnavailable(f"{path} exists and is no socket; remove it or name another")
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(_PROBE_S)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
        except TimeoutError:  # somebody listens, and is busy
            pass
    raise SandboxUnavailable(f"another service waits for runners at {path}; name another socket")


def _identity(path: Path) -> tuple[int, int]:
    found = path.lstat()
    return found.st_dev, found.st_ino


def _peer_uid(connection: socket.socket) -> int:
    option = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, uid, _ = _CREDENTIALS.unpack(option)
    return int(uid)
