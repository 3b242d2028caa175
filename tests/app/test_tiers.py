"""How far runs are kept apart is the request's choice, within what the server offers."""

import pytest

from sandbox import Tier
from sandbox.testing import FakeSandbox, printed
from verifiers.registry import Registry

pytestmark = pytest.mark.anyio

BOTH = (Tier.WARM, Tier.FRESH)
PROGRAM = {
    "verifier": "code.stdio",
    "completion": "```python\nprint(1)\n```",
    "reference": {"tests": [{"stdin": "", "stdout": "1"}]},
}


@pytest.fixture
def sandbox():
    return FakeSandbox(run=lambda *_: printed("1\n"), tiers=BOTH)


@pytest.fixture
def registry():
    return Registry.load()


async def score(connect, tiers="warm,fresh", **item):
    async with connect(tiers=tiers) as client:
        return await client.post("/v1/score", json={**PROGRAM, **item})


async def test_the_first_is_the_default(connect, sandbox):
    answer = (await score(connect)).json()
    assert (answer["reward"], answer["tier"]) == (1.0, "warm")


async def test_a_request_may_ask_for_another(connect, sandbox):
    answer = (await score(connect, options={"tier": "fresh"})).json()
    assert (answer["reward"], answer["tier"]) == (1.0, "fresh")
    assert set(sandbox.tiers_asked) == {Tier.FRESH}


async def test_what_is_not_offered_is_refused_with_what_is(connect):
    response = await score(connect, tiers="warm", options={"tier": "fresh"})
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert error["field"] == "options.tier"
    assert "ask for warm" in error["remedy"]


async def test_what_runs_nothing_has_none(connect):
    item = {"verifier": "text.exact", "completion": "a", "reference": "a"}
    answer = (await score(connect, **item)).json()
    assert (answer["reward"], answer["tier"]) == (1.0, None)


async def test_the_parts_of_a_composite_may_differ(connect, sandbox):
    part = {key: PROGRAM[key] for key in ("verifier", "reference")}
    reference = {
        "parts": [
            {**part, "name": "one", "weight": 1},
            {**part, "name": "two", "weight": 1, "options": {"tier": "fresh"}},
        ]
    }
    answer = (await score(connect, verifier="composite", reference=reference)).json()
    assert (answer["reward"], answer["tier"]) == (1.0, "fresh")
    assert set(sandbox.tiers_asked) == set(BOTH)


async def test_a_run_may_ask_too(connect, sandbox):
    program = {"language": "python", "source": "print(1)", "tier": "fresh"}
    async with connect(tiers="warm,fresh") as client:
        answer = (await client.post("/v1/run", json=program)).json()
    assert (answer["status"], answer["tier"]) == ("ok", "fresh")
    assert sandbox.tiers_asked == [Tier.FRESH]
