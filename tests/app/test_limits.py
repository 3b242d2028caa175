"""How much may be asked for: every limit answers with its own name."""

import asyncio
import json
from typing import Any

import pytest

pytestmark = pytest.mark.anyio

JSON = {"content-type": "application/json"}
ITEM = {"verifier": "equal", "completion": "42", "reference": "42"}


def nested(depth):
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("path", ["/v1/score", "/v1/score/batch", "/v1/run"])
async def test_a_body_too_large_is_413(connect, path):
    async with connect(max_body_bytes=100) as client:
        announced = await client.post(path, content=b" " * 101, headers=JSON)

        async def chunks():
            for _ in range(3):
                yield b" " * 50

        streamed = await client.post(path, content=chunks(), headers=JSON)

    for response in (announced, streamed):
        assert response.status_code == 413
        assert response.headers["content-type"] == "application/problem+json"
        assert "max_body_bytes" in response.json()["detail"]


async def test_a_body_as_large_as_the_limit_is_read(connect):
    content = b'{"verifier": "equal", "completion": "42", "reference": "42"}'

    async with connect(max_body_bytes=len(content)) as client:
        response = await client.post("/v1/score", content=content, headers=JSON)

    assert response.status_code == 200


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"a": NaN}', b"{'a': 1}"])
async def test_what_is_no_json_is_400_and_says_where(client, content):
    response = await client.post("/v1/score", content=content, headers=JSON)

    assert response.status_code == 400
    assert response.json()["type"] == "urn:rewardbox:problem:malformed-json"
    assert "column" in response.json()["detail"]


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded"])
async def test_a_page_in_a_browser_cannot_post_for_its_visitor(client, media_type):
    response = await client.post("/v1/score", content=b"{}", headers={"content-type": media_type})

    assert response.status_code == 415
    assert "Content-Type: application/json" in response.json()["detail"]


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "application/ld+json"])
async def test_json_by_any_name_is_read(client, media_type):
    response = await client.post("/v1/score", content=b"{}", headers={"content-type": media_type})

    assert response.status_code == 422


async def test_too_many_items_are_422(connect):
    async with connect(max_items=2) as client:
        fits = await client.post("/v1/score/batch", json={"items": [ITEM] * 2})
        response = await client.post("/v1/score/batch", json={"items": [ITEM] * 3})

    assert fits.status_code == 200
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "items"
    assert "max_items" in response.json()["errors"][0]["remedy"]


async def test_too_large_an_item_is_refused_alone(connect):
    large = {**ITEM, "completion": "x" * 200}

    async with connect(max_item_bytes=200) as client:
        single = await client.post("/v1/score", json=large)
        batch = await client.post("/v1/score/batch", json={"items": [ITEM, large, ITEM]})

    assert single.status_code == 422
    assert "max_item_bytes" in single.json()["detail"]
    results = batch.json()["results"]
    assert [result["reward"] for result in results] == [1.0, None, 1.0]
    assert "max_item_bytes" in results[1]["error"]["message"]


@pytest.mark.parametrize("field", ["reference", "options", "id", "anything"])
async def test_too_deep_an_item_is_refused_alone(connect, field):
    deep = {**ITEM, field: nested(8)}

    async with connect(max_depth=8) as client:
        single = await client.post("/v1/score", json=deep)
        batch = await client.post("/v1/score/batch", json={"items": [ITEM, deep]})

    assert single.status_code == 422
    assert single.json()["errors"][0]["field"] == field
    assert "max_depth" in single.json()["errors"][0]["remedy"]
    results = batch.json()["results"]
    assert [result["reward"] for result in results] == [1.0, None]
    assert "max_depth" in results[1]["error"]["message"]


async def test_an_item_as_deep_as_the_limit_is_read(connect):
    async with connect(max_depth=8) as client:
        response = await client.post("/v1/score", json={**ITEM, "reference": nested(7)})

    assert "max_depth" not in response.text


@pytest.mark.parametrize("depth", [1000, 100_000])
async def test_no_depth_hurts(client, depth):
    content = b'{"items": [' + b"[" * depth + b"]" * depth + b"]}"

    response = await client.post("/v1/score/batch", content=content, headers=JSON)

    if response.status_code == 200:
        assert response.json()["results"][0]["error"]["kind"] == "request"
    else:
        assert response.status_code == 422
    assert "max_depth" in response.text


@pytest.mark.parametrize("number", ["9" * 5000, "-1e999"])
@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('"reference": {"answer": [4, NUMBER]}', "reference.answer.1"),
        ('"reference": "42", "id": NUMBER', "id"),
        ('"reference": "42", "options": {"limits": {"cpu_s": NUMBER}}', "options.limits.cpu_s"),
    ],
)
async def test_a_number_too_large_to_be_read_fails_its_item_alone(client, number, text, field):
    bad = '{"verifier": "equal", "completion": "42", ' + text.replace("NUMBER", number) + "}"
    good = json.dumps(ITEM)

    single = await client.post("/v1/score", content=bad, headers=JSON)
    batch = await client.post(
        "/v1/score/batch", content=f'{{"items": [{good}, {bad}, {good}]}}', headers=JSON
    )

    assert single.status_code == 422
    assert [error["field"] for error in single.json()["errors"]] == [field]
    results = batch.json()["results"]
    assert [result["reward"] for result in results] == [1.0, None, 1.0]
    assert results[1]["error"]["kind"] == "request"
    assert field in results[1]["error"]["message"]


