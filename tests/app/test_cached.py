"""A request is judged once: what `cached` means, over HTTP and for each kind of verdict."""

import asyncio

import pytest

from sandbox import Execution, RunnerLost, Status
from sandbox.testing import FakeSandbox, printed

pytestmark = pytest.mark.anyio

EQUAL = {"verifier": "equal", "completion": "42", "reference": "42"}


def program(text="right", **options):
    return {
        "verifier": "code.printing",
        "completion": text,
        "reference": "right",
        "options": options,
    }


async def score(client, item):
    response = await client.post("/v1/score", json=item)
    assert response.status_code == 200, response.text
    return response.json()


async def test_the_second_time_it_is_not_judged(client, sandbox):
    first, second = [await score(client, program()) for _ in range(2)]

    assert (first["cached"], second["cached"]) == (False, True)
    assert len(sandbox.programs) == 1
    timing = {"cached": None, "timing": None}
    assert {**first, **timing} == {**second, **timing}
    assert second["timing"]["run_s"] == 0.0
    assert second["timing"]["total_s"] < 60


async def test_wrong_answers_are_kept_as_well(client):
    wrong = {**EQUAL, "completion": "41"}

    assert [(await score(client, wrong))["cached"] for _ in range(2)] == [False, True]


async def test_id_and_group_are_those_of_each_request(client):
    await score(client, {**EQUAL, "id": "first", "group": 1})

    assert (await score(client, {**EQUAL, "id": "second", "group": 2}))["id"] == "second"


async def test_without_the_cache_it_is_judged_each_time(client, sandbox):
    await score(client, program())
    results = [await score(client, program(cache=False)) for _ in range(2)]

    assert [result["cached"] for result in results] == [False, False]
    assert len(sandbox.programs) == 3


async def test_what_was_judged_without_the_cache_is_not_kept(client):
    await score(client, program(cache=False))

    assert (await score(client, program()))["cached"] is False


@pytest.mark.parametrize(
    "other",
    [
        {"completion": "42 "},
        {"reference": "43"},
        {"options": {"output_preview_bytes": 10}},
        {"options": {"limits": {"cpu_s": 3}}},
        {"verifier": "shaped"},
    ],
    ids=str,
)
async def test_another_request_is_judged_by_itself(client, other):
    await score(client, EQUAL)

    assert (await score(client, {**EQUAL, **other}))["cached"] is False


async def test_a_deadline_is_no_part_of_the_content(client):
    await score(client, EQUAL)

    assert (await score(client, {**EQUAL, "deadline_s": 60}))["cached"] is True


async def test_a_group_of_identical_completions_is_judged_once(client, sandbox):
    items = [{**program("sleep 0.2"), "id": number, "group": 0} for number in range(16)]

    response = await client.post("/v1/score/batch", json={"items": items})

    results = response.json()["results"]
    assert sum(not result["cached"] for result in results) == 1
    assert {result["verdict"] for result in results} == {"wrong_answer"}
    assert len(sandbox.programs) == 1
    assert response.json()["summary"]["count"] == 16


async def test_a_request_in_flight_is_joined_by_its_retry(client, sandbox):
    results = await asyncio.gather(*(score(client, program("sleep 0.2")) for _ in range(3)))

    assert sorted(result["cached"] for result in results) == [False, True, True]
    assert len(sandbox.programs) == 1


async def test_a_request_in_flight_is_not_joined_by_one_of_a_higher_priority(client, sandbox):
    batch = {"items": [program("sleep 0.2")], "priority": "low"}
    waiting = asyncio.create_task(client.post("/v1/score/batch", json=batch))
    await asyncio.sleep(0.05)
    single = await score(client, program("sleep 0.2"))
    await waiting

    assert single["cached"] is False
    assert len(sandbox.programs) == 2


async def test_each_keeps_its_own_deadline(client):
    slow = program("sleep 1")
    patient = asyncio.create_task(score(client, {**slow, "deadline_s": 60}))
    hasty = await score(client, {**slow, "deadline_s": 0.2})

    assert hasty["error"]["kind"] == "overload"
    assert (await patient)["verdict"] == "wrong_answer"


