"""Which languages are offered: those of which a program has just run."""

import pytest

from sandbox.errors import LanguageUnavailable, LaunchError
from sandbox.types import Program

pytestmark = pytest.mark.anyio

FAILED = {"exit_code": 127}


class Toolchain:
    """An agent's behaviour: greets like a hello program, and answers a version probe."""

    def __init__(self, scripted, *, compiles=True, greeting=b"hello\n", version=b"g++ 14.2.0\n"):
        self.scripted = scripted
        self.compiles = compiles
        self.greeting = greeting
        self.version = version

    async def __call__(self, agent, header, blobs):
        if header["op"] == "open" and header["compile"] and not self.compiles:
            blobs = [b"bad"]
        if header["op"] == "run":
            argv = header["parties"][0]["argv"] or ()
            probing = "--version" in argv or "-v" in argv
            changes = {} if self.version or not probing else FAILED
            agent.send_ran(header, stdout=self.version if probing else self.greeting, **changes)
        else:
            await self.scripted.polite(agent, header, blobs)


@pytest.fixture
def surveyed(scripted):
    """What is found out about a language when the toolchain is like this."""

    async def surveyed(name, **toolchain):
        launcher = scripted.launcher(Toolchain(scripted, **toolchain))
        async with scripted.sandbox(launcher) as sandbox:
            sandbox.survey.found.clear()
            return next(each for each in await sandbox.languages() if each.name == name)

    return surveyed


async def test_a_language_that_says_hello_is_there_with_its_version(surveyed):
    found = await surveyed("cpp")
    assert (found.available, found.version, found.reason) == (True, "14.2.0", None)
    assert "c++" in found.aliases


async def test_the_version_of_python_is_what_the_runner_says(surveyed):
    found = await surveyed("python")
    assert (found.available, found.version) == (True, "3.13.5")


@pytest.mark.parametrize(
    ("toolchain", "complaint"),
    [
        ({"compiles": False}, "does not compile"),
        ({"greeting": b"good bye\n"}, "does not run"),
        ({"version": b""}, "version"),
    ],
)
async def test_a_language_that_does_not_work_says_what_to_install(surveyed, toolchain, complaint):
    found = await surveyed("cpp", **toolchain)
    assert not found.available
    assert complaint in found.reason
    assert "apt-get install g++" in found.reason


async def test_a_version_may_look_strange(surveyed):
    found = await surveyed("cpp", version=b"experimental\n")
    assert (found.available, found.version) == (True, None)


async def test_a_language_is_tried_once_and_before_its_first_program(scripted):
    launcher = scripted.launcher(Toolchain(scripted, compiles=False))
    async with scripted.sandbox(launcher) as sandbox:
        sandbox.survey.found.clear()
        for _ in range(2):
            with pytest.raises(LanguageUnavailable, match="apt-get install"):
                async with sandbox.open(Program(language="cpp", source="")):
                    pass
        assert launcher.agents[0].ops.count("open") == 1


async def test_that_it_could_not_be_tried_is_said_but_not_remembered(scripted):
    launcher = scripted.launcher(Toolchain(scripted))
    launcher.failures = 1000
    async with scripted.sandbox(launcher) as sandbox:
        sandbox.survey.found.clear()
        assert all("engine is down" in each.reason for each in await sandbox.languages())
        with pytest.raises(LaunchError):
            async with sandbox.open(Program(language="cpp", source="")):
                pass
        launcher.failures = 0
        assert all(each.available for each in await sandbox.languages())
