"""What every part of the suite shares: fixtures, and what becomes of a test whose marker names
something that this machine lacks. It is skipped with the reason; in CI, which has everything, a
skip fails the run.
"""

import asyncio
import contextlib
import functools
import os
import re
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import hypothesis
import pytest

from sandbox.config import SandboxConfig
from sandbox.launchers import docker, namespaces

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("rewardbox", deadline=None)
hypothesis.settings.load_profile("rewardbox")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def serving(tmp_path_factory):
    """A function of an environment: a context with the address of a service that runs in it."""

    @contextlib.contextmanager
    def serve(environment=os.environ):
        process = subprocess.Popen(
            [Path(sys.executable).with_name("rewardbox"), "serve", "--port", "0"],
            cwd=tmp_path_factory.mktemp("service"),
            env={
                **environment,
                "REWARDBOX_LAUNCHER": "namespaces",
                "REWARDBOX_LOG_FORMAT": "json",
            },
            stderr=subprocess.PIPE,
        )
        try:
            yield _address(process)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)

    return serve


def _address(process):
    """Reads a service's log until it says where it listens."""
    log = b""
    while (found := re.search(rb"running on (http://[\d.:]+)", log)) is None:
        readable, _, _ = select.select([process.stderr], [], [], 60)
        chunk = os.read(process.stderr.fileno(), 65536) if readable else b""
        assert chunk, log.decode()
        log += chunk
    return found[1].decode()


@functools.cache
def _reason_to_skip(marker):
    """Why tests of that marker cannot run here; None when they can."""
    match marker:
        case "docker":
            found = asyncio.run(docker.availability(SandboxConfig()))
        case "gvisor":
            found = asyncio.run(docker.availability(SandboxConfig(runtime="runsc")))
        case "namespaces":
            found = asyncio.run(namespaces.availability(SandboxConfig()))
        case "browser":
            return None if shutil.which("chromium") else "chromium is not installed"
        case _:
            return None
    return None if found.available else found.detail


def pytest_runtest_setup(item):
    for marker in item.iter_markers():
        if reason := _reason_to_skip(marker.name):
            pytest.skip(reason)


class NoSkips:
    """Fails a run in which a test was skipped, and says which."""

    def __init__(self):
        self.skipped = []

    def pytest_runtest_logreport(self, report):
        if report.skipped and not hasattr(report, "wasxfail"):
            self.skipped.append(report.nodeid)

    def pytest_collectreport(self, report):
        if report.skipped:
            self.skipped.append(report.nodeid)

    def pytest_sessionfinish(self, session):
        if self.skipped and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        for nodeid in self.skipped:
            terminalreporter.write_line(f"SKIPPED IN CI, WHICH IS A FAILURE: {nodeid}", red=True)


def pytest_configure(config):
    if os.environ.get("CI"):
        config.pluginmanager.register(NoSkips())
