"""Some of all cheats and honest programs, on grounds where all of them would take too long.

Of every kind of tests there are some. TEST_ALL_CHEATS=1 has all of them tried here, and
`python -m benchmarks.cheats` on any ground.
"""

import os

import pytest

from benchmarks.cheats import PYTHON, cases, is_as_it_should_be, reward
from sandbox import SandboxConfig, Tier, start
from verifiers.testing import local_tools

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

IMAGE = os.environ.get("REWARDBOX_IMAGE", SandboxConfig().image)
FRESH = (Tier.FRESH,)
CONFIGS = {
    "namespaces": SandboxConfig(launcher="namespaces", python=PYTHON, tiers=FRESH),
    "docker": SandboxConfig(launcher="docker", image=IMAGE, tiers=FRESH),
    "gvisor": SandboxConfig(launcher="docker", image=IMAGE, runtime="runsc"),
}
GROUNDS = [
    pytest.param(name, marks=[getattr(pytest.mark, name), pytest.mark.xdist_group(name)])
    for name in CONFIGS
]
STEPS = {"namespaces": 61, "docker": 83, "gvisor": 61}
"""Every so manieth of a kind is tried."""
TRY_ALL = os.environ.get("TEST_ALL_CHEATS") == "1"
DIFFERENT_UNDER_GVISOR = {"named-standard-streams"}
"""Tried wherever anything is."""


def chosen(step):
    """Some cheats and honest programs of each kind, in languages that every ground has."""
    groups = {}
    for case in cases():
        if case.language in ("python", "c", "cpp"):
            groups.setdefault((case.kind, case.honest), []).append(case)
    return [
        case
        for group in groups.values()
        for number, case in enumerate(group)
        if number % step == 0 or case.name in DIFFERENT_UNDER_GVISOR
    ]


@pytest.mark.parametrize("ground", GROUNDS)
async def test_cheats_get_nothing_and_honest_programs_everything(ground):
    wrong = {}
    async with start(CONFIGS[ground]) as sandbox, local_tools(sandbox=sandbox) as tools:
        for case in chosen(1 if TRY_ALL else STEPS[ground]):
            given, said = await reward(tools, case)
            if not is_as_it_should_be(case, given):
                wrong[case.name] = given, said
    assert wrong == {}


@pytest.mark.gvisor
@pytest.mark.xdist_group("gvisor")
async def test_interactors_under_gvisor():
    async with start(CONFIGS["gvisor"]) as sandbox, local_tools(sandbox=sandbox) as tools:
        interactive = [case for case in cases(["judges"]) if "interactor" in case.reference]
        honest = next(case for case in interactive if case.honest)
        cheat = next(case for case in interactive if not case.honest)
        assert (await reward(tools, honest))[0] == 1.0
        assert (await reward(tools, cheat))[0] == 0.0
