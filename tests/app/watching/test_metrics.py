"""What `/metrics` tells after some work."""

import asyncio
import re

import pytest

from app.main import create_app
from app.settings import Settings
from app.watching.shares import LEAST
from sandbox import Figures
from sandbox.testing import FakeSandbox, exited, printed

pytestmark = pytest.mark.anyio

ITEM = {"verifier": "equal", "completion": "42", "reference": "42"}
PROGRAM = {"verifier": "code.printing", "completion": "7", "reference": "7"}


async def series(client):
    """Every series that there is: name and sorted labels, as text, to value."""
    text = (await client.get("/metrics")).text
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


async def score(client, *items):
    await client.post("/v1/score/batch", json={"items": items})


async def test_requests_are_counted_by_route_method_and_status(client):
    await score(client, ITEM)
    await client.get("/made/up/by/a/caller")
    await client.post("/v1/score", content=b"no JSON")

    found = await series(client)

    posted = 'method="POST",route="/v1/score/batch",status="200"'
    assert found[f"rewardbox_requests_total{{{posted}}}"] == 1
    assert found['rewardbox_requests_total{method="POST",route="/v1/score",status="400"}'] == 1
    assert found['rewardbox_request_seconds_count{route="/v1/score/batch"}'] == 1
    assert not any("made" in name for name in found)


async def test_items_are_counted_by_verifier_and_verdict_or_error(client):
    await score(client, ITEM, ITEM, {**ITEM, "completion": "x"}, 3)

    found = await series(client)

    assert found[_items("equal", verdict="accepted")] == 2
    assert found[_items("equal", verdict="wrong_answer")] == 1
    assert found[_items("", error="request")] == 1
    labels = 'language="",verdict="accepted",verifier="equal"'
    assert found[f"rewardbox_item_seconds_count{{{labels}}}"] == 2
    assert found["rewardbox_items_waiting"] == 0


async def test_programs_are_counted_by_the_name_of_their_language(client):
    await score(client, PROGRAM, {**PROGRAM, "options": {"language": "py"}})

    found = await series(client)

    assert found[_items("code.printing", "python", verdict="accepted")] == 2
    assert found['rewardbox_stage_seconds_count{language="python",stage="run"}'] == 2
    assert found['rewardbox_stage_seconds_count{language="",stage="queue"}'] == 2


async def test_names_that_a_caller_makes_up_are_nobodys_series(client):
    for number in range(20):
        made_up = f"made-up-{number}"
        await score(
            client,
            {**ITEM, "verifier": made_up},
            {**PROGRAM, "options": {"language": made_up}},
            {**ITEM, made_up: 1},
        )

    found = await series(client)

    assert not any("made-up" in name for name in found)
    assert found[_items("", error="request")] == 20
    assert found[_items("code.printing", error="request")] == 20
    assert found[_items("equal", error="request")] == 20


async def test_what_is_wrong_is_counted_with_the_verifier_that_it_asks_for(client):
    await score(
        client,
        {"verifier": "broken", "completion": "", "reference": ""},
        {"verifier": "equal", "completion": "", "reference": ["none"]},
        {"verifier": ["equal"], "completion": ""},
        {"verifier": "sleeping", "completion": "60", "reference": None, "deadline_s": 0.05},
    )

    found = await series(client)

    assert found[_items("broken", error="verifier")] == 1
    assert found[_items("equal", error="request")] == 1
    assert found[_items("", error="request")] == 1
    assert found[_items("sleeping", error="overload")] == 1


async def test_runs_that_judge_nothing_are_counted_by_what_they_took(client):
    await client.post("/v1/run", json={"language": "python", "source": "print(1)"})

    found = await series(client)

    assert found['rewardbox_stage_seconds_count{language="python",stage="run"}'] == 1


async def test_compilations_are_counted_by_language(connect, registry):
    sandbox = FakeSandbox(compile=lambda program: exited(0), run=lambda *_: printed("7"))
    app = create_app(Settings(), sandbox=sandbox, workers=object(), registry=registry)
    async with connect(app) as client:
        await score(client, {**PROGRAM, "options": {"language": "c++"}})
        found = await series(client)

    assert found['rewardbox_compilations_total{language="cpp",origin="compiled"}'] == 1
    assert found['rewardbox_stage_seconds_count{language="cpp",stage="compile"}'] == 1


