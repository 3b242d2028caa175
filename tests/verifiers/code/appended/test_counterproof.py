"""Which programs are caught by tests with something else expected, shown with programs that are
functions: from a source of tests to whether they pass it."""

import random
import re
from types import SimpleNamespace

import pytest

from sandbox import Status
from verifiers.base import Score
from verifiers.code.appended.counterproof import Counterproof
from verifiers.code.appended.parts import NamedTest
from verifiers.code.appended.sites import find_sites
from verifiers.errors import InvalidReference

pytestmark = pytest.mark.anyio

ANSWERS = {1: 10, 2: 20, 3: 30, 4: 40}
TESTS = "".join(f"assert(f({n}) == {answer});\n" for n, answer in ANSWERS.items())
DEMAND = re.compile(r"assert\((?P<denied>\(!\()?f\((?P<given>\d)\) == (?P<expected>\d+)")


def counterproof(passes, *, tests=TESTS, named=(), seed=0, compiles=True):
    async def run(source):
        if not compiles:
            return Score(reward=0.0, verdict="compile_error")
        return SimpleNamespace(source=source, status=Status.EXITED)

    def passed(outcome):
        return set(range(len(named) or 1)) if passes(outcome.source) else set()

    sites = find_sites(tests, "cpp")
    return Counterproof(tests, sites, named, run, passed, random.Random(seed))


def solves(known):
    """A program that knows some answers, and gets around the other demands."""

    def passes(source):
        for found in DEMAND.finditer(source):
            given = int(found["given"])
            holds = given not in known or ANSWERS[given] == int(found["expected"])
            if holds == bool(found["denied"]):
                return False
        return True

    return passes


async def test_a_right_program_is_never_caught():
    for seed in range(20):
        proof = counterproof(solves(ANSWERS), seed=seed)
        assert not await proof.passes_altered({0}, 4)
        assert not await proof.fails_denied({0}, lambda outcome: True)


async def test_leaving_before_the_last_demand_is_always_caught():
    for seed in range(20):
        assert await counterproof(solves([1, 2, 3]), seed=seed).passes_altered({0}, 1)


@pytest.mark.parametrize("unknown", ANSWERS)
async def test_with_as_many_runs_as_demands_nothing_is_missed(unknown):
    known = set(ANSWERS) - {unknown}
    for seed in range(20):
        assert await counterproof(solves(known), seed=seed).passes_altered({0}, len(ANSWERS))


@pytest.mark.parametrize("unknown", ANSWERS)
async def test_what_equals_anything_fails_where_that_is_denied(unknown):
    known = set(ANSWERS) - {unknown}
    for seed in range(20):
        proof = counterproof(solves(known), seed=seed)
        assert await proof.fails_denied({0}, lambda outcome: True)


async def test_other_ends_than_a_failed_assertion_prove_nothing():
    proof = counterproof(solves([]))
    assert not await proof.fails_denied({0}, lambda outcome: False)


async def test_tests_that_do_not_compile_when_altered_prove_nothing():
    with pytest.raises(InvalidReference):
        await counterproof(solves(ANSWERS), compiles=False).passes_altered({0}, 4)


async def test_each_of_several_tests_has_its_last_demand_altered():
    lines = [found.start() for found in re.finditer("assert", TESTS)]
    named = [NamedTest("first", 0, lines[2]), NamedTest("second", lines[2], len(TESTS))]
    sources = []
    proof = counterproof(lambda source: sources.append(source), named=named)
    await proof.passes_altered({0, 1}, 1)
    altered = [bool(a != b) for a, b in zip(TESTS.split(";"), sources[0].split(";"), strict=True)]
    assert altered == [False, True, False, True, False]


async def test_what_is_in_no_test_may_be_left_out():
    named = [NamedTest("first", 0, TESTS.index("\n"))]
    assert not await counterproof(solves([1]), named=named).passes_altered({0}, 4)
