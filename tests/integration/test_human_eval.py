"""The 164 HumanEval problems under every launcher: what solves them is rewarded, nothing else."""

import pytest

pytestmark = pytest.mark.slow


def test_every_canonical_solution_gets_the_whole_reward(service, human_eval):
    results = service.score(human_eval())
    assert {each["id"]: each["message"] for each in results if each["reward"] != 1.0} == {}


def test_what_solves_nothing_gets_nothing(service, human_eval, cheat):
    results = service.score(human_eval(cheat))
    assert {each["id"]: each for each in results if each["reward"] != 0.0} == {}
