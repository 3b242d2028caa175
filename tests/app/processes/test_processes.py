"""A service in two processes: the same slots, queue, cache and verdicts as one in a single one."""

import asyncio
import json
import os
import signal
from contextlib import AsyncExitStack

import httpx
import pytest

pytestmark = [pytest.mark.anyio, pytest.mark.namespaces, pytest.mark.xdist_group("processes")]

HAVE_A_RUNNER = 'rewardbox_stage_seconds_count{language="",stage="queue"}'
"""Sessions of requests that have waited for one; the keeper's own are not among them."""
NDJSON = {"accept": "application/x-ndjson"}
MATHS = {"verifier": "math", "completion": r"\boxed{\frac12}", "reference": "0.5"}
TIMES = """\
import time
began = time.monotonic_ns()
while time.process_time() < 0.05:
    pass
print(began, time.monotonic_ns())
"""


def endless(**fields):
    body = {"language": "python", "source": "while True: pass", "limits": {"cpu_s": 100}}
    return {**body, **fields}


def prints(text, **options):
    return {
        "verifier": "code.stdio",
        "completion": f"print({text!r})",
        "reference": {"tests": [{"stdin": "", "stdout": text}]},
        "options": options,
    }


def run(client, source, **fields):
    return client.post("/v1/run", json={"language": "python", "source": source, **fields})


async def eventually(claim):
    async with asyncio.timeout(60):
        while not claim():  # noqa: ASYNC110 - what is waited for has no event to wait for
            await asyncio.sleep(0.01)


async def series(client):
    """Every series that there is: name and labels, as text, to value."""
    text = (await client.get("/metrics")).text
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


async def connect_to(service):
    """A reader and a writer of a connection of their own."""
    url = httpx.URL(service.url)
    return await asyncio.open_connection(url.host, url.port)


def head(path, length):
    lines = (
        f"POST {path} HTTP/1.1",
        "host: here",
        "content-type: application/json",
        f"content-length: {length}",
    )
    return "\r\n".join((*lines, "", "")).encode()


async def until(client, name, value):
    """Wait until a metric has that value."""
    async with asyncio.timeout(60):
        while (await series(client)).get(name) != value:  # noqa: ASYNC110 - only known by asking
            await asyncio.sleep(0.01)


async def served_by(service, *, connections):
    """The processes that so many new connections are given to."""
    async with AsyncExitStack() as stack:
        found = [await stack.enter_async_context(service.client()) for _ in range(connections)]
        for client in found:
            assert (await run(client, "print(1)")).json()["stdout"] == "1\n"
        return {service.member_that_serves(client) for client in found}


@pytest.fixture
async def clients(service):
    """Two connections, one to each process."""
    async with AsyncExitStack() as stack:
        found = [await stack.enter_async_context(service.client()) for _ in range(2)]
        for client in found:
            await client.get("/healthz")
        assert {service.member_that_serves(client) for client in found} == {*service.members()}
        yield found


async def test_connections_are_dealt_out_evenly(service):
    async with AsyncExitStack() as stack:
        found = [await stack.enter_async_context(service.client()) for _ in range(6)]
        for client in found:
            await client.get("/healthz")
        serving = [service.member_that_serves(client) for client in found]

    assert sorted(map(serving.count, service.members())) == [3, 3]


async def test_idle_connections_leave_descriptors_for_all_else(start):
    with start(descriptors=200) as service:
        service.wait_until_it_serves()
        members = {*service.members()}
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(service.client()) for _ in range(2)]
            for client in clients:
                await run(client, "print(1)")
            idle = [await connect_to(service) for _ in range(250)]
            for _, writer in idle:
                stack.callback(writer.close)
            await eventually(lambda: service.connections() == 200)
            for runner in service.runners():
                os.kill(runner, signal.SIGKILL)
            answers = [await run(client, "print(1)") for client in clients * 2]
            refused = asyncio.create_task(served_by(service, connections=1))
            await asyncio.sleep(0.1)
            assert not refused.done()
            for _, writer in idle[:200]:
                writer.close()
            assert await refused <= members

        assert [answer.json()["stdout"] for answer in answers] == ["1\n"] * 4
        assert {*service.members()} == members


async def test_no_more_run_at_once_than_there_are_slots_and_as_many(clients):
    batches = [
        client.post(
            "/v1/score/batch",
            json={
                "items": [
                    {
                        "verifier": "code.stdio",
                        "completion": TIMES,
                        "reference": {"tests": [{"stdin": str(n), "stdout": ""}] * 2},
                        "options": {"cache": False, "stop_on_failure": False},
                    }
                    for n in range(10)
                ]
            },
        )
        for client in clients
    ]
    results = [
        each for answer in await asyncio.gather(*batches) for each in answer.json()["results"]
    ]
    outputs = [test["stdout"] for each in results for test in each["tests"]]
    times = [tuple(map(int, output.split())) for output in outputs]
    at_once = [sum(began <= moment < ended for began, ended in times) for moment, _ in times]

    assert len(times) == 40
    assert max(at_once) == 2


