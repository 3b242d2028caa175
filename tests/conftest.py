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

REWARDBOX = Path(sys.executable).with_name("rewardbox")
FULL_IMAGE = os.environ.get("REWARDBOX_FULL_IMAGE", "rewardbox-runner:full")

# How long an example takes says more about the machine than about the code.
# In CI the same examples each time: it tells whether a change broke something, and new examples are
# for where somebody can look at them.
hypothesis.settings.register_profile("rewardbox", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("rewardbox")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def installing(tmp_path_factory):
    """A function of a package's folder: the variables of processes that have it installed.

    Needs no network.
    """

    def install(package):
        target = tmp_path_factory.mktemp("site-packages")
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        offline = ["--no-index", "--no-deps", "--no-build-isolation", "--target", target]
        subprocess.run([*pip, *offline, package], check=True)
        return {**os.environ, "PYTHONPATH": str(target)}

    return install


@pytest.fixture(scope="session")
def bare_pytest():
    """The command of a pytest with none of the plugins that only this project's tests use."""
    unwanted = ["timeout", "xdist", "xdist.looponfail", "hypothesispytest", "playwright"]
    plugins = [option for name in unwanted for option in ("-p", f"no:{name}")]
    return [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugins]


@pytest.fixture(scope="session")
def serving(tmp_path_factory):
    """A function of an environment: a context with the address of a service that runs in it.

    Settings may differ from those of tests in general, and so may the command.
    """

    @contextlib.contextmanager
    def serve(environment=os.environ, *, command=(REWARDBOX,), **settings):
        settings = {"launcher": "namespaces", "log_format": "json", **settings}
        process = subprocess.Popen(
            [*command, "serve", "--port", "0"],
            cwd=tmp_path_factory.mktemp("service"),
            env={
                **environment,
                **{f"REWARDBOX_{name.upper()}": value for name, value in settings.items()},
                "REWARDBOX_PREPARE_COMPILERS": "false",
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
        case "full_image":
            found = asyncio.run(docker.availability(SandboxConfig(image=FULL_IMAGE)))
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
