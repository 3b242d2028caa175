"""Hostile programs kept as data, and sandboxes with one runner, where they follow each other.

tests/data/hostile/README.md says how a program is written down.
"""

import os
import shutil
import time
import tomllib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal

from sandbox import Invocation, Limits, Program, SandboxConfig, Status, Tier, start
from sandbox.runner import Loss
from sandbox.types import MIB

DATA = Path(__file__).parents[1] / "data" / "hostile"
IMAGE = os.environ.get("REWARDBOX_IMAGE", SandboxConfig().image)
FULL_IMAGE = os.environ.get("REWARDBOX_FULL_IMAGE", "rewardbox-runner:full")
EVERYTHING = os.environ.get("TEST_HOSTILE") == "everything"
"""Also what takes too long for every change: each program on runners of its own, on gVisor too."""

# A runner that is not worn out by the suite, so that each one lost was lost to a submission.
_COMMON = SandboxConfig(slots=1, spares=0, image=IMAGE, runs_per_runner=1_000_000)
_NAMESPACES = replace(_COMMON, launcher="namespaces")
_DOCKER = replace(_COMMON, launcher="docker")
_GVISOR = replace(_DOCKER, runtime="runsc")
_FULL = {"image": FULL_IMAGE}
_FRESH = {"tiers": (Tier.FRESH,), "spares": 1}
CONFIGS = {
    "namespaces": _NAMESPACES,
    "docker": _DOCKER,
    "gvisor": _GVISOR,
}
MORE_CONFIGS = {
    "full": replace(_DOCKER, **_FULL),
    "fresh_namespaces": replace(_NAMESPACES, **_FRESH),
    "fresh": replace(_DOCKER, **_FRESH),
    "fresh_full": replace(_DOCKER, **_FULL, **_FRESH),
    "fresh_gvisor": replace(_GVISOR, **_FRESH),
    "full_gvisor": replace(_GVISOR, **_FULL),
    "fresh_full_gvisor": replace(_GVISOR, **_FULL, **_FRESH),
}
"""For programs and channels alone, of which a sample runs there."""
_ALL_CONFIGS = CONFIGS | MORE_CONFIGS
_ONE_PROGRAM_IN = {
    "namespaces": 1,
    "docker": 1,
    "full": 1,
    "gvisor": 2,
    "fresh_namespaces": 10,
    "fresh": 20,
    "fresh_full": 20,
}
"""Of how many programs in each language one runs there; nowhere else, but when everything is asked
for."""
_ONE_CHANNEL_IN = {
    "namespaces": 1,
    "docker": 1,
    "gvisor": 1,
    "full": 6,
    "fresh_namespaces": 2,
    "fresh": 4,
    "fresh_gvisor": 10,
}
"""The same for channels."""
_LARGE = {"java", "go"}
"""Languages that only the full image has."""
_TOOLS = {"c": "gcc", "cpp": "g++", "javascript": "node", "java": "javac", "go": "go"}
"""The command that tells whether this machine has a language that comes in a package of its own."""


def _ground(name, *values, marks=(), **options):
    """A parameter: one worker runs all tests of a ground, for they share its runner.

    And all with namespaces, whose programs see the locks of others on the machine's files.
    """
    config = _ALL_CONFIGS[name]
    group = config.launcher if config.launcher == "namespaces" else name
    needs = [config.launcher if config.image == IMAGE else "full_image"]
    needs += ["gvisor"] if config.runtime else []
    own = [*(getattr(pytest.mark, each) for each in needs), pytest.mark.xdist_group(group)]
    return pytest.param(name, *values, marks=[*own, *marks], **options)


GROUNDS = [_ground(name) for name in CONFIGS]

SHORT = Limits(
    cpu_s=1,
    wall_s=2,
    memory_bytes=128 * MIB,
    output_bytes=MIB,
    processes=32,
    file_bytes=16 * MIB,
)
_LONG = replace(SHORT, cpu_s=10, wall_s=30)
"""For what ends by itself: machines are busy, and gVisor is slow."""

