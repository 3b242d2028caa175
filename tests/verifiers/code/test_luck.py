"""Tests that draw random numbers draw the same ones each time, and others by another seed."""

import random
from pathlib import Path

import pytest

from sandbox import SandboxConfig, start
from verifiers.testing import local_tools

SUBMISSIONS = Path(__file__).parents[3] / ".venv-submissions" / "bin" / "python"

pytestmark = [pytest.mark.anyio, pytest.mark.namespaces, pytest.mark.xdist_group("namespaces")]

FIRST_OF_NUMPY = {0: 0.5488135039, 7: 0.0763082894}
"""What `numpy.random.random()` gives first after a seed, which NumPy promises not to change."""


@pytest.fixture(scope="module")
async def tools():
    config = SandboxConfig(launcher="namespaces", python=SUBMISSIONS)
    async with start(config) as sandbox, local_tools(sandbox=sandbox) as tools:
        yield tools


def draws(module, seed):
    if module == "random":
        return "import random\n", f"random.random() == {random.Random(seed).random()!r}"
    return "import numpy as np\n", f"abs(np.random.random() - {FIRST_OF_NUMPY[seed]}) < 1e-9"


def task(verifier, module, seed):
    """A test and a program that both find out what they draw first."""
    imports, claim = draws(module, seed)
    program = f"{imports}LUCKY = {claim}\ndef same(x):\n    return x if LUCKY else None\n"
    lines = f"assert same(1) == 1\nassert {claim}\n"
    if verifier == "code.unittest":
        body = lines.replace("assert", "    assert")
        lines = f"from solution import same\n\ndef test_luck():\n{body}"
    return program, {"tests": imports + lines}


@pytest.mark.parametrize("verifier", ["code.asserts", "code.unittest"])
@pytest.mark.parametrize("module", ["random", "numpy"])
async def test_a_seed_decides_what_is_drawn(tools, verifier, module):
    for drawn, seed, options in [(0, 0, {}), (7, 7, {"seed": 7}), (0, 7, {"seed": 7})]:
        program, reference = task(verifier, module, drawn)
        score = await tools.verify(
            verifier, program, reference, {"extract": "whole", "cache": False, **options}
        )
        assert score.passed is (drawn == seed), score.message


async def test_a_program_draws_by_the_seed_where_tests_only_call_it(tools):
    drawn = random.Random(7).random()
    program = "import random\ndef draw():\n    return random.random()\n"
    reference = {"tests": [f"assert draw() == {drawn!r}"]}

    score = await tools.verify("code.asserts", program, reference, {"extract": "whole", "seed": 7})

    assert score.passed, score.message