async def test_the_same_at_once_over_many_connections_is_judged_once(service, clients):
    before = await series(clients[0])
    item = prints("the same")
    async with AsyncExitStack() as stack:
        eight = [await stack.enter_async_context(service.client()) for _ in range(8)]
        answers = await asyncio.gather(
            *(client.post("/v1/score/batch", json={"items": [item] * 8}) for client in eight)
        )
    results = [result for answer in answers for result in answer.json()["results"]]
    after = await series(clients[1])
    judged = 'rewardbox_cache_judgements_total{origin="judged"}'

    assert [result["reward"] for result in results] == [1.0] * 64
    assert [result["cached"] for result in results].count(False) == 1
    assert after[judged] - before.get(judged, 0) == 1


async def test_metrics_are_of_all_processes_whichever_is_asked(clients):
    name = 'rewardbox_requests_total{method="GET",route="/v1/verifiers/{name}",status="200"}'
    for client in [*clients, clients[0]]:
        assert (await client.get("/v1/verifiers/math")).status_code == 200

    for client in clients:
        found = await series(client)
        assert found[name] == 3
        assert found["rewardbox_slots"] == 2
        assert found['rewardbox_runners_lost_total{reason="abandoned"}'] == 0
        assert found['rewardbox_info{launcher="namespaces",runtime="",version="0.1.0"}'] == 1


async def test_every_process_is_ready_and_knows_the_walls(clients):
    for client in clients:
        answer = (await client.get("/readyz")).json()
        assert answer["ready"], answer
        assert answer["slots"] == 2
        assert "seccomp" in answer["walls"]


async def test_the_queue_is_bounded_for_all_processes_together(start):
    with start(slots=1, queue_size=2, max_items=2) as service:
        service.wait_until_it_serves()
        async with service.client() as one, service.client() as other:
            assert (await other.get("/healthz")).status_code == 200
            running = asyncio.create_task(one.post("/v1/run", json=endless()))
            await until(other, "rewardbox_items_waiting", 1)
            refused = await other.post("/v1/score/batch", json={"items": [prints("x")] * 2})
            running.cancel()
            await until(other, "rewardbox_items_waiting", 0)
            admitted = await other.post("/v1/score/batch", json={"items": [prints("x")] * 2})

    assert (refused.status_code, admitted.status_code) == (429, 200)
    assert int(refused.headers["retry-after"]) > 0


async def test_a_body_that_trickles_in_is_408_and_gives_its_room_back(start):
    with start(upload_s=0.2) as service:
        service.wait_until_it_serves()
        reader, writer = await connect_to(service)
        writer.write(head("/v1/score", 10_000) + b" ")
        answer = await asyncio.wait_for(reader.read(), 60)
        writer.close()
        async with service.client() as client:
            await until(client, "rewardbox_bodies_bytes", 0)

    assert answer.startswith(b"HTTP/1.1 408 ")


async def test_a_connection_carries_one_request_at_a_time(service, clients):
    body = json.dumps(endless(deadline_s=0.5)).encode()
    reader, writer = await connect_to(service)
    writer.write(2 * (head("/v1/run", len(body)) + body))
    answers = await asyncio.wait_for(reader.read(), 60)
    writer.close()

    assert answers.count(b"HTTP/1.1 200 ") == 1
    assert answers.count(b"HTTP/1.1 ") == 1


async def test_an_api_key_is_not_kept_out_by_another_in_any_process(start):
    keys = {"api_keys": "one,other", "queue_size": 2, "max_items": 2, "slots": 1}
    with start(**keys) as service:
        service.wait_until_it_serves()
        async with service.client() as one, service.client() as other:
            one.headers["authorization"] = "Bearer one"
            other.headers["authorization"] = "Bearer other"
            item = {"verifier": "code.stdio", "completion": "while True: pass"}
            endless_item = {
                **item,
                "reference": {"tests": [{"stdin": "", "stdout": ""}]},
                "options": {"limits": {"cpu_s": 100}},
            }
            assert (await other.get("/v1/verifiers")).status_code == 200
            filling = asyncio.create_task(
                one.post("/v1/score/batch", json={"items": [endless_item] * 2})
            )
            await until(other, "rewardbox_items_waiting", 2)
            admitted = await other.post("/v1/score", json=MATHS)
            async with service.client() as more:
                more.headers["authorization"] = "Bearer one"
                refused = await more.post("/v1/score", json=MATHS)
            filling.cancel()
            await asyncio.gather(filling, return_exceptions=True)

    assert (admitted.status_code, refused.status_code) == (200, 429)


