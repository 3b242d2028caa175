"""The verifier as a whole: verdicts, references, options, and what happens in workers."""

import asyncio
import json
import time

import pytest
from pydantic import TypeAdapter, ValidationError

from verifiers import InvalidReference, Verdict
from verifiers.math.policies import MathOptions
from verifiers.math.verifier import MathVerifier

pytestmark = pytest.mark.anyio

REFERENCE = TypeAdapter(MathVerifier.reference_type)


async def verify(tools, completion, reference, **options):
    return await MathVerifier().verify(
        completion, REFERENCE.validate_python(reference), MathOptions(**options), tools
    )


async def test_its_example_scores_one(tools):
    example = MathVerifier.example
    score = await verify(tools, example["completion"], example["reference"])
    assert score.reward == 1.0
    assert score.verdict is Verdict.ACCEPTED
    assert score.extracted == r"\frac{3}{6}"


async def test_a_wrong_answer_gets_nothing_and_the_message_says_how_it_was_decided(tools):
    score = await verify(tools, r"\boxed{\frac{2}{3}}", r"\frac{1}{2}")
    assert (score.reward, score.verdict) == (0.0, Verdict.WRONG_ANSWER)
    assert "exact" in score.message


async def test_a_completion_without_an_answer_is_no_wrong_answer(tools):
    score = await verify(tools, "I cannot say what it might be in the end.", "5")
    assert (score.reward, score.verdict) == (0.0, Verdict.NO_ANSWER)


async def test_an_answer_cut_off_in_the_middle_is_no_answer(tools):
    score = await verify(tools, "Let us think about it. \\boxed{\\frac{1}{", "5")
    assert score.verdict is Verdict.NO_ANSWER


@pytest.mark.parametrize(
    "gold", ["", "1 +", r"\frac{1}{", "29 = 30", r"\frac{1}{0}", r"\boxed{", "x 5 = 3 7"]
)
async def test_a_gold_that_cannot_be_read_is_an_error_of_the_reference(tools, gold):
    with pytest.raises(InvalidReference, match="cannot be read"):
        await verify(tools, r"\boxed{5}", gold)


@pytest.mark.parametrize(
    "gold", [r"\int_0^{10^9} e^{\sin(x^x)} dx", r"\prod_{k=1}^{10^9} \frac{k}{k+\sin k}"]
)
async def test_a_gold_that_cannot_be_evaluated_is_an_error_of_the_reference(tools, gold):
    with pytest.raises(InvalidReference, match="cannot be evaluated"):
        await verify(tools, r"\boxed{5}", gold)


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        (5, "5"),
        (0.5, r"\frac12"),
        ("#### 5", None),
        ("She has 2 + 3 = 5 of them.\n#### 5", "5"),
        ("The sum is 5, so the answer is $\\boxed{5}$.", "5"),
        (["4", "5"], "5"),
        ('["4", "5"]', "5"),
        ({"answer": ["4", "5"]}, "5"),
        ({"answer": "(1, 2)", "kind": "tuple"}, "(1,2)"),
        ({"answer": "3.14", "tolerance": 0.01}, r"\pi"),
        ({"answer": "100", "tolerance": {"relative": 0.02}}, "99"),
    ],
)
async def test_golds_come_in_many_shapes(tools, gold, answer):
    if answer is None:
        with pytest.raises(InvalidReference):
            await verify(tools, r"\boxed{5}", gold)
    else:
        score = await verify(tools, rf"\boxed{{{answer}}}", gold)
        assert score.reward == 1.0


async def test_none_of_several_alternatives_is_wrong(tools):
    assert (await verify(tools, r"\boxed{6}", ["4", "5"])).reward == 0.0


@pytest.mark.parametrize(
    ("kind", "gold", "answer", "right"),
    [
        ("set", "(1,2)", "2, 1", True),
        ("tuple", "1,2", "2,1", False),
        ("text", "x + 1", "X + 1", True),
        ("text", "red car", "blue car", False),
        ("choice", "B", "b", True),
        ("choice", "B", "The answer is C", False),
        ("equation", "a = 2b", "2b - a = 0", True),
        ("equation", "a = 2b", "b = 2a", False),
        ("interval", "(1,2)", "1 < x < 2", True),
    ],
)
async def test_a_kind_says_how_the_gold_is_meant(tools, kind, gold, answer, right):
    score = await verify(tools, rf"\boxed{{{answer}}}", {"answer": gold, "kind": kind})
    assert score.passed is right


