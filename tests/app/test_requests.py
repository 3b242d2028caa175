"""One line in the log for a request, by which it can be found, and without what was submitted."""

import json

import pytest
from structlog.testing import capture_logs

pytestmark = pytest.mark.anyio

SECRET = "the text of a submission"


async def test_a_request_is_one_line(client):
    item = {"verifier": "equal", "completion": SECRET, "reference": "42", "id": SECRET}

    with capture_logs() as lines:
        await client.post(
            "/v1/score/batch", json={"items": [item, {**item, "completion": "42"}, 3]}
        )

    (line,) = lines
    assert line.pop("seconds") > 0
    assert line == {
        "event": "request",
        "log_level": "info",
        "method": "POST",
        "path": "/v1/score/batch",
        "status": 200,
        "items": 3,
        "verdicts": {"wrong_answer": 1, "accepted": 1},
        "errors": {"request": 1},
    }


@pytest.mark.parametrize(
    "body",
    [
        {"verifier": "equal", "completion": SECRET, "reference": 3},
        {"verifier": SECRET, "completion": SECRET, "reference": SECRET, SECRET: SECRET},
        {"verifier": "calling", "completion": "fail", "reference": None},
        SECRET,
    ],
)
async def test_no_line_shows_what_was_submitted(client, calling, body):
    def fail(tools):
        raise ValueError(SECRET)

    calling.does["fail"] = fail

    with capture_logs() as lines:
        await client.post("/v1/score", json=body)
        await client.post("/v1/run", json={"language": "python", "source": SECRET})

    assert lines
    assert SECRET not in json.dumps([line for line in lines if line["log_level"] != "debug"])


async def test_a_verifier_that_fails_is_found_in_the_log(client, calling):
    def fail(tools):
        raise ZeroDivisionError

    calling.does["fail"] = fail

    with capture_logs() as lines:
        await client.post(
            "/v1/score", json={"verifier": "calling", "completion": "fail", "reference": None}
        )

    (line,) = [line for line in lines if line["log_level"] == "error"]
    assert (line["verifier"], line["exception"]) == ("calling", "ZeroDivisionError")
    assert line["where"].startswith(__file__)


@pytest.mark.parametrize("path", ["/healthz", "/v1/verifiers", "/nowhere", "/v1/score"])
async def test_a_request_id_is_echoed(client, path):
    response = await client.get(path, headers={"x-request-id": "train-17/step:3"})

    assert response.headers["x-request-id"] == "train-17/step:3"


@pytest.mark.parametrize("given", [None, "", "a b", "x" * 129, "a\tb"])
async def test_without_a_usable_id_there_is_a_new_one(client, given):
    headers = {"x-request-id": given} if given is not None else {}

    ids = {(await client.get("/healthz", headers=headers)).headers["x-request-id"] for _ in "ab"}

    assert len(ids) == 2
    assert given not in ids


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
async def test_what_machines_ask_all_the_time_is_not_in_the_log(client, path):
    with capture_logs() as lines:
        await client.get(path)

    assert [line["log_level"] for line in lines] == ["debug"]


async def test_unless_the_answer_is_a_fault(client):
    with capture_logs() as lines:
        await client.get("/readyz")

    assert [(line["status"], line["log_level"]) for line in lines] == [(503, "info")]
