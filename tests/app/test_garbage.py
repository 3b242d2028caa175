"""Whatever is sent, the answer is never a fault of ours: no 5xx, and JSON that can be read."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.anyio

hard = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
JSON = {"content-type": "application/json"}
PATHS = ("/v1/score", "/v1/score/batch", "/v1/run")

keys = st.text(max_size=8) | st.sampled_from(
    ["verifier", "completion", "reference", "options", "limits", "items", "group", "id", "role",
     "content", "deadline_s", "language", "source", "files", "stdin", "args", "advantage", "cpu_s"]
)  # fmt: skip
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["equal", "shaped", "python", "assistant", "grpo", "\0", "\ud800", "../x"])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=6),
    max_leaves=20,
)


def check(response):
    assert response.status_code < 500, response.text
    if response.headers["content-type"] == "application/x-ndjson":
        assert all(json.loads(line) for line in response.text.splitlines())
    else:
        assert isinstance(response.json(), dict)


@given(st.sampled_from(PATHS), st.binary(max_size=200), st.sampled_from([JSON, {}]))
@hard
async def test_any_bytes(client, path, content, headers):
    check(await client.post(path, content=content, headers=headers))


@given(st.sampled_from(PATHS), values, st.booleans())
@hard
async def test_any_json(client, path, value, lines):
    headers = {**JSON, **({"accept": "application/x-ndjson"} if lines else {})}

    check(await client.post(path, content=json.dumps(value), headers=headers))


@given(
    st.sampled_from(["equal", "shaped", "code.printing"]),
    st.text(max_size=5) | values,
    st.text(max_size=5) | values,
    st.dictionaries(keys, values, max_size=3),
    st.dictionaries(keys, values, max_size=2),
)
@hard
async def test_anything_in_an_item(client, verifier, completion, reference, options, more):
    item = {
        "verifier": verifier,
        "completion": completion,
        "reference": reference,
        "options": options,
        **more,
    }

    check(await client.post("/v1/score", content=json.dumps(item), headers=JSON))
    body = json.dumps({"items": [item, item], "advantage": "grpo"})
    check(await client.post("/v1/score/batch", content=body, headers=JSON))


@given(
    st.dictionaries(
        st.sampled_from(["language", "source", "files", "stdin", "args", "limits", "deadline_s"]),
        values | st.dictionaries(keys, st.text(max_size=5)) | st.text(max_size=5),
    )
)
@hard
async def test_anything_in_a_run(client, body):
    body = {"language": "python", "source": "1", **body}

    check(await client.post("/v1/run", content=json.dumps(body), headers=JSON))


@given(st.text("abz/%.~?#:@ é", max_size=20), st.sampled_from(["GET", "POST", "PUT", "HEAD", "X"]))
@hard
async def test_any_path(client, path, method):
    response = await client.request(method, f"/v1{path}")

    assert response.status_code < 500


@given(
    st.dictionaries(
        st.sampled_from(["accept", "content-type", "authorization", "x-request-id", "host"]),
        st.binary(max_size=20).map(lambda value: value.replace(b"\r", b"").replace(b"\n", b"")),
    )
)
@hard
async def test_any_headers(connect, headers):
    async with connect(api_keys=["key"]) as client:
        response = await client.post("/v1/score", content=b"{}", headers=headers)

    assert response.status_code in (401, 415, 422)
