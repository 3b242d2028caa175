"""`/v1/score`: one completion in, one reward or the reason for none out."""

import pydantic
import pytest

from sandbox import RunnerLost, SandboxUnavailable
from verifiers import Component, Score, TestResult, Verdict, WorkerLost, WorkerTimeout

pytestmark = pytest.mark.anyio


def item(**fields):
    return {"verifier": "equal", "completion": "42", "reference": "42", **fields}


async def test_a_right_answer_gets_its_reward(client):
    response = await client.post("/v1/score", json=item(id="step1"))

    assert response.status_code == 200
    answer = response.json()
    timing = answer.pop("timing")
    assert answer == {
        "id": "step1",
        "verifier": "equal",
        "reward": 1.0,
        "passed": True,
        "verdict": "accepted",
        "message": "",
        "extracted": "42",
        "error": None,
        "tests": [],
        "components": [],
        "cached": False,
        "tier": None,
    }
    assert 0 <= timing["queue_s"] <= timing["total_s"]
    assert timing["run_s"] == 0


async def test_a_wrong_answer_gets_zero(client):
    answer = (await client.post("/v1/score", json=item(completion="41"))).json()

    assert (answer["reward"], answer["passed"]) == (0.0, False)
    assert answer["verdict"] == "wrong_answer"


async def test_optional_fields_may_be_null(client):
    body = item(id=None, group=None, options=None, deadline_s=None)

    assert (await client.post("/v1/score", json=body)).json()["reward"] == 1.0


@pytest.mark.parametrize(
    "completion",
    [
        [{"role": "assistant", "content": "42"}],
        [
            {"role": "user", "content": "6 times 7?"},
            {"role": "assistant", "content": "41"},
            {"role": "user", "content": "no"},
            {"role": "assistant", "content": "42", "tool_calls": None},
        ],
        [{"role": "assistant", "content": [{"type": "text", "text": "4"}, {"text": "2"}]}],
        [{"role": "assistant", "content": "42"}, {"role": "tool", "content": "ok"}],
    ],
)
async def test_of_a_chat_the_last_assistant_message_counts(client, completion):
    answer = (await client.post("/v1/score", json=item(completion=completion))).json()

    assert (answer["reward"], answer["extracted"]) == (1.0, "42")


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"verifier": "equl"}, "verifier", "did you mean `equal`"),
        ({"refrence": "42"}, "refrence", "did you mean `reference`"),
        ({"completion": 42}, "completion", "string"),
        ({"completion": []}, "completion", "no assistant message"),
        ({"completion": [{"role": "user", "content": "?"}]}, "completion", "no assistant message"),
        ({"reference": 42}, "reference", "string"),
        ({"options": {"limts": {}}}, "options.limts", "did you mean `limits`"),
        ({"options": {"limits": {"cpu": 1}}}, "options.limits.cpu", "did you mean `cpu_s`"),
        (
            {"options": {"limits": {"cpu_s": -1}}},
            "options.limits.cpu_s",
            "greater than or equal to 0.01",
        ),
        ({"options": {"limits": {"cpu_s": 121}}}, "options.limits.cpu_s", "max_cpu_s"),
        ({"options": {"limits": {"processes": 999}}}, "options.limits.processes", "cap of 256"),
        ({"options": {"files": {"../x": ""}}}, "options.files", "'..'"),
        ({"options": []}, "options", "object"),
        ({"id": {"x": 1}}, "id", "string"),
        ({"id": True}, "id", "string"),
        ({"deadline_s": 0}, "deadline_s", "greater than 0"),
        ({"deadline_s": 10**400}, "deadline_s", "valid number"),
        (
            {"verifier": "shaped", "reference": {"anser": "42"}},
            "reference.anser",
            "did you mean `answer`",
        ),
        ({"verifier": "shaped", "reference": {}}, "reference.answer", "is missing"),
        (
            {"verifier": "shaped", "reference": {"answer": "4", "weight": "x"}},
            "reference.weight",
            "number",
        ),
    ],
)
async def test_a_malformed_item_is_told_its_field_and_the_remedy(client, change, field, message):
    response = await client.post("/v1/score", json=item(**change))

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["type"] == "urn:rewardbox:problem:invalid-request"
    assert problem["status"] == 422
    told = [f"{error['message']} {error['remedy']}" for error in problem["errors"]]
    assert field in [error["field"] for error in problem["errors"]], problem
    assert any(message in text for text in told), problem
    assert message in problem["detail"]


@pytest.mark.parametrize(
    "change", [{"options": {"limts": {}}}, {"verifier": "shaped", "reference": {"anser": "42"}}]
)
async def test_no_schema_is_made_to_explain_what_is_malformed(client, change, monkeypatch):
    def refuse(*arguments, **named):
        raise AssertionError("a schema was made")

    monkeypatch.setattr(pydantic.TypeAdapter, "json_schema", refuse)
    monkeypatch.setattr(pydantic.BaseModel, "model_json_schema", refuse)

    response = await client.post("/v1/score", json=item(**change))

    assert "did you mean" in response.json()["detail"]


@pytest.mark.parametrize("body", [3, "text", []])
async def test_what_is_no_object_is_no_item(client, body):
    response = await client.post("/v1/score", json=body)

    assert response.status_code == 422
    assert response.json()["errors"][0]["message"] == "must be an object"


