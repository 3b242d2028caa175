"""The service with real runners, maths workers and the verifiers that come with it."""

import asyncio
import shutil
import time

import httpx
import pytest

from app.main import create_app
from app.server import Server
from app.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.namespaces, pytest.mark.xdist_group("real_runners")]


@pytest.fixture
async def client():
    settings = Settings(port=0, launcher="namespaces", slots=2, drain_s=5, prepare_compilers=False)
    server = Server(create_app(settings), settings)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.wait((serving,), timeout=0.05)
        assert not serving.done(), serving.result()
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        yield client
    server.should_exit = True
    await serving


@pytest.mark.skipif(shutil.which("g++") is None, reason="g++ is not installed")
@pytest.mark.parametrize("source", ["int main() { return 0; }", "int main() { return }"])
async def test_the_same_program_is_compiled_once(client, source):
    body = {"language": "cpp", "source": source}
    first, again = [(await client.post("/v1/run", json=body)).json() for _ in range(2)]
    assert (first["compile"]["cached"], again["compile"]["cached"]) == (False, True)
    assert again["status"] == first["status"]
    assert {**again["compile"], "cached": False} == first["compile"]


async def test_programs_run_and_end_as_they_do(client):
    async def run(source, **fields):
        body = {"language": "python", "source": source, **fields}
        return (await client.post("/v1/run", json=body)).json()

    assert (await run("print(input())", stdin="hello"))["stdout"] == "hello\n"
    assert (await run("import sys; print(sys.argv[1:])", args=["a b"]))["stdout"] == "['a b']\n"
    assert (await run("print(open('x').read())", files={"x": "text"}))["stdout"] == "text\n"
    assert (await run("1 / 0"))["status"] == "runtime_error"
    assert "ZeroDivisionError" in (await run("1 / 0"))["stderr"]
    assert (await run("while True: pass", limits={"cpu_s": 0.3}))["status"] == "time_limit_exceeded"


async def test_a_reserved_file_name_is_malformed(client):
    names = ["main.py", "solution.py", "__main__.py"]
    responses = [
        await client.post(
            "/v1/run", json={"language": "python", "source": "print(1)", "files": {name: ""}}
        )
        for name in names
    ]

    assert {response.status_code for response in responses} <= {200, 422}
    assert all(
        response.status_code == 422 or response.json()["stdout"] == "1\n" for response in responses
    )


async def test_a_client_that_leaves_frees_its_runners(client):
    body = {"language": "python", "source": "while True: pass", "limits": {"cpu_s": 60}}
    requests = [asyncio.create_task(client.post("/v1/run", json=body)) for _ in range(6)]
    await asyncio.sleep(0.5)
    for request in requests:
        request.cancel()
    await asyncio.gather(*requests, return_exceptions=True)

    started = time.monotonic()
    answer = await client.post("/v1/run", json={"language": "python", "source": "print(1)"})

    assert answer.json()["stdout"] == "1\n"
    assert time.monotonic() - started < 20


async def test_it_is_ready_when_it_has_shown_its_work(client):
    answer = (await client.get("/readyz")).json()

    assert answer["ready"] is True, answer
    assert answer["launcher"] == "namespaces"
    assert answer["slots"] == 2
    assert answer["walls"]


async def test_every_example_can_be_posted_and_scores(client):
    infos = (await client.get("/v1/verifiers")).json()
    examples = [info["example"] for info in infos if info["example"]]

    answer = (await client.post("/v1/score/batch", json={"items": examples})).json()

    rewards = {result["verifier"]: result["reward"] for result in answer["results"]}
    assert rewards == {example["verifier"]: 1.0 for example in examples}
    assert {"code.stdio", "math", "text.exact", "composite"} <= set(rewards)


async def test_a_mixed_batch_under_load_has_the_right_rewards(client):
    def adds(source, **fields):
        reference = {"tests": [{"stdin": "1 2\n", "stdout": "3\n"}]}
        return {"verifier": "code.stdio", "completion": source, "reference": reference, **fields}

    kinds = [
        (adds("print(sum(map(int, input().split())))"), 1.0),
        (adds("print(4)"), 0.0),
        (adds("import sys; sys.exit(0)"), 0.0),
        (adds("while True: pass", options={"limits": {"cpu_s": 0.3}}), 0.0),
        ({"verifier": "math", "completion": r"\boxed{\frac12}", "reference": "0.5"}, 1.0),
        ({"verifier": "math", "completion": r"\boxed{2}", "reference": "0.5"}, 0.0),
        (adds("print(3)", options={"language": "klingon"}), None),
    ]
    items = [{**item, "id": n} for n, (item, _) in enumerate(kinds * 8)]

    answer = (await client.post("/v1/score/batch", json={"items": items})).json()

    assert [result["id"] for result in answer["results"]] == list(range(len(items)))
    assert [result["reward"] for result in answer["results"]] == [reward for _, reward in kinds] * 8
    assert answer["summary"]["errors"] == 8


@pytest.mark.skipif(shutil.which("g++") is None, reason="g++ is not installed")
async def test_metrics_tell_of_what_runners_did(client):
    async def run(language, source):
        answer = await client.post("/v1/run", json={"language": language, "source": source})
        assert answer.json()["status"] == "ok", answer.text

    await run("python", "print(1)")
    for _ in range(2):
        await run("c++", "int main() { return 0; }")
    text = (await client.get("/metrics")).text
    found = dict(line.rsplit(" ", 1) for line in text.splitlines() if line[0] != "#")

    assert found['rewardbox_stage_seconds_count{language="python",stage="run"}'] == "1.0"
    assert found['rewardbox_stage_seconds_count{language="cpp",stage="run"}'] == "2.0"
    assert found['rewardbox_compilations_total{language="cpp",origin="compiled"}'] == "1.0"
    assert found['rewardbox_compilations_total{language="cpp",origin="kept"}'] == "1.0"
    assert found["rewardbox_slots"] == "2.0"
    assert float(found["rewardbox_runs_total"]) >= 3
    assert found['rewardbox_runners_lost_total{reason="died"}'] == "0.0"