_LANGUAGES = {
    ".py": ("python", "#:"),
    ".sh": ("bash", "#:"),
    ".c": ("c", "//:"),
    ".cpp": ("cpp", "//:"),
    ".js": ("javascript", "//:"),
    ".java": ("java", "//:"),
    ".go": ("go", "//:"),
}


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
    ends_in_gvisor: tuple[str, ...] = ()
    """Statuses that it may end with there besides."""
    compiles: bool = True
    says: str = ""
    """Shows up in its output: that it came as far as the attack, and was told no."""
    cases: tuple[str, ...] = ()
    """Arguments to run it with, one at a time; each is a test of its own."""
    limits: dict[str, Any] = field(default_factory=dict)
    again: bool = False
    """Runs twice in one session; the second run must not see the first."""
    costs_the_runner: dict[str, Any] = field(default_factory=dict)
    """Launchers whose runner may be replaced after it, and why that is right."""
    still_works: dict[str, Any] = field(default_factory=dict)
    """Launchers under which the attack succeeds as yet, and what docs/security.md says of it."""

    @property
    def within(self):
        """The limits that it runs in."""
        common = SHORT if Status.TIME_LIMIT_EXCEEDED in self.ends else _LONG
        return replace(common, **self.limits)

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

    def __init__(self, portal, sandbox, config):
        self.launcher = "gvisor" if config.runtime else config.launcher
        """As the programs name it, whatever the tier and the image."""
        self.sandbox = sandbox
        self._portal = portal

    @property
    def lost(self):
        """Runners that were lost, by reason; not those that have served their only session."""
        lost = Counter(self.sandbox.pool.stats.lost)
        del lost[Loss.WORN_OUT]
        return lost

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
    config = replace(_ALL_CONFIGS[launcher], **changes)
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(start(config)) as sandbox,
    ):
        yield Ground(portal, sandbox, config)


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
def everywhere(request):
    """(ground's settings of a service, runs): all that can be run there, as (program, argument)."""
    config = _ALL_CONFIGS[request.param]
    settings = {"launcher": config.launcher, "image": config.image, "slots": "2"}
    settings |= {"runtime": config.runtime} if config.runtime else {}
    kind = "gvisor" if config.runtime else config.launcher
    runs = [(each, case) for each, case in _runs() if _has(request.param, each.language)]
    return settings, [run for run in runs if kind not in run[0].still_works]


@pytest.fixture
def elapsed_s():
    """Tells the seconds since it was asked last."""
    last = time.monotonic()

    def tell():
        nonlocal last
        before, last = last, time.monotonic()
        return last - before

    return tell


def _runs():
    return [(each, case) for each in read_programs() for case in each.cases or (None,)]


def _program_places():
    """(ground, program, argument) for all that is to run where."""
    runs = [(each, case) for each in read_programs() for case in each.cases or (None,)]
    for ground in _ALL_CONFIGS:
        for language, _ in _LANGUAGES.values():
            fitting = [
                run for run in runs if run[0].language == language and _has(ground, language)
            ]
            for program, case in _sample(fitting, ground, _ONE_PROGRAM_IN):
                name = f"{program.name}-{case}" if case else program.name
                marks = _skips(ground, program.language)
                yield _ground(ground, program, case, marks=marks, id=f"{ground}-{name}")


def _channel_places():
    """(ground, channel) for all that is to be tried where."""
    plants = sorted(DATA.glob("channels/*.plant.py"))
    channels = [path.name.removesuffix(".plant.py") for path in plants]
    for ground in _ALL_CONFIGS:
        for channel in _sample(channels, ground, _ONE_CHANNEL_IN):
            yield _ground(ground, channel, id=f"{ground}-{channel}")


def _sample(them, ground, one_in):
    if EVERYTHING:
        return them
    return them[:: one_in[ground]] if ground in one_in else []


def _has(ground, language):
    """Whether that ground has the language, and is where it is tested."""
    if _ALL_CONFIGS[ground].launcher == "namespaces":
        return True
    return (language in _LARGE) == (_ALL_CONFIGS[ground].image == FULL_IMAGE)


def _skips(ground, language):
    """Marks for a program in a language that this machine should have, and perhaps has not."""
    tool = _TOOLS.get(language) if _ALL_CONFIGS[ground].launcher == "namespaces" else None
    if tool is None or shutil.which(tool, path="/usr/local/bin:/usr/bin:/bin"):
        return []
    return [pytest.mark.skip(reason=f"{tool} is not installed")]


def pytest_generate_tests(metafunc):
    if "hostile" in metafunc.fixturenames:
        names: tuple[str, ...] = ("ground", "hostile", "argument")
        places = list(_program_places())
        metafunc.parametrize(names, places, indirect=["ground"], scope="session")
    elif "channel" in metafunc.fixturenames:
        names, places = ("ground", "channel"), list(_channel_places())
        metafunc.parametrize(names, places, indirect=["ground"], scope="session")
    elif "ground" in metafunc.fixturenames:
        metafunc.parametrize("ground", GROUNDS, indirect=True, scope="session")
    if "everywhere" in metafunc.fixturenames:
        grounds = _ONE_PROGRAM_IN if EVERYTHING else ["namespaces"]
        places = [_ground(ground) for ground in grounds if not ground.startswith("fresh")]
        metafunc.parametrize("everywhere", places, indirect=True)
    if "launcher" in metafunc.fixturenames:
        metafunc.parametrize("launcher", GROUNDS)


@pytest.fixture
def read_pair():
    """Gives the plant and the probe of a channel."""
    return lambda name: [
        (DATA / "channels" / f"{name}.{part}.py").read_text() for part in ("plant", "probe")
    ]


@pytest.fixture
def plant(read_pair, channel):
    return read_pair(channel)[0]


@pytest.fixture
def probe(read_pair, channel):
    return read_pair(channel)[1]