@pytest.mark.parametrize("number", ["9" * 5000, "-1e999"])
async def test_a_number_too_large_to_be_read_is_no_limit_of_a_run(client, number):
    content = '{"language": "python", "source": "", "limits": {"cpu_s": ' + number + "}}"

    response = await client.post("/v1/run", content=content, headers=JSON)

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "limits.cpu_s"


async def test_a_full_queue_is_429_and_says_when_to_come_back(connect, sleeping):
    slow = {"verifier": "sleeping", "completion": "60", "reference": None}

    async with connect(queue_size=3, max_items=3) as client:
        waiting = asyncio.create_task(client.post("/v1/score/batch", json={"items": [slow, slow]}))
        await sleeping.have_started(2)
        fits = await client.post("/v1/score", json=ITEM)
        refused = await client.post("/v1/score/batch", json={"items": [ITEM, ITEM]})
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        again = await client.post("/v1/score/batch", json={"items": [ITEM] * 3})

    assert fits.status_code == 200
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert "queue_size" in refused.json()["detail"]
    assert again.status_code == 200


async def test_a_batch_gives_its_places_back_as_it_is_answered(connect, sleeping):
    quick = {"verifier": "sleeping", "completion": "0", "reference": None}
    slow = {"verifier": "sleeping", "completion": "60", "reference": None}

    async with connect(queue_size=4, max_items=4) as client:
        waiting = asyncio.create_task(
            client.post("/v1/score/batch", json={"items": [quick, quick, quick, slow]})
        )
        await sleeping.have_started(4)
        await asyncio.sleep(0.05)
        fits = await client.post("/v1/score/batch", json={"items": [ITEM] * 3})
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    assert fits.status_code == 200


@pytest.mark.parametrize(
    "limits", [{"memory_bytes": 512}, {"cpu_s": 1e-9}, {"wall_s": 1e-6}, {"memory_bytes": 2**23}]
)
async def test_less_than_a_language_itself_needs_is_refused_and_no_reward_of_0(client, limits):
    response = await client.post("/v1/score", json={**ITEM, "options": {"limits": limits}})

    assert response.status_code == 422
    [error] = response.json()["errors"]
    assert error["field"] == f"options.limits.{next(iter(limits))}"


async def test_a_deep_item_costs_the_others_of_its_batch_nothing(client):
    deep = '{"verifier": "equal", "completion": "42", "reference": ' + "[" * 5000 + "]" * 5000 + "}"
    good = json.dumps(ITEM)

    single = await client.post("/v1/score", content=deep, headers=JSON)
    batch = await client.post(
        "/v1/score/batch", content=f'{{"items": [{good}, {deep}, {good}]}}', headers=JSON
    )

    assert single.status_code == 422
    assert "max_depth" in single.json()["detail"]
    results = batch.json()["results"]
    assert [result["reward"] for result in results] == [1.0, None, 1.0]
    assert results[1]["error"]["kind"] == "request"
    assert "max_depth" in results[1]["error"]["message"]


async def test_the_queue_is_bounded_in_bytes_too(connect, sleeping):
    large = {"verifier": "sleeping", "completion": "60" + " " * 6000, "reference": None}

    async with connect(max_body_bytes=8000, queue_bytes=10_000) as client:
        waiting = asyncio.create_task(client.post("/v1/score", json=large))
        await sleeping.have_started(1)

        async def streamed():
            for _ in range(5):
                yield b" " * 1000

        fits = await client.post("/v1/score", json=ITEM)
        refused = [
            await client.post(path, content=content, headers=JSON)
            for path in ("/v1/score", "/v1/score/batch", "/v1/run")
            for content in (b" " * 5000, streamed())
        ]
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        held_bytes = client.service.admission.held_bytes
        again = await client.post("/v1/score", json={**ITEM, "reference": "x" * 6000})

    assert fits.status_code == 200
    for response in refused:
        assert response.status_code == 429
        assert 1 <= int(response.headers["retry-after"]) <= 60
        assert "queue_bytes" in response.json()["detail"]
    assert held_bytes == 0
    assert again.status_code == 200


@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson"])
async def test_room_for_bytes_is_given_back_with_the_answer(connect, accept):
    async with connect(max_body_bytes=1000, queue_bytes=1000) as client:
        for body in ({"items": [ITEM]}, {"items": 3}, {"items": [{}]}):
            for _ in range(3):
                response = await client.post(
                    "/v1/score/batch", json=body, headers={"accept": accept}
                )
                assert response.status_code in (200, 422)
                assert client.service.admission.held_bytes == 0


@pytest.mark.parametrize("number", [True, False, "1", [1], {}])
@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/v1/score", ["deadline_s"]),
        ("/v1/score/batch", ["deadline_s"]),
        ("/v1/run", ["deadline_s"]),
        ("/v1/run", ["limits", "memory_bytes"]),
        ("/v1/score", ["options", "limits", "cpu_s"]),
        ("/v1/score", ["options", "limits", "processes"]),
    ],
)
async def test_what_is_no_number_is_no_time_and_no_size(client, number, path, place):
    body = {
        "/v1/score": dict(ITEM),
        "/v1/score/batch": {"items": []},
        "/v1/run": {"language": "python", "source": ""},
    }[path]
    value = number
    for name in reversed(place[1:]):
        value = {name: value}

    response = await client.post(path, json={**body, place[0]: value})

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [".".join(place)]


async def test_no_language_is_not_the_language_of_that_name(client):
    scored = await client.post("/v1/score", json={**ITEM, "options": {"language": ""}})
    run = await client.post("/v1/run", json={"language": "", "source": ""})

    assert scored.json()["errors"][0]["field"] == "options.language"
    assert run.json()["errors"][0]["field"] == "language"
