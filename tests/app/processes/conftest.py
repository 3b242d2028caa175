"""A service of several processes, with real runners."""

import contextlib
import os
import re
import resource
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

_MEMBER = b"app.processes.member"
_RUNNER = b"sandbox.launchers.enter"
_ESTABLISHED = "01"


class Service:
    """`rewardbox serve`, and what can be seen of its processes from outside."""

    def __init__(self, folder, *, descriptors=None, **settings):
        """`descriptors` is how many each of its processes may have."""

        def limit():
            if descriptors is not None:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

        settings = {"processes": 2, "slots": 2, "launcher": "namespaces", **settings}
        self.log = b""
        self._process = subprocess.Popen(
            [Path(sys.executable).with_name("rewardbox"), "serve", "--port", "0"],
            cwd=folder,
            env={
                **os.environ,
                **{f"REWARDBOX_{name.upper()}": str(value) for name, value in settings.items()},
                "REWARDBOX_PREPARE_COMPILERS": "false",
                "REWARDBOX_LOG_FORMAT": "json",
            },
            stderr=subprocess.PIPE,
            preexec_fn=limit,
        )

    @property
    def pid(self):
        return self._process.pid

    def wait_until_it_serves(self):
        assert self._process.stderr is not None
        while (found := re.search(rb"running on (http://[\d.:]+)", self.log)) is None:
            readable, _, _ = select.select([self._process.stderr], [], [], 120)
            chunk = os.read(self._process.stderr.fileno(), 65536) if readable else b""
            assert chunk, self.log.decode()
            self.log += chunk
        self.url = found[1].decode()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self):
        while chunk := os.read(self._process.stderr.fileno(), 65536):
            self.log += chunk

    def client(self):
        """One connection, which is kept."""
        limits = httpx.Limits(max_connections=1)
        return httpx.AsyncClient(base_url=self.url, timeout=120, limits=limits)

    def descendants(self):
        return descendants(self.pid)

    def members(self):
        return [pid for pid in self.descendants() if _MEMBER in command_of(pid)]

    def runners(self):
        return [pid for pid in self.descendants() if _RUNNER in command_of(pid)]

    def connections(self):
        """How many clients' connections its processes have."""
        inodes = {
            inode
            for local, _, state, inode in _tcp_sockets()
            if (local, state) == (self._port, _ESTABLISHED)
        }
        return sum(len(inodes & _sockets_of(pid)) for pid in self.members())

    @staticmethod
    def is_alive(pid):
        return bool(command_of(pid))  # that of a zombie is empty

    def member_that_serves(self, client):
        """The process at the other end of a client's connection."""
        (connection,) = client._transport._pool.connections
        ours = connection._connection._network_stream.get_extra_info("client_addr")[1]
        inode = _inode_of(self._port, ours)
        (pid,) = [pid for pid in self.members() if inode in _sockets_of(pid)]
        return pid

    @property
    def _port(self):
        return int(self.url.rpartition(":")[2])

    def signal(self, number):
        self._process.send_signal(number)

    def wait(self):
        """The exit code."""
        return self._process.wait(timeout=60)

    def close(self):
        if self._process.poll() is None:
            self.signal(signal.SIGTERM)
        try:
            self.wait()
        finally:
            self._process.kill()
            if not hasattr(self, "_reading"):
                self.log += self._process.stderr.read()
            else:
                self._reading.join()
            self._process.stderr.close()


def descendants(pid):
    """Processes below one, as far as /proc tells."""
    found = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *descendants(int(child))]
    return found


def command_of(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _inode_of(local, remote):
    """Of the socket with those ports."""
    for *ports, _, inode in _tcp_sockets():
        if ports == [local, remote]:
            return inode
    raise AssertionError("there is no such connection")


def _tcp_sockets():
    """Of each that there is: its port, that of the other end, its state and its inode."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        local, remote = (int(field.partition(":")[2], 16) for field in fields[1:3])
        yield local, remote, fields[3], fields[9]


def _sockets_of(pid):
    found = set()
    for fd in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            found.add(os.readlink(fd).removeprefix("socket:[").removesuffix("]"))
    return found


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """Starts a service that ends with the context: `with start(slots=1) as service`."""

    @contextlib.contextmanager
    def start_service(**settings):
        service = Service(tmp_path_factory.mktemp("service"), **settings)
        with contextlib.closing(service):
            yield service

    return start_service


@pytest.fixture(scope="module")
def service(start):
    """One for all tests that leave it as they find it."""
    with start() as service:
        service.wait_until_it_serves()
        yield service
