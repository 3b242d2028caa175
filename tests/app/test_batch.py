"""`/v1/score/batch`: order, streams, groups, and one bad item that costs no other its reward."""

import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.schemas import Result
from verifiers import InvalidOptions

pytestmark = pytest.mark.anyio

NDJSON = {"accept": "application/x-ndjson"}


def item(completion="42", **fields):
    return {"verifier": "equal", "completion": completion, "reference": "42", **fields}


async def stream(client, body):
    response = await client.post("/v1/score/batch", json=body, headers=NDJSON)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/x-ndjson"
    *lines, last = [json.loads(line) for line in response.text.splitlines()]
    assert set(last) == {"summary"}
    return lines, last["summary"]


async def test_results_come_in_the_order_of_the_items(client):
    items = [
        {"verifier": "sleeping", "completion": f"{(7 - n) / 100}", "reference": None, "id": n}
        for n in range(8)
    ]

    answer = (await client.post("/v1/score/batch", json={"items": items})).json()

    assert [result["id"] for result in answer["results"]] == list(range(8))
    assert "index" not in answer["results"][0]


async def test_lines_come_as_they_are_done(client):
    items = [
        {"verifier": "sleeping", "completion": f"{(3 - n) / 10}", "reference": None}
        for n in range(4)
    ]

    lines, summary = await stream(client, {"items": items})

    assert [line["index"] for line in lines] == [3, 2, 1, 0]
    assert summary["count"] == 4


async def test_the_summary_counts_what_there_is(client):
    items = [item(), item("41"), item("40"), item(options=3), item(verifier="broken")]

    answer = (await client.post("/v1/score/batch", json={"items": items})).json()

    summary = answer["summary"]
    assert summary.pop("wall_s") > 0
    assert summary == {
        "count": 5,
        "mean_reward": pytest.approx(1 / 3),
        "verdicts": {"accepted": 1, "wrong_answer": 2},
        "errors": 2,
    }


async def test_an_empty_batch_is_a_batch(client):
    answer = (await client.post("/v1/score/batch", json={"items": []})).json()

    assert answer["results"] == []
    assert (answer["summary"]["count"], answer["summary"]["mean_reward"]) == (0, None)
    assert await stream(client, {"items": []})


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        (3, "must be an object"),
        (None, "must be an object"),
        ({}, "verifier"),
        (item(refrence="x"), "refrence"),
        (item(verifier="nobody"), "nobody"),
        (item(options={"limits": {"memory_bytes": 2**40}}), "max_memory_bytes"),
        (
            item(options={"limits": {"memory_bytes": 10**400}}),
            "at most 2147483648, or have max_memory",
        ),
        (item(options={"language": "klingon"}, verifier="code.printing"), "options.language"),
        ({"verifier": "calling", "completion": "complain", "reference": None}, "options: no"),
    ],
)
async def test_a_malformed_item_fails_alone(client, calling, bad, named):
    def complain(tools):
        raise InvalidOptions("no such combination")

    calling.does["complain"] = complain
    body = {"items": [item(id=1), bad, item(id=3)]}

    for results in (
        (await client.post("/v1/score/batch", json=body)).json()["results"],
        sorted((await stream(client, body))[0], key=lambda line: line["index"]),
    ):
        assert [result["reward"] for result in results] == [1.0, None, 1.0]
        assert results[1]["error"]["kind"] == "request"
        assert results[1]["error"]["retryable"] is False
        assert named in results[1]["error"]["message"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], ""),
        ({}, "items"),
        ({"items": {}}, "items"),
        ({"items": [], "advantage": "ppo"}, "advantage"),
        ({"items": [], "advantag": "grpo"}, "advantag"),
        ({"items": [], "deadline_s": -1}, "deadline_s"),
    ],
)
async def test_what_is_no_batch_is_refused(client, body, field):
    response = await client.post("/v1/score/batch", json=body)

    assert response.status_code == 422
    assert field in [error["field"] for error in response.json()["errors"]]


