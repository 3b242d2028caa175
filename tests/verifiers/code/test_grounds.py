"""Some of all cheats and honest programs, on grounds where all of them would take too long.

Of every kind of tests there are some. TEST_ALL_CHEATS=1 has all of them tried here, and
`python -m benchmarks.cheats` on any ground.
"""

import os
from dataclasses import replace

import pytest

from benchmarks.cheats import cases, is_as_it_should_be, reward
from sandbox import Tier, start
from tests.verifiers.code import places
from verifiers.testing import local_tools

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

CONFIGS = places.CONFIGS | {
    name: replace(places.CONFIGS[name], tiers=(Tier.FRESH,)) for name in ("namespaces", "docker")
}
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


@pytest.mark.parametrize("ground", places.GROUNDS)
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