@pytest.mark.parametrize(
    ("kind", "gold"), [("number", r"\text{red}"), ("matrix", "5"), ("equation", "5")]
)
async def test_a_gold_of_another_kind_is_an_error_of_the_reference(tools, kind, gold):
    with pytest.raises(InvalidReference):
        await verify(tools, r"\boxed{5}", {"answer": gold, "kind": kind})


@pytest.mark.parametrize(
    "reference",
    [{}, {"answer": "5", "tolerence": 1}, {"answer": []}, {"answer": None}, {"answer": True}, []],
)
def test_a_malformed_reference_is_refused(reference):
    with pytest.raises(ValidationError):
        REFERENCE.validate_python(reference)


@pytest.mark.parametrize(
    ("gold", "answer", "right"),
    [
        (r"\frac{1}{3}", r"\int_0^1 x^2 \, dx", True),
        (r"\frac{1}{2}", r"\int_0^1 x^2 \, dx", False),
        (r"\frac{\pi^2}{6}", r"\sum_{n=1}^{\infty} \frac{1}{n^2}", True),
        (r"\frac{\pi^2}{8}", r"\sum_{n=1}^{\infty} \frac{1}{n^2}", False),
        ("e", r"\lim_{n \to \infty} \left(1+\frac{1}{n}\right)^n", True),
        (r"\sum_{k=1}^{1000} k^3", "250500250000", True),
        (r"\int_0^1 e^x \, dx", "e-1", True),
        (r"\int_0^1 e^x \, dx", "e", False),
    ],
)
async def test_integrals_limits_and_series_are_done_in_workers(tools, gold, answer, right):
    score = await verify(tools, rf"\boxed{{{answer}}}", gold, limits={"cpu_s": 2})
    assert score.passed is right
    assert "symbolic" in score.message or "exact" in score.message


@pytest.mark.parametrize(
    "answer", [r"\sum_{k=1}^\infty \frac{(-1)^{k+1}}{k}", r"\int_1^2 \frac{dx}{x}"]
)
async def test_the_first_of_its_kind_has_as_much_time_as_all_others(tools, answer):
    assert (await verify(tools, rf"\boxed{{{answer}}}", r"\ln 2")).reward == 1.0


async def test_an_answer_that_takes_too_long_is_wrong_and_says_so(tools):
    score = await verify(tools, r"\boxed{\int_0^{10^9} e^{\sin(x^x)} dx}", "5")
    assert score.verdict is Verdict.WRONG_ANSWER
    assert "took too long" in score.message


async def test_the_same_request_has_the_same_score(tools):
    scores = [await verify(tools, r"\boxed{\sin^2 x}", r"1-\cos^2 x") for _ in range(3)]
    assert len({score.model_dump_json() for score in scores}) == 1


async def test_a_single_check_hardly_holds_the_event_loop(tools):
    longest = 0.0

    async def watch():
        nonlocal longest
        while True:
            before = time.process_time()
            await asyncio.sleep(0)
            longest = max(longest, time.process_time() - before)

    watcher = asyncio.create_task(watch())
    for completion in ("\\boxed{2} " * 1600, "x" * 16_000, "\\(" * 8000, "step $x=1$\n" * 1500):
        await verify(tools, completion, "5")
        await asyncio.sleep(0)
    watcher.cancel()
    assert longest < 0.25


async def test_a_list_of_texts_in_json_is_not_taken_for_an_interval(tools):
    assert (await verify(tools, r"\boxed{[1,2]}", "[1,2]")).reward == 1.0
    assert (await verify(tools, r"\boxed{1}", json.dumps(["1", "2"]))).reward == 1.0
    assert (await verify(tools, r"\boxed{1}", "[1,2]")).reward == 0.0
