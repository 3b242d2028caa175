"""Hostile programs kept as data, and sandboxes with one runner, where they follow each other.

tests/data/hostile/README.md says how a program is written down.
"""

import os
import time
import tomllib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

from sandbox import Invocation, Limits, Program, SandboxConfig, start
from sandbox.types import MIB

DATA = Path(__file__).parents[1] / "data" / "hostile"
IMAGE = os.environ.get("REWARDBOX_IMAGE", SandboxConfig().image)

# A runner that is not worn out by the suite, so that each one lost was lost to a submission.
_COMMON = SandboxConfig(slots=1, image=IMAGE, runs_per_runner=1_000_000)
CONFIGS = {
    "namespaces": replace(_COMMON, launcher="namespaces"),
    "docker": replace(_COMMON, launcher="docker"),
    "gvisor": replace(_COMMON, launcher="docker", runtime="runsc"),
}
# One worker runs all tests of a launcher, for they share its runner.
GROUNDS = [
    pytest.param(name, marks=[getattr(pytest.mark, name), pytest.mark.xdist_group(name)])
    for name in CONFIGS
]

SHORT = Limits(
    cpu_s=1,
    wall_s=2,
    memory_bytes=128 * MIB,
    output_bytes=MIB,
    processes=32,
    file_bytes=16 * MIB,
)

_LANGUAGES = {".py": ("python", "#:"), ".cpp": ("cpp", "//:")}


@dataclass(frozen=True, kw_only=True)
class Hostile:
    """One program, and what must become of it."""

    name: str
    language: str
    source: str
    family: str
    idea: str
    ends: tuple[str, ...]
    """Statuses it may end with; those of the compiler for one that must not compile."""
    compiles: bool = True
    says: str = ""
    """Shows up in its output: that it came as far as the attack, and was told no."""
    cases: tuple[str, ...] = ()
    """Arguments to run it with, one at a time; each is a test of its own."""
    limits: dict = field(default_factory=dict)
    again: bool = False
    """Runs twice in one session; the second run must not see the first."""
    costs_the_runner: dict = field(default_factory=dict)
    """Launchers whose runner may be replaced after it, and why that is right."""
    still_works: dict = field(default_factory=dict)
    """Launchers under which the attack succeeds as yet, and what docs/security.md says of it."""

    @property
    def program(self):
        return Program(language=self.language, source=self.source)


def read_programs():
    """Every program, in order of their names."""
    paths = sorted(path for path in (DATA / "programs").iterdir() if path.suffix in _LANGUAGES)
    return [_read_program(path) for path in paths]


def _read_program(path):
    language, mark = _LANGUAGES[path.suffix]
    source = path.read_text()
    header = [line[len(mark) :] for line in source.splitlines() if line.startswith(mark)]
    try:
        facts = tomllib.loads("\n".join(header))
        return Hostile(name=path.stem, language=language, source=source, **facts)
    except (TypeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path.name}: {error}") from error


class Ground:
    """A sandbox with one runner, used from tests that are no coroutines."""

    def __init__(self, portal, sandbox, launcher):
        self.launcher = launcher
        self.sandbox = sandbox
        self._portal = portal

    @property
    def lost(self):
        """Runners that were lost, by reason."""
        return Counter(self.sandbox.pool.stats.lost)

    def run(self, program, *invocations, **limits):
        """(compilation, executions) of one session."""
        return self._portal.call(self._run, program, invocations or (Invocation(),), limits)

    async def _run(self, program, invocations, limits):
        async with self.sandbox.open(program, limits=replace(SHORT, **limits)) as session:
            if session.compilation is not None and not session.compilation.succeeded:
                return session.compilation, []
            return session.compilation, [await session.run(each) for each in invocations]

    def run_pair(self, first, second):
        return self._portal.call(self.sandbox.run_pair, first, second)

    def run_python(self, source, *args, **limits):
        """The only execution of a Python program."""
        program = Program(language="python", source=source)
        _, (execution,) = self.run(program, Invocation(args=args), **limits)
        return execution


@contextmanager
def _open_ground(launcher, **changes):
    """A Ground of its own; on leaving, all that it started is to be gone."""
    config = replace(CONFIGS[launcher], **changes)
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(start(config)) as sandbox,
    ):
        yield Ground(portal, sandbox, launcher)


@pytest.fixture(scope="session")
def ground(request):
    with _open_ground(request.param) as ground:
        yield ground


@pytest.fixture
def open_ground():
    """Opens a Ground of the test's own."""
    return _open_ground


@pytest.fixture(scope="session")
def programs():
    """Every hostile program, by name."""
    return {each.name: each for each in read_programs()}


@pytest.fixture
def elapsed_s():
    """Tells the seconds since it was asked last."""
    last = time.monotonic()

    def tell():
        nonlocal last
        before, last = last, time.monotonic()
        return last - before

    return tell


def pytest_generate_tests(metafunc):
    if "ground" in metafunc.fixturenames:
        metafunc.parametrize("ground", GROUNDS, indirect=True, scope="session")
    if "launcher" in metafunc.fixturenames:
        metafunc.parametrize("launcher", GROUNDS)
    if "hostile" in metafunc.fixturenames:
        metafunc.parametrize(
            ("hostile", "argument"),
            [
                pytest.param(each, case, id=f"{each.name}-{case}" if case else each.name)
                for each in read_programs()
                for case in each.cases or (None,)
            ],
        )
    if "channel" in metafunc.fixturenames:
        plants = sorted(DATA.glob("channels/*.plant.py"))
        metafunc.parametrize("channel", [path.name.removesuffix(".plant.py") for path in plants])


@pytest.fixture
def plant(channel):
    return (DATA / "channels" / f"{channel}.plant.py").read_text()


@pytest.fixture
def probe(channel):
    return (DATA / "channels" / f"{channel}.probe.py").read_text()