async def test_a_deadline_is_kept_and_is_no_verdict(clients):
    answers = await asyncio.gather(
        *(client.post("/v1/run", json=endless(deadline_s=1)) for client in clients * 2)
    )
    for answer in answers:
        assert (answer.json()["status"], answer.json()["error"]["kind"]) == (None, "overload")

    assert (await run(clients[0], "print(1)")).json()["stdout"] == "1\n"


async def test_a_client_that_leaves_frees_slots_for_another_process(service, clients):
    async with service.client() as leaving, service.client() as leaving_too:
        tasks = [
            asyncio.create_task(client.post("/v1/run", json=endless()))
            for client in (leaving, leaving_too)
        ]
        await until(clients[0], 'rewardbox_slots_in_use{tier="warm"}', 2)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    answers = await asyncio.gather(*(run(client, "print(1)") for client in clients))

    assert [answer.json()["stdout"] for answer in answers] == ["1\n"] * 2


async def test_verdicts_are_the_same_in_both_processes_and_beside_each_other(clients):
    limits = {"limits": {"cpu_s": 0.3}}
    loop = {**prints("x", **limits), "completion": "while True: pass"}
    kinds = [
        (prints("a"), "accepted"),
        ({**prints("b"), "completion": "print('c')"}, "wrong_answer"),
        (loop, "time_limit_exceeded"),
        (MATHS, "accepted"),
    ]
    items = [item for item, _ in kinds * 4]
    answers = await asyncio.gather(
        *(client.post("/v1/score/batch", json={"items": items}) for client in clients)
    )
    for answer in answers:
        verdicts = [result["verdict"] for result in answer.json()["results"]]
        assert verdicts == [verdict for _, verdict in kinds * 4]


# Ends


async def test_a_process_that_is_killed_takes_nobody_elses_work_with_it(start):
    with start() as service:
        service.wait_until_it_serves()
        async with service.client() as one, service.client() as other:
            await one.get("/healthz")
            await other.get("/healthz")
            killed = service.member_that_serves(other)
            lost = asyncio.create_task(other.post("/v1/run", json=endless()))
            await until(one, HAVE_A_RUNNER, 1)
            items = [prints(f"number {n}") for n in range(40)]
            async with one.stream(
                "POST", "/v1/score/batch", json={"items": items}, headers=NDJSON
            ) as response:
                lines = response.aiter_lines()
                results = [json.loads(await anext(lines))]
                os.kill(killed, signal.SIGKILL)
                results += [json.loads(line) async for line in lines]
            with pytest.raises(httpx.TransportError):
                await lost
            await eventually(lambda: len({*service.members()} - {killed}) == 2)

            assert results.pop()["summary"]["verdicts"] == {"accepted": 40}
            assert (await run(one, "print(1)")).json()["stdout"] == "1\n"
            await until(one, 'rewardbox_runners_lost_total{reason="abandoned"}', 1)
            await until(one, "rewardbox_items_waiting", 0)
            await until(one, "rewardbox_runner_launches_total", 3)
            assert (await series(one))[
                'rewardbox_items_total{error="",language="python",verdict="accepted",verifier="code.stdio"}'
            ] == 40

        async with asyncio.timeout(60):  # until the new one takes its part
            while await served_by(service, connections=2) != {*service.members()}:
                pass


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_told_to_stop_all_processes_let_running_work_end(start, number):
    with start() as service:
        service.wait_until_it_serves()
        async with service.client() as one, service.client() as other:
            for client in (one, other):
                await client.get("/healthz")
            long = [
                asyncio.create_task(run(client, "sum(range(20_000_000)); print('done')"))
                for client in (one, other)
            ]
            async with service.client() as watching:
                await until(watching, HAVE_A_RUNNER, 2)
            service.signal(number)
            answers = [await each for each in long]

        assert service.wait() == 0
    assert [answer.json()["stdout"] for answer in answers] == ["done\n"] * 2


async def test_nothing_outlives_a_keeper_that_is_killed(start):
    with start() as service:
        service.wait_until_it_serves()
        below = service.descendants()
        assert len(below) > len(service.members()) == 2
        async with service.client() as client, service.client() as watching:
            running = asyncio.create_task(client.post("/v1/run", json=endless()))
            await until(watching, HAVE_A_RUNNER, 1)
            service.signal(signal.SIGKILL)
            with pytest.raises(httpx.TransportError):
                await running
        await eventually(lambda: not any(map(service.is_alive, below)))


async def test_what_keeps_a_process_from_starting_is_told(start):
    with start(required_verifiers="code.cobol") as service:
        assert service.wait() == 2
    assert b"code.cobol" in service.log
