"""Sample programs kept as data, one file a language, and sandboxes to run them in.

tests/data/languages/README.md says how a sample is written down.
"""

import glob
import os
import shutil
import tomllib
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

from sandbox import Invocation, Limits, Program, SandboxConfig, start
from sandbox.languages import language_table

DATA = Path(__file__).parents[2] / "data" / "languages"
FULL_IMAGE = os.environ.get("REWARDBOX_FULL_IMAGE", "rewardbox-runner:full")
# A runner that is not worn out by the suite, so that each one lost was lost to a program.
_COMMON = SandboxConfig(slots=1, runs_per_runner=1_000_000)
_CONFIGS = {
    "docker": replace(_COMMON, launcher="docker", image=FULL_IMAGE),
    "slim": replace(_COMMON, launcher="docker"),
    "namespaces": replace(_COMMON, launcher="namespaces"),
}
LAUNCHERS = ("docker", "namespaces")
_INSIDE = "/usr/local/bin:/usr/bin:/bin"

SAMPLES = {path.stem: tomllib.loads(path.read_text()) for path in sorted(DATA.glob("*.toml"))}
CLAIMS = (
    "greet",
    "echo",
    "args",
    "file",
    "fail",
    "crash",
    "spin",
    "eat",
    "churn",
    "flood",
    "recurse",
)


class Ground:
    """A sandbox with one runner, used from tests that are no coroutines."""

    def __init__(self, portal, sandbox):
        self._portal = portal
        self._sandbox = sandbox

    @property
    def lost(self):
        """How many runners were lost."""
        return sum(self._sandbox.pool.stats.lost.values())

    def run(self, program, invocation=None, **limits):
        """(compilation, execution or None) of one session."""
        return self._portal.call(self._run, program, invocation or Invocation(), limits)

    async def _run(self, program, invocation, limits):
        async with self._sandbox.open(program, limits=replace(Limits(), **limits)) as session:
            if session.compilation is not None and not session.compilation.succeeded:
                return session.compilation, None
            return session.compilation, await session.run(invocation)

    def languages(self):
        return self._portal.call(self._sandbox.languages)


@contextmanager
def _open_ground(launcher):
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(start(_CONFIGS[launcher])) as sandbox,
    ):
        yield Ground(portal, sandbox)


@pytest.fixture(scope="session")
def grounds():
    """Sandboxes by launcher, opened when they are asked for; "slim" is docker with that image."""
    with _Grounds() as found:
        yield found


class _Grounds:
    def __enter__(self):
        self._open = {}
        return self

    def __getitem__(self, launcher):
        if launcher not in self._open:
            context = _open_ground(launcher)
            self._open[launcher] = context, context.__enter__()
        return self._open[launcher][1]

    def __exit__(self, *_):
        for context, _ground in self._open.values():
            context.__exit__(None, None, None)


@pytest.fixture
def ground(grounds, launcher):
    """The sandbox of a launcher; no test may cost it a runner."""
    ground = grounds[launcher]
    lost = ground.lost
    yield ground
    assert ground.lost == lost


@pytest.fixture
def samples():
    return SAMPLES


@pytest.fixture
def entries():
    """Names of all languages, but of those that no image has."""
    return {each.name for each in language_table().languages} - {"cuda", "julia", "lean"}


@pytest.fixture
def sample(language):
    return SAMPLES[language]


@pytest.fixture
def program(language, sample):
    """Makes the program for a claim, and its arguments."""

    def make(claim, files):
        samples = sample.get("samples", {})
        source = samples.get(claim, sample.get("sample"))
        arguments = () if claim in samples else (claim,)
        return Program(language=language, source=source, files=files), arguments

    return make


@pytest.fixture
def broken(language, sample):
    return Program(language=language, source=sample["broken"]["source"])


@pytest.fixture
def unordered(sample):
    return sample["unordered"]


@pytest.fixture
def says(sample):
    return sample["broken"]["says"]


def has_toolchain(name):
    """Whether this machine has what the language needs where namespaces show it."""
    language = language_table().find(name)
    commands = [language.version, language.compile and language.compile.command, language.run]
    tools = {command.argv[0] for command in commands if command and command.argv}
    return all(tool.startswith("{dir}") or shutil.which(tool, path=_INSIDE) for tool in tools)


def has_test_runner(name):
    """Whether it also has what the language's tests import."""
    return has_toolchain(name) and all(map(glob.glob, SAMPLES[name].get("needs", ())))


def _marks(launcher, language):
    """One worker runs all of a language, for what was compiled stays with its sandbox."""
    marker = pytest.mark.full_image if launcher == "docker" else pytest.mark.namespaces
    return [marker, pytest.mark.xdist_group(f"{launcher}-{language}")]


def _places(names, is_here=has_toolchain):
    return [
        (launcher, name)
        for launcher in LAUNCHERS
        for name in names
        if launcher == "docker" or is_here(name)
    ]


def _cases(names, kinds, is_here=has_toolchain):
    return [
        pytest.param(launcher, name, kind, marks=_marks(launcher, name))
        for launcher, name in _places(names, is_here)
        for kind in kinds
        if kind not in SAMPLES[name].get("lacks", {}) and (kind != "churn" or _churns(name))
    ]


def _each(names):
    return [
        pytest.param(launcher, name, marks=_marks(launcher, name))
        for launcher, name in _places(names)
    ]


def _churns(name):
    """Whether there is a collector to be tried."""
    return "churn" in SAMPLES[name].get("samples", {})


def pytest_generate_tests(metafunc):
    programs = [name for name, sample in SAMPLES.items() if "broken" in sample]
    if "claim" in metafunc.fixturenames:
        metafunc.parametrize(("launcher", "language", "claim"), _cases(programs, CLAIMS))
    elif "broken" in metafunc.fixturenames:
        metafunc.parametrize(("launcher", "language"), _each(programs))
    elif "unordered" in metafunc.fixturenames:
        unordered = [name for name, sample in SAMPLES.items() if "unordered" in sample]
        metafunc.parametrize(("launcher", "language"), _each(unordered))
    elif "ending" in metafunc.fixturenames:
        suites = [name for name, sample in SAMPLES.items() if "passing" in sample]
        cases = _cases(suites, ("passing", "failing"), has_test_runner)
        metafunc.parametrize(("launcher", "language", "ending"), cases)