async def test_a_sandbox_that_tells_of_itself_is_told_of(connect, registry):
    class Telling(FakeSandbox):
        def figures(self):
            return Figures(
                slots=8,
                in_use={"warm": 3, "fresh": 1},
                runners=10,
                idle_runners=6,
                waiting=12,
                longest_wait_s=2.5,
                runs=100,
                retries=4,
                reruns=3,
                launches=11,
                launch_failures=2,
                lost={"died": 1, "worn_out": 0},
                artefact_bytes=4096,
            )

    app = create_app(Settings(), sandbox=Telling(), workers=object(), registry=registry)
    async with connect(app) as client:
        found = await series(client)

    assert found["rewardbox_slots"] == 8
    assert found['rewardbox_slots_in_use{tier="warm"}'] == 3
    assert found['rewardbox_slots_in_use{tier="fresh"}'] == 1
    assert found['rewardbox_runners{state="busy"}'] == 4
    assert found["rewardbox_queue_length"] == 12
    assert found["rewardbox_queue_oldest_seconds"] == 2.5
    assert found["rewardbox_runs_total"] == 100
    assert found["rewardbox_run_retries_total"] == 4
    assert found["rewardbox_run_reruns_total"] == 3
    assert found['rewardbox_runners_lost_total{reason="died"}'] == 1
    assert found['rewardbox_runners_lost_total{reason="worn_out"}'] == 0
    assert found["rewardbox_runner_launch_failures_total"] == 2
    assert found["rewardbox_compile_cache_bytes"] == 4096


async def test_many_null_rewards_are_an_alarm(client):
    await score(client, *[{**ITEM, "verifier": "shaped", "reference": "broken"}] * LEAST)

    found = await series(client)

    assert found['rewardbox_share_recent{of="null",verifier="shaped"}'] == 1
    assert found['rewardbox_share_alarm{of="null",verifier="shaped"}'] == 1


async def test_what_waits_is_told_while_it_waits(client, sleeping):
    item = {"verifier": "sleeping", "completion": "60", "reference": None}
    request = asyncio.create_task(score(client, item, item))
    await sleeping.have_started(2)
    found = await series(client)
    request.cancel()
    await asyncio.gather(request, return_exceptions=True)

    assert found["rewardbox_items_waiting"] == 2
    assert found["rewardbox_bodies_bytes"] > 100


async def test_trials_are_no_items(client):
    await client.get("/readyz")

    assert not any("items_total" in name or "stage" in name for name in await series(client))


async def test_every_series_has_a_word_about_it(client):
    text = (await client.get("/metrics")).text

    for name in re.findall(r"^# TYPE (\S+)", text, re.MULTILINE):
        assert re.search(rf"^# HELP {name} .+\.$", text, re.MULTILINE), name


async def test_the_process_tells_of_its_memory_and_descriptors(client):
    found = await series(client)

    assert found["process_resident_memory_bytes"] > 0
    assert found["process_open_fds"] > 0


def _items(verifier, language="", *, verdict="", error=""):
    labels = f'error="{error}",language="{language}",verdict="{verdict}",verifier="{verifier}"'
    return f"rewardbox_items_total{{{labels}}}"


async def test_judgements_from_the_cache_are_counted_by_where_they_came_from(client):
    await score(client, ITEM)
    await score(client, ITEM)

    found = await series(client)

    assert found['rewardbox_cache_judgements_total{origin="judged"}'] == 1
    assert found['rewardbox_cache_judgements_total{origin="memory"}'] == 1
    assert found["rewardbox_cache_entries"] == 1
    assert found["rewardbox_cache_bytes"] > 0
    assert found[_items("equal", verdict="accepted")] == 2


async def test_readiness_is_told_once_somebody_has_asked(connect, registry):
    sandbox = FakeSandbox(run=[exited(1)])
    app = create_app(Settings(), sandbox=sandbox, workers=object(), registry=registry)
    async with connect(app) as client:
        assert "rewardbox_ready" not in await series(client)
        await client.get("/readyz")
        assert (await series(client))["rewardbox_ready"] == 0
