"""API keys, and the refusal to listen to strangers without them."""

import pytest
from pydantic import SecretStr

from app.auth import Authentication, check_exposure
from app.settings import InvalidSettings, Settings

pytestmark = pytest.mark.anyio

KEYS = ("first", "sécond")


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
async def test_any_of_the_keys_opens(connect, key, scheme):
    async with connect(api_keys=KEYS) as client:
        headers = {"authorization": f"{scheme} {key}".encode()}
        response = await client.get("/v1/verifiers", headers=headers)

    assert response.status_code == 200


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Bearer firs", "Bearer firstt", "Bearer FIRST", "Basic first",
     "first", "Bearer first second", "Bearer *"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/v1/verifiers", "/v1/score", "/v1/nowhere", "/metrics"])
async def test_without_a_key_nothing_is_done(connect, header, path):
    async with connect(api_keys=KEYS) as client:
        response = await client.get(path, headers={"authorization": header} if header else {})

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.headers["content-type"] == "application/problem+json"
    assert "x-request-id" in response.headers


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/version", "/docs", "/openapi.json"])
async def test_health_and_documentation_are_open(connect, path):
    async with connect(api_keys=KEYS) as client:
        response = await client.get(path)

    assert response.status_code != 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer \t ", "", "Basic "])
async def test_an_empty_key_opens_nothing_even_where_it_is_one_of_the_keys(header):
    """The settings refuse it; this is for whoever builds the middleware without them."""
    opened = []

    async def app(scope, receive, send):
        opened.append(scope)

    async def send(message):
        statuses.append(message.get("status"))

    statuses = []
    headers = [(b"authorization", header.encode())]
    scope = {"type": "http", "path": "/v1/score", "headers": headers}
    await Authentication(app, keys=[SecretStr("")])(scope, None, send)

    assert statuses[0] == 401
    assert opened == []


async def test_without_keys_everybody_may_ask(client):
    assert (await client.get("/v1/verifiers")).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_this_machine_may_always_listen_to_itself(host):
    check_exposure(Settings(host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.org", ""])
def test_others_need_a_key_or_somebody_who_answers_for_it(host):
    with pytest.raises(InvalidSettings) as caught:
        check_exposure(Settings(host=host))
    assert "REWARDBOX_API_KEYS" in str(caught.value)
    assert "REWARDBOX_ALLOW_UNAUTHENTICATED" in str(caught.value)

    check_exposure(Settings(host=host, api_keys=["key"]))
    check_exposure(Settings(host=host, allow_unauthenticated=True))
