"""Wrong versions of HumanEval's solutions get the reward that their tests would give them in one
process; benchmarks/mutants.py compares all of them."""

import pytest

from benchmarks import mutants
from sandbox import SandboxConfig, start
from verifiers.testing import local_tools

pytestmark = pytest.mark.anyio


class TestMutating:
    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("x = a < b", [("flipped comparison", "x = a <= b")]),
            ("x = a[1]", [("off by one", "x = a[2]")]),
            ("x = True", []),
            ("if a:\n    b()", [("dropped branch", "if False:\n    b()")]),
            ("x = 1 if a else b", [("dropped branch", "x = 1 if False else b")]),
        ],
    )
    def test_each_mutant_differs_in_one_place(self, source, expected):
        found = list(mutants.mutants(source))
        assert all(mutant in found for mutant in expected)
        assert len(found) == len(expected) + ("1 if" in source)

    def test_what_the_prompt_defines_stays_as_it_is(self):
        found = list(mutants.mutants("x = 1\ny = 2", first_line=2))
        assert [source for _, source in found] == ["x = 1\ny = 3"]


@pytest.mark.namespaces
@pytest.mark.xdist_group("namespaces")
async def test_the_examiner_judges_mutants_as_one_process_does():
    some = mutants.all_mutants(most=1)[::8]
    config = SandboxConfig(launcher="namespaces", python=mutants.PYTHON)
    outcomes = {}
    async with start(config) as sandbox, local_tools(sandbox=sandbox) as tools:
        for mutant in some:
            outcomes[mutant.task] = await mutants.judge(tools, mutant)
    assert {task: pair for task, pair in outcomes.items() if pair[0] != pair[1]} == {}
    assert (False, False) in outcomes.values()