async def test_a_hasty_one_takes_nobody_with_it(client):
    slow = program("sleep 1")
    hasty = asyncio.create_task(score(client, {**slow, "deadline_s": 0.5}))
    await asyncio.sleep(0.1)
    patient = await score(client, {**slow, "deadline_s": 60})

    assert (await hasty)["error"]["kind"] == "overload"
    assert patient["verdict"] == "wrong_answer"


async def test_errors_are_never_kept(connect, make_app, registry):
    sandbox = FakeSandbox(run=[RunnerLost("gone"), printed("right")])
    async with connect(make_app(sandbox=sandbox)) as client:
        first, second = [await score(client, program()) for _ in range(2)]

    assert first["error"]["kind"] == "sandbox"
    assert (second["verdict"], second["cached"]) == ("accepted", False)


async def test_a_verifier_that_is_not_cacheable_is_asked_each_time(client, sleeping):
    item = {"verifier": "sleeping", "completion": "0.05", "reference": None}

    results = await asyncio.gather(*(score(client, item) for _ in range(3)))

    assert sleeping.started == 3
    assert not any(result["cached"] for result in results)


async def test_no_room_keeps_nothing(connect):
    async with connect(cache_bytes=0) as client:
        assert [(await score(client, EQUAL))["cached"] for _ in range(2)] == [False, False]


async def test_results_survive_a_restart_in_a_file(connect, tmp_path):
    settings = {"cache_file": tmp_path / "results.db"}
    async with connect(**settings) as client:
        first = await score(client, program())
    async with connect(**settings) as client:
        second = await score(client, program())

    assert (second["cached"], second["tests"]) == (True, first["tests"])


async def test_other_default_limits_make_another_request_of_it(connect, tmp_path):
    file = tmp_path / "results.db"
    async with connect(cache_file=file) as client:
        await score(client, program())
    async with connect(cache_file=file, default_cpu_s=1.0) as client:
        assert (await score(client, program()))["cached"] is False


async def test_a_file_of_somebody_else_costs_the_cache_and_nothing_else(connect, tmp_path):
    file = tmp_path / "thesis.txt"
    file.write_text("my thesis")
    async with connect(cache_file=file) as client:
        assert (await score(client, EQUAL))["verdict"] == "accepted"

    assert file.read_text() == "my thesis"


async def test_a_time_limit_is_never_kept(connect, make_app):
    over = Execution(status=Status.TIME_LIMIT_EXCEEDED, signal=9, cpu_s=10.0)
    sandbox = FakeSandbox(run=[over, over, over, printed("right")])
    reference = {"tests": [{"stdin": "", "stdout": "right"}]}
    item = {"verifier": "code.stdio", "completion": "```python\nx\n```", "reference": reference}
    async with connect(make_app(sandbox=sandbox, registry=None)) as client:
        results = [await score(client, item) for _ in range(5)]

    assert [result["verdict"] for result in results[:3]] == ["time_limit_exceeded"] * 3
    assert [result["verdict"] for result in results[3:]] == ["accepted"] * 2
    assert [result["cached"] for result in results] == [False] * 4 + [True]


PART = {"verifier": "text.exact", "reference": "42"}


class TestComposite:
    @pytest.fixture
    async def client(self, connect, make_app):
        async with connect(make_app(registry=None)) as client:
            yield client

    def whole(self, *parts, **options):
        return {
            "verifier": "composite",
            "completion": "42",
            "reference": {"parts": list(parts)},
            "options": options,
        }

    async def test_the_whole_is_kept(self, client):
        results = [await score(client, self.whole(PART)) for _ in range(2)]

        assert [result["cached"] for result in results] == [False, True]
        assert results[0]["components"] == results[1]["components"]

    async def test_its_parts_are_kept(self, client):
        await score(client, self.whole(PART))

        assert (await score(client, {**PART, "completion": "42"}))["cached"] is True

    async def test_it_is_not_kept_with_a_part_that_must_not_be(self, client):
        part = {**PART, "options": {"cache": False}}

        results = [await score(client, self.whole(PART, part)) for _ in range(2)]

        assert [result["cached"] for result in results] == [False, False]
