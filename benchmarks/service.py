"""A service of its own for a benchmark, and a client whose own cost is small beside it."""

import asyncio
import contextlib
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

NDJSON = "application/x-ndjson"
JSON = "application/json"

NANOSECONDS = 1e9

_STARTING_S = 120
_LISTENING = re.compile(rb"running on (http://[\d.:]+)")
_STATUS = re.compile(rb"HTTP/1\.1 (\d+)")
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_LAST_CHUNK = b"\r\n0\r\n\r\n"
_PIECE_BYTES = 1024 * 1024


# The service


@dataclass(frozen=True)
class Service:
    """Where a service listens, and its process; 0 where that is on another machine."""

    address: str
    pid: int = 0

    def cpu_s(self) -> float:
        """CPU time of the service's own process so far: not of its runners and workers."""
        if not self.pid:
            return 0.0
        threads = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(each.read_text().split()[0]) for each in threads) / NANOSECONDS

    def memory_bytes(self) -> int:
        """What of the service's own process is in memory."""
        pages = Path(f"/proc/{self.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def get(self, path: str) -> Any:
        """The value that a route answers with."""
        with urllib.request.urlopen(self.address + path, timeout=_STARTING_S) as answer:
            return json.load(answer)

    def languages(self) -> set[str]:
        """Names of those that are available."""
        return {each["name"] for each in self.get("/v1/languages") if each["available"]}

    def descriptors(self) -> int:
        """How many the service's own process has open."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))


@contextlib.contextmanager
def serving(**settings: object) -> Iterator[Service]:
    """`rewardbox serve` on a free loopback port, with these settings, ready to score.

    It has looked at its languages, which it does beside its first requests otherwise.
    """
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("REWARDBOX_")},
        **{f"REWARDBOX_{name.upper()}": str(value) for name, value in settings.items()},
    }
    with tempfile.NamedTemporaryFile(suffix=".log") as log:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("rewardbox"), "serve", "--port", "0"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stderr=log,
        )
        # Who ends a benchmark ends its service too.
        signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
        try:
            address = _address(process, Path(log.name))
            urllib.request.urlopen(f"{address}/v1/languages", timeout=_STARTING_S).close()
            yield Service(address, process.pid)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=120)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + _STARTING_S
    while process.poll() is None and time.monotonic() < end:
        if found := _LISTENING.search(log.read_bytes()):
            return found[1].decode()
        time.sleep(0.05)  # only its log tells where it listens
    raise SystemExit(f"the service did not start:\n{log.read_text()}")


# The client


def allow_many_connections() -> None:
    """Use all the descriptors that this process may have; every connection takes one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes

    def lines(self) -> list[Any]:
        """The values of an NDJSON body."""
        return [json.loads(line) for line in self.body.splitlines()]


class Connection:
    """One HTTP/1.1 connection, kept alive: what goes through it is bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def post(self, path: str, body: bytes, *, accept: str = JSON) -> Answer:
        """Send a JSON body, and wait for all of the answer."""
        self.send(path, body, accept=accept)
        return await self.answer()

    def send(self, path: str, body: bytes, *, accept: str = JSON) -> None:
        self.writer.write(head(path, len(body), accept=accept) + body)

    async def answer(self) -> Answer:
        """Raises asyncio.IncompleteReadError when the connection ends first."""
        received = await self.reader.readuntil(b"\r\n\r\n")
        status = _STATUS.match(received)
        if status is None:
            raise SystemExit(f"this is no HTTP: {received!r}")
        if length := _LENGTH.search(received):
            return Answer(int(status[1]), await self.reader.readexactly(int(length[1])))
        return Answer(int(status[1]), await self._chunked())

    async def _chunked(self) -> bytes:
        received = bytearray(b"\r\n")
        while not received.endswith(_LAST_CHUNK):
            piece = await self.reader.read(_PIECE_BYTES)
            if not piece:
                raise asyncio.IncompleteReadError(bytes(received), None)
            received += piece
        return _joined(received)


def head(path: str, length: int, *, accept: str = JSON) -> bytes:
    """The head of a request with a JSON body."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: rewardbox\r\nContent-Type: application/json\r\n"
        f"Accept: {accept}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def _joined(received: bytearray) -> bytes:
    """What is in the chunks of a body; each begins with the end of the line before."""
    parts: list[bytes] = []
    position = 0
    while True:
        start = received.index(b"\r\n", position + 2) + 2
        length = int(received[position + 2 : start - 2], 16)
        if length == 0:
            return b"".join(parts)
        parts.append(bytes(received[start : start + length]))
        position = start + length


@contextlib.asynccontextmanager
async def connected(address: str) -> AsyncIterator[Connection]:
    """A connection to a service, closed in the end."""
    url = urlsplit(address)
    reader, writer = await asyncio.open_connection(url.hostname, url.port or 80, limit=_PIECE_BYTES)
    try:
        yield Connection(reader, writer)
    finally:
        writer.close()
