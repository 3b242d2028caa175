"""Whose turn it is among those who wait: what a request says of it, and what its key does."""

import asyncio

import pytest

from sandbox import Claim, Priority

pytestmark = pytest.mark.anyio

CACHED = {"verifier": "code.printing", "completion": "42", "reference": "42"}
ITEM = {**CACHED, "options": {"cache": False}}
RUN = {"language": "python", "source": "42"}


def key(name):
    return {"authorization": f"Bearer {name}"}


async def test_each_key_is_a_client(connect, sandbox):
    async with connect(api_keys=("one", "two")) as client:
        for name in ("two", "one"):
            await client.post("/v1/score", json=ITEM, headers=key(name))
            await client.post("/v1/run", json=RUN, headers=key(name))

    assert sandbox.claims == [Claim(client="key 2")] * 2 + [Claim(client="key 1")] * 2


async def test_a_key_that_fills_the_queue_keeps_no_other_out(connect, sleeping):
    long = {"verifier": "sleeping", "completion": "60", "reference": None}
    short = {**long, "completion": "0" + " " * 300}

    bounds = {"queue_size": 4, "max_items": 4, "queue_bytes": 600, "max_body_bytes": 600}
    async with connect(api_keys=("one", "two"), **bounds) as client:
        filling = asyncio.create_task(
            client.post("/v1/score/batch", json={"items": [long] * 4}, headers=key("one"))
        )
        await sleeping.have_started(4)
        refused = await client.post("/v1/score", json=short, headers=key("one"))
        let_in = await client.post("/v1/score", json=short, headers=key("two"))
        filling.cancel()
        await asyncio.gather(filling, return_exceptions=True)

    assert refused.status_code == 429
    assert let_in.json()["reward"] == 1.0


async def test_without_keys_all_are_one(client, sandbox):
    await client.post("/v1/score", json=ITEM)
    await client.post("/v1/run", json=RUN)

    assert sandbox.claims == [Claim(), Claim()]


async def test_each_batch_is_a_request_of_its_own(client, sandbox):
    items = [ITEM, {**ITEM, "completion": "41"}]
    for _ in range(2):
        await client.post("/v1/score/batch", json={"items": items})

    requests = [claim.request for claim in sandbox.claims]
    assert None not in requests
    assert requests[0] == requests[1] != requests[2] == requests[3]


@pytest.mark.parametrize("priority", ["low", "normal", "high"])
async def test_a_request_may_name_its_priority(client, sandbox, priority):
    await client.post("/v1/score", json={**ITEM, "priority": priority})
    await client.post("/v1/run", json={**RUN, "priority": priority})

    assert sandbox.claims == [Claim(priority=Priority(priority))] * 2


async def test_an_item_wins_over_its_batch(client, sandbox):
    items = [{**ITEM, "priority": "high"}, {**ITEM, "completion": "41"}]
    await client.post("/v1/score/batch", json={"items": items, "priority": "low"})

    assert {claim.priority for claim in sandbox.claims} == {Priority.HIGH, Priority.LOW}


@pytest.mark.parametrize("path", ["/v1/score", "/v1/score/batch", "/v1/run"])
@pytest.mark.parametrize("priority", ["urgent", 1, ["low"]])
async def test_another_priority_is_refused(client, path, priority):
    body = {"/v1/score": ITEM, "/v1/score/batch": {"items": []}, "/v1/run": RUN}[path]
    response = await client.post(path, json={**body, "priority": priority})

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "priority"


async def test_a_priority_changes_no_reward_and_is_no_part_of_what_is_cached(client, sandbox):
    first = (await client.post("/v1/score", json=CACHED)).json()
    again = (await client.post("/v1/score", json={**CACHED, "priority": "high"})).json()

    assert (first["reward"], again["reward"]) == (1.0, 1.0)
    assert again["cached"]