async def test_a_language_nobody_knows_is_a_malformed_item(client):
    response = await client.post(
        "/v1/score", json=item(verifier="code.printing", options={"language": "pyhton"})
    )

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "options.language"


def raising(error):
    def verify(tools):
        raise error

    return verify


@pytest.mark.parametrize(
    ("error", "kind", "retryable"),
    [
        (RunnerLost("gone"), "sandbox", True),
        (SandboxUnavailable("no engine"), "sandbox", False),
        (WorkerLost("gone"), "verifier", True),
        (WorkerTimeout("too long"), "verifier", False),
        (ZeroDivisionError("oops"), "verifier", False),
        (TimeoutError("its own"), "verifier", False),
        (RecursionError("deep"), "verifier", False),
        (ExceptionGroup("tasks", [ExceptionGroup("inner", [RunnerLost("gone")])]), "sandbox", True),
    ],
)
async def test_a_failure_of_ours_is_no_reward(client, calling, error, kind, retryable):
    calling.does["fail"] = raising(error)

    response = await client.post(
        "/v1/score", json={"verifier": "calling", "completion": "fail", "reference": None}
    )

    assert response.status_code == 200
    answer = response.json()
    assert (answer["reward"], answer["passed"], answer["verdict"]) == (None, None, None)
    assert (answer["error"]["kind"], answer["error"]["retryable"]) == (kind, retryable)
    assert answer["error"]["message"]


async def test_a_broken_task_is_no_reward(client):
    answer = (
        await client.post("/v1/score", json=item(verifier="shaped", reference="broken"))
    ).json()

    assert answer["reward"] is None
    assert answer["error"] == {
        "kind": "reference",
        "retryable": False,
        "message": "the gold answer is broken",
    }


async def test_a_verifier_that_did_not_load_says_why(client):
    answer = (await client.post("/v1/score", json=item(verifier="broken"))).json()

    assert answer["error"]["kind"] == "verifier"
    assert "no licence" in answer["error"]["message"]


@pytest.mark.parametrize(
    "score",
    [
        Score.model_construct(reward=float("nan"), verdict=Verdict.ACCEPTED),
        Score.model_construct(reward=float("inf"), verdict=Verdict.ACCEPTED),
        Score.model_construct(reward=1.5, verdict=Verdict.ACCEPTED),
        Score.model_construct(reward=-0.1, verdict=Verdict.ACCEPTED),
        Score.model_construct(reward=1.0, verdict="great"),
        Score.model_construct(reward=1.0, verdict=Verdict.ACCEPTED, run_s=float("nan")),
        Score.model_construct(
            reward=1.0,
            verdict=Verdict.ACCEPTED,
            tests=[
                TestResult.model_construct(  # type: ignore[call-arg] # the rest is of no matter
                    reward=float("nan"), cpu_s=0.0, wall_s=0.0
                )
            ],
        ),
        Score.model_construct(
            reward=1.0,
            verdict=Verdict.ACCEPTED,
            components=[
                Component.model_construct(  # type: ignore[call-arg] # nor is its name
                    reward=1.0, weight=float("inf")
                )
            ],
        ),
        Score.model_construct(reward="1.0", verdict=Verdict.ACCEPTED),
        {"reward": 1.0},
        1.0,
        None,
    ],
)
async def test_what_is_no_honest_score_is_no_reward(client, calling, score):
    calling.does["lie"] = lambda tools: score

    answer = (
        await client.post(
            "/v1/score", json={"verifier": "calling", "completion": "lie", "reference": None}
        )
    ).json()

    assert answer["reward"] is None
    assert answer["error"]["kind"] == "verifier"


async def test_a_verifier_may_use_another(client, calling):
    async def ask(tools):
        return await tools.verify("equal", "42", "42", {})

    async def ask_wrongly(tools):
        return await tools.verify("equal", "42", "42", {"limits": {"cpu_s": 1e6}})

    calling.does |= {"ask": ask, "ask wrongly": ask_wrongly}
    body = {"verifier": "calling", "reference": None}

    right = await client.post("/v1/score", json={**body, "completion": "ask"})
    wrong = await client.post("/v1/score", json={**body, "completion": "ask wrongly"})

    assert right.json()["extracted"] == "42"
    assert wrong.status_code == 422
    (error,) = wrong.json()["errors"]
    assert error["field"] == "reference"
    assert "'equal'" in error["message"]
    assert "max_cpu_s" in error["message"]


async def test_half_a_surrogate_pair_costs_nobody_else_anything(client):
    content = b'{"verifier": "equal", "completion": "\\ud83d", "reference": "\\ufffd"}'

    response = await client.post(
        "/v1/score", content=content, headers={"content-type": "application/json"}
    )

    assert response.json()["reward"] == 1.0


async def test_a_score_that_is_no_utf8_is_still_told(client, calling):
    calling.does["odd"] = lambda tools: Score.model_construct(
        reward=0.0,
        verdict=Verdict.WRONG_ANSWER,
        message="\ud83d",
        tests=[],
        components=[],
        extracted=None,
        run_s=0.0,
        queue_s=0.0,
    )

    response = await client.post(
        "/v1/score", json={"verifier": "calling", "completion": "odd", "reference": None}
    )

    assert response.json()["message"] == "?"