async def test_a_group_carries_advantages_and_ranks(client):
    items = [
        item("42", group="a"),
        item("42"),
        item("41", group="a"),
        item("42", group=1),
        item(3, group="a"),
        item("41", group=1),
    ]

    body = {"items": items, "advantage": "dr_grpo"}
    results = (await client.post("/v1/score/batch", json=body)).json()["results"]
    lines, _ = await stream(client, body)

    def told(results):
        return [(result.get("advantage"), result.get("rank")) for result in results]

    assert told(results) == [(0.5, 1), (None, None), (-0.5, 2), (0.5, 1), (0.0, None), (-0.5, 2)]
    assert told(sorted(lines, key=lambda line: line["index"])) == told(results)
    assert "advantage" not in results[1]


async def test_without_asking_nobody_gets_an_advantage(client):
    answer = (await client.post("/v1/score/batch", json={"items": [item(group="a")]})).json()

    assert "advantage" not in answer["results"][0]
    assert "rank" not in answer["results"][0]


async def test_items_are_in_work_a_bounded_number_at_once(connect, sleeping):
    items = [{"verifier": "sleeping", "completion": "0.001", "reference": None}] * 200

    async with connect(batch_concurrency=5) as client:
        answer = (await client.post("/v1/score/batch", json={"items": items})).json()

    assert answer["summary"]["count"] == 200
    assert (sleeping.started, sleeping.most) == (200, 5)


async def test_ndjson_is_for_those_who_ask_for_it_first(client):
    async def media_type(accept):
        response = await client.post(
            "/v1/score/batch", json={"items": []}, headers={"accept": accept}
        )
        return response.headers["content-type"]

    assert await media_type("*/*") == "application/json"
    assert await media_type("application/json, application/x-ndjson") == "application/json"
    assert await media_type("application/x-ndjson, application/json") == "application/x-ndjson"
    assert await media_type("text/plain, Application/X-NDJSON;q=0.9") == "application/x-ndjson"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(0, 1),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3)
    ),
    max_leaves=5,
)
items = st.lists(
    anything
    | st.fixed_dictionaries(
        {
            "verifier": st.sampled_from(["equal", "share", "shaped", "broken", "calling", "x"]),
            "completion": st.sampled_from(["0.5", "1", "2", "nan", "accept", ""]) | anything,
            "reference": st.sampled_from([None, "1", "broken", {"answer": "1"}]) | anything,
        },
        optional={
            "id": anything,
            "group": st.sampled_from(["a", 1, 2**70, None]),
            "options": anything,
            "deadline_s": anything,
        },
    ),
    max_size=8,
)


@given(items, st.sampled_from([None, "grpo", "dr_grpo", "rloo"]), st.booleans())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_is_posted_each_item_has_a_verdict_or_an_error(
    client, items, advantage, lines
):
    body = {"items": items, "advantage": advantage}
    if lines:
        results, summary = await stream(client, body)
        assert sorted(result.pop("index") for result in results) == list(range(len(items)))
    else:
        answer = (await client.post("/v1/score/batch", json=body)).json()
        results, summary = answer["results"], answer["summary"]

    assert len(results) == len(items) == summary["count"]
    for result in results:
        assert set(result) - {"advantage", "rank"} == set(Result.__required_keys__)
        assert (result["verdict"] is None) != (result["error"] is None)
        assert (result["reward"] is None) == (result["error"] is not None)
        assert (result["passed"] is None) == (result["error"] is not None)
        assert result["reward"] is None or 0.0 <= result["reward"] <= 1.0
        assert result["passed"] in (None, result["verdict"] == "accepted")
        assert result["reward"] is not None or result.get("advantage", 0.0) == 0.0
    assert summary["errors"] == sum(result["error"] is not None for result in results)
    verdicts = Counter(result["verdict"] for result in results if result["verdict"])
    assert summary["verdicts"] == verdicts
