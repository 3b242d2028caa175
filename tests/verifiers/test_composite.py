"""composite: means, gates, errors and nesting."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sandbox import RunnerLost
from verifiers import InvalidReference, Score, UnknownVerifier, Verdict
from verifiers.composite import CompositeVerifier, Part, combine

pytestmark = pytest.mark.anyio

GOOD = "<think>6 * 7</think><answer>42</answer>"
FORMAT = {"verifier": "text.format", "reference": {"tags": ["think", "answer"]}}
ANSWER = {"verifier": "text.exact", "reference": "42"}
WRONG = {"verifier": "text.exact", "reference": "43"}


def composite(*parts):
    return {"parts": list(parts)}


@pytest.mark.parametrize(
    ("completion", "parts", "reward", "verdict"),
    [
        (GOOD, [FORMAT, ANSWER], 1.0, "accepted"),
        (GOOD, [FORMAT, {**WRONG, "weight": 3}], 0.25, "partial"),
        (GOOD, [{**FORMAT, "weight": 3}, WRONG], 0.75, "partial"),
        (GOOD, [{**FORMAT, "gate": True}, ANSWER], 1.0, "accepted"),
        (GOOD, [{**FORMAT, "gate": True}, WRONG], 0.5, "partial"),
        (GOOD, [{**FORMAT, "gate": True, "weight": 0}, WRONG], 0.0, "wrong_answer"),
        (GOOD, [{**FORMAT, "gate": True, "weight": 0}, ANSWER], 1.0, "accepted"),
        ("42", [{**FORMAT, "gate": True}, ANSWER], 0.0, "wrong_answer"),
        (GOOD, [ANSWER, {**WRONG, "gate": True}], 0.0, "wrong_answer"),
        (GOOD, [WRONG], 0.0, "wrong_answer"),
        (GOOD, [{**ANSWER, "weight": 1e308}, {**ANSWER, "weight": 1e308}], 1.0, "accepted"),
        ("", [FORMAT, ANSWER], 0.0, "no_answer"),
    ],
)
async def test_the_reward_is_the_weighted_mean_unless_a_gate_fails(
    tools, completion, parts, reward, verdict
):
    score = await tools.verify("composite", completion, composite(*parts), {})
    assert (score.reward, score.verdict) == (reward, verdict)


async def test_every_part_has_its_component_in_order(tools):
    parts = composite(
        {**FORMAT, "name": "format", "weight": 2}, {**WRONG, "gate": True}, {**ANSWER, "weight": 5}
    )
    score = await tools.verify("composite", GOOD, parts, {})

    assert score.reward == 0.0
    assert [(part.name, part.reward, part.weight, part.verdict) for part in score.components] == [
        ("format", 1.0, 2.0, "accepted"),
        ("text.exact", 0.0, 1.0, "wrong_answer"),
        ("text.exact", 1.0, 5.0, "accepted"),
    ]
    assert score.extracted == "42"
    assert score.message.startswith("the gate text.exact says wrong_answer")


async def test_the_composites_options_are_those_of_its_parts_unless_they_say_otherwise(tools):
    parts = composite(ANSWER, {**ANSWER, "options": {"extract": "auto"}})
    score = await tools.verify("composite", GOOD, parts, {"extract": "boxed"})
    assert [part.verdict for part in score.components] == ["no_answer", "accepted"]


@pytest.mark.parametrize(
    ("part", "error"),
    [
        ({"verifier": "text.exact", "reference": ""}, InvalidReference),
        ({"verifier": "text.exact", "reference": 42}, ValidationError),
        ({**ANSWER, "options": {"extrakt": "auto"}}, ValidationError),
        ({"verifier": "text.exakt", "reference": ""}, UnknownVerifier),
    ],
)
@pytest.mark.parametrize("gate", [{**WRONG, "gate": True}, ANSWER])
async def test_an_error_in_a_part_is_the_error_of_the_whole(tools, part, error, gate):
    with pytest.raises(error):
        await tools.verify("composite", GOOD, composite(gate, part), {})


@pytest.mark.parametrize("weight", [0, -1, float("inf"), float("nan")])
async def test_a_weight_is_finite_and_positive(tools, weight):
    with pytest.raises(ValidationError, match="weight"):
        await tools.verify("composite", GOOD, composite(ANSWER, {**ANSWER, "weight": weight}), {})


@pytest.mark.parametrize("parts", [[], [{**FORMAT, "gate": True, "weight": 0}], [ANSWER] * 65])
async def test_there_is_something_to_average(tools, parts):
    with pytest.raises(ValidationError):
        await tools.verify("composite", GOOD, composite(*parts), {})


def nested(depth, leaf=ANSWER):
    reference = composite(leaf)
    for _ in range(depth - 1):
        reference = composite({"verifier": "composite", "reference": reference})
    return reference


async def test_composites_nest_up_to_a_depth_and_a_size(tools):
    score = await tools.verify("composite", GOOD, nested(4), {})
    assert score.reward == 1.0

    with pytest.raises(InvalidReference, match="deep"):
        await tools.verify("composite", GOOD, nested(5), {})
    eight = {"verifier": "composite", "reference": composite(*[ANSWER] * 8)}
    with pytest.raises(InvalidReference, match="64 parts"):
        await tools.verify("composite", GOOD, composite(*[eight] * 8), {})


class ScriptedTools:
    """Answers each part with what its reference says, after as many turns of the event loop."""

    def __init__(self):
        self.running = self.most = 0

    async def verify(self, name, completion, reference, options):
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            for _ in range(reference["turns"]):
                await asyncio.sleep(0)
        finally:
            self.running -= 1
        if name == "lost":
            raise RunnerLost(reference["turns"])
        return Score(reward=1.0, verdict=Verdict.ACCEPTED, run_s=1.0, queue_s=reference["turns"])


async def judge(tools, *names_and_turns):
    verifier = CompositeVerifier()
    parts = [{"verifier": name, "reference": {"turns": turns}} for name, turns in names_and_turns]
    return await verifier.verify(
        "x",
        verifier.reference_type.model_validate(composite(*parts)),
        verifier.options_model(),
        tools,
    )


async def test_parts_are_judged_at_the_same_time():
    tools = ScriptedTools()
    score = await judge(tools, ("fine", 3), ("fine", 2), ("fine", 1))
    assert tools.most == 3
    assert (score.run_s, score.queue_s) == (3.0, 3.0)


async def test_of_several_errors_the_first_part_counts_whichever_comes_first():
    with pytest.raises(RunnerLost, match=r"^9$"):
        await judge(ScriptedTools(), ("fine", 1), ("lost", 9), ("lost", 2))


async def test_nothing_runs_on_when_the_request_ends():
    tools = ScriptedTools()
    task = asyncio.create_task(judge(tools, ("fine", 10**9), ("fine", 10**9)))
    for _ in range(5):
        await asyncio.sleep(0)
    assert tools.running == 2
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert tools.running == 0


PARTS = st.lists(
    st.tuples(
        st.floats(0, 1e308, exclude_min=True),
        st.floats(0, 1),
        st.booleans(),
        st.sampled_from(list(Verdict)),
    ),
    min_size=1,
    max_size=6,
)


@given(PARTS)
def test_whatever_the_parts_say_the_whole_is_honest(drawn):
    parts = [
        Part(verifier="v", reference=0, weight=weight, gate=gate) for weight, _, gate, _ in drawn
    ]
    scores = [Score(reward=reward, verdict=verdict) for _, reward, _, verdict in drawn]

    score = combine(parts, scores)

    rewards = [reward for _, reward, _, _ in drawn]
    assert score.passed == all(part.passed for part in scores)
    if any(part.gate and not judged.passed for part, judged in zip(parts, scores, strict=True)):
        assert score.reward == 0.0
    else:
        assert min(rewards) * 0.999 <= score.reward <= max(rewards) + 1e-9
