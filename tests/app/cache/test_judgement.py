"""Only what the same request gets another time is kept for later."""

import pytest

from app.cache.judgement import Judgement, Made, Trace, dump, is_lasting, load
from sandbox import Tier
from verifiers import Component, Score, TestResult, Verdict

LASTING = {
    Verdict.ACCEPTED,
    Verdict.WRONG_ANSWER,
    Verdict.PARTIAL,
    Verdict.COMPILE_ERROR,
    Verdict.RUNTIME_ERROR,
    Verdict.OUTPUT_LIMIT_EXCEEDED,
    Verdict.NO_ANSWER,
}


def score(verdict=Verdict.WRONG_ANSWER, **fields):
    return Score(reward=0.0, verdict=verdict, **fields)


def one_test(verdict, **fields):
    return TestResult(index=0, verdict=verdict, reward=0.0, **fields)


@pytest.mark.parametrize("verdict", Verdict)
def test_limits_that_a_rerun_might_keep_do_not_last(verdict):
    assert is_lasting(score(verdict)) is (verdict in LASTING)
    assert is_lasting(score(tests=[one_test(verdict)])) is (verdict in LASTING)
    component = Component(name="part", reward=0.0, verdict=verdict)
    assert is_lasting(score(components=[component])) is (verdict in LASTING)


def test_a_component_without_a_verdict_lasts():
    assert is_lasting(score(components=[Component(name="part", reward=0.5)]))


def test_a_program_that_was_killed_does_not_last():
    assert not is_lasting(score(tests=[one_test(Verdict.RUNTIME_ERROR, signal=9)]))
    assert is_lasting(score(tests=[one_test(Verdict.RUNTIME_ERROR, signal=11)]))


def test_a_verifier_can_say_that_a_score_does_not_last():
    assert not is_lasting(score(repeatable=False))


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("lasting", [True, False])
def test_a_whole_is_worth_no_more_than_its_parts(shared, lasting):
    part = Made(judgement=Judgement(score=score(), tier=Tier.FRESH), shared=shared, lasting=lasting)
    trace = Trace()

    trace.add(part)
    made = trace.made(score())

    assert made.shared is shared
    assert made.lasting is (shared and lasting)
    assert made.judgement.tier is Tier.FRESH


def test_what_is_kept_comes_back_as_it_was():
    test = one_test(Verdict.ACCEPTED, stdout="é\n", stderr="\x00", cpu_s=0.25, exit_code=0)
    kept = Judgement(
        score=Score(
            reward=0.1 + 0.2,
            verdict=Verdict.PARTIAL,
            message="1 of 2",
            extracted="print()",
            tests=[test],
            components=[Component(name="c", reward=1.0)],
            run_s=1.5,
        ),
        tier=Tier.WARM,
    )

    assert load(dump(kept)) == kept


@pytest.mark.parametrize(
    "data", [b"", b"null", b"{}", b"{", b"\xff", b'{"score":{"reward":2.0,"verdict":"accepted"}}']
)
def test_what_is_no_judgement_is_not_believed(data):
    assert load(data) is None


def test_who_is_given_it_again_has_run_nothing():
    made = Made(judgement=Judgement(score=score(run_s=3.0, queue_s=2.0)))

    again = made.given_again(waited_s=0.5).judgement.score

    assert (again.run_s, again.queue_s) == (0.0, 0.5)
    assert made.judgement.score.run_s == 3.0
