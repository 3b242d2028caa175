"""Hostile programs over HTTP: the status that /v1/run names, and the verdict of /v1/score."""

import httpx
import pytest
from anyio.from_thread import start_blocking_portal

from app.main import create_app
from app.settings import Settings
from sandbox.types import MIB

LIMITS = {"cpu_s": 1, "wall_s": 2, "memory_bytes": 128 * MIB, "output_bytes": MIB, "processes": 32}

NAMED = {
    "fork_bomb_native": {"time_limit_exceeded", "violation"},
    "memory_fast": {"memory_limit_exceeded"},
    "sleep_for_ever": {"time_limit_exceeded"},
    "output_of_many": {"output_limit_exceeded"},
    "compile_templates": {"compile_error", "time_limit_exceeded", "memory_limit_exceeded"},
    "sibling_of_its_parent": {"violation"},
    "forged_frames": {"runtime_error"},
    "memory_by_stack": {"runtime_error", "memory_limit_exceeded"},
}
"""The verdict that the contract names for some of the programs."""


class Client:
    """Posts to a service of its own, which has one runner."""

    def __init__(self, portal, client):
        self._portal = portal
        self._client = client

    def post(self, path, body):
        response = self._portal.call(lambda: self._client.post(path, json=body))
        assert response.status_code == 200, response.text
        return response.json()


@pytest.fixture(scope="module")
def client():
    app = create_app(Settings(launcher="namespaces", slots=1, workers=1))
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(app.router.lifespan_context(app)),
        portal.wrap_async_context_manager(
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="http://rewardbox", timeout=120
            )
        ) as client,
    ):
        yield Client(portal, client)


pytestmark = [pytest.mark.namespaces, pytest.mark.xdist_group("namespaces-http")]


@pytest.mark.parametrize("name", NAMED)
def test_a_run_has_the_status_that_the_contract_names(client, programs, name):
    program = programs[name]
    body = {"language": program.language, "source": program.source, "limits": LIMITS}
    answer = client.post("/v1/run", body)
    assert answer["error"] is None
    assert answer["status"] in NAMED[name]
    honest = client.post("/v1/run", {"language": "python", "source": "print(6 * 7)"})
    assert (honest["status"], honest["stdout"]) == ("ok", "42\n")


@pytest.mark.parametrize("name", NAMED)
def test_a_score_has_the_verdict_that_the_contract_names(client, programs, name):
    program = programs[name]

    def score(completion, language):
        return client.post(
            "/v1/score",
            {
                "verifier": "code.stdio",
                "completion": completion,
                "reference": {"tests": [{"stdin": "", "stdout": "42"}]},
                "options": {"language": language, "extract": "whole", "limits": LIMITS},
            },
        )

    judged = score(program.source, program.language)
    assert (judged["error"], judged["reward"], judged["passed"]) == (None, 0.0, False)
    assert judged["verdict"] in NAMED[name]
    honest = score("print(6 * 7)", "python")
    assert (honest["verdict"], honest["reward"]) == ("accepted", 1.0)
