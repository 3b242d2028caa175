"""The service as docker compose runs it, over HTTP: two runners, one socket, no engine in reach."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import docker
import httpx
import pytest
from docker.errors import ImageNotFound

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.xdist_group("compose")]

ROOT = Path(__file__).parents[2]
PROJECT = f"rewardbox-test-{os.getpid()}"
KEY = "the-key-of-this-test"
OURS = {"label": f"com.docker.compose.project={PROJECT}"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Deployment:
    """What `docker compose up` made."""

    def __init__(self, engine):
        self.engine = engine
        self.port = free_port()
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"Authorization": f"Bearer {KEY}"},
            timeout=120,
        )

    def compose(self, *arguments):
        command = ["docker", "compose", "-p", PROJECT, *arguments]
        ours = {"PORT": str(self.port), "API_KEYS": KEY, "SLOTS": "3"}
        env = os.environ | {f"REWARDBOX_{name}": value for name, value in ours.items()}
        done = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr

    def containers(self, service):
        label = f"com.docker.compose.service={service}"
        return self.engine.containers.list(filters={"label": [OURS["label"], label]})

    def until_ready(self, *, slots):
        def ready():
            with contextlib.suppress(httpx.TransportError):
                answer = self.client.get("/readyz")
                return answer.status_code == 200 and answer.json()["slots"] == slots
            return False

        until(ready, within_s=60)


def until(claim, *, within_s):
    deadline = time.monotonic() + within_s
    while not claim():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture(scope="module")
def deployment():
    if not shutil.which("docker") or subprocess.run(["docker", "compose", "version"]).returncode:
        pytest.skip("docker compose is not installed")
    with contextlib.closing(docker.from_env()) as engine:
        try:
            engine.images.get("rewardbox-service")
        except ImageNotFound:
            pytest.skip("there is no image rewardbox-service; build it with `make images`")
        deployment = Deployment(engine)
        try:
            deployment.compose("up", "--detach", "--no-build", "--scale", "runner=2")
            deployment.until_ready(slots=2)
            yield deployment
        finally:
            deployment.client.close()
            deployment.compose("down", "--volumes")
        assert engine.containers.list(all=True, filters=OURS) == []
        assert engine.volumes.list(filters=OURS) == []
        assert engine.networks.list(filters=OURS) == []


def item(number, *, right):
    return {
        "id": str(number),
        "verifier": "code.stdio",
        "completion": f"import time; time.sleep(0.05); print(int(input()) + {0 if right else 1})",
        "reference": {"tests": [{"stdin": f"{number}\n", "stdout": f"{number}\n"}]},
        "options": {"language": "python", "extract": "whole", "cache": False},
    }


def rewards(client, items):
    results = client.post("/v1/score/batch", json={"items": items}).json()["results"]
    assert [result["error"] for result in results] == [None] * len(items)
    return [result["reward"] for result in results]


def test_an_answer_is_scored(deployment):
    assert rewards(deployment.client, [item(1, right=True), item(2, right=False)]) == [1.0, 0.0]


def test_it_says_how_it_runs_programs(deployment):
    answer = deployment.client.get("/readyz").json()
    assert answer["launcher"] == "socket"
    assert answer["slots"] == 2
    assert "no new privileges" in answer["walls"]


def test_nobody_scores_without_a_key(deployment):
    answer = httpx.post(f"{deployment.client.base_url}/v1/score", json=item(1, right=True))
    assert answer.status_code == 401


def test_the_service_reports_itself_healthy_and_is_not_root(deployment):
    (service,) = deployment.containers("service")
    until(lambda: service.reload() or service.health == "healthy", within_s=30)
    assert service.exec_run(["id", "-u"]).output.strip() == b"10001"


def test_nothing_has_the_engine_or_the_host_in_reach(deployment):
    everything = [*deployment.containers("service"), *deployment.containers("runner")]
    assert len(everything) == 3
    for container in everything:
        host = container.attrs["HostConfig"]
        assert [mount["Type"] for mount in container.attrs["Mounts"]] == ["volume"]
        assert not host["Privileged"]
        assert host["ReadonlyRootfs"]
        assert host["CapDrop"] == ["ALL"]
        assert "no-new-privileges:true" in host["SecurityOpt"]
    for runner in deployment.containers("runner"):
        assert runner.attrs["HostConfig"]["NetworkMode"] == "none"
        assert runner.attrs["HostConfig"]["Memory"] == runner.attrs["HostConfig"]["MemorySwap"] > 0
        assert 0 < runner.attrs["HostConfig"]["PidsLimit"] < 1000


def test_a_submission_cannot_come_near_the_socket(deployment):
    source = """
import os, socket
for path in ("/run/rewardbox", "/run/rewardbox/agents.sock"):
    try:
        if path.endswith("sock"):
            socket.socket(socket.AF_UNIX).connect(path)
        else:
            os.listdir(path)
    except PermissionError:
        print("refused")
"""
    answer = deployment.client.post("/v1/run", json={"language": "python", "source": source})
    assert answer.json()["stdout"] == "refused\nrefused\n", answer.text


@pytest.mark.skipif(os.getuid() != 0, reason="only root can kill processes of a container")
def test_runners_that_die_in_the_middle_lose_nothing_and_come_back(deployment):
    deployment.until_ready(slots=2)
    items = [item(number, right=number % 3 != 0) for number in range(200)]

    def kill_runners():
        for runner in deployment.containers("runner"):
            time.sleep(1)
            os.kill(runner.attrs["State"]["Pid"], 9)

    with ThreadPoolExecutor() as aside:
        killing = aside.submit(kill_runners)
        found = rewards(deployment.client, items)
        killing.result()
    assert found == [float(number % 3 != 0) for number in range(200)]
    deployment.until_ready(slots=2)


def test_runners_find_a_service_that_was_restarted(deployment):
    deployment.compose("restart", "service")
    deployment.until_ready(slots=2)
    assert rewards(deployment.client, [item(1, right=True)]) == [1.0]


def test_more_runners_are_more_slots_up_to_the_setting(deployment):
    deployment.compose("up", "--detach", "--no-build", "--no-recreate", "--scale", "runner=4")
    deployment.until_ready(slots=3)
    deployment.compose("up", "--detach", "--no-build", "--no-recreate", "--scale", "runner=2")
    deployment.until_ready(slots=2)


def test_human_eval_is_scored_as_everywhere(deployment, human_eval):
    deployment.until_ready(slots=2)
    assert rewards(deployment.client, human_eval()) == [1.0] * 164


def test_what_solves_nothing_of_human_eval_gets_nothing(deployment, human_eval, cheat):
    deployment.until_ready(slots=2)
    assert rewards(deployment.client, human_eval(cheat)) == [0.0] * 164


def test_a_runner_container_that_is_killed_loses_nothing_and_joins_again(deployment, human_eval):
    deployment.until_ready(slots=2)
    runner, _ = deployment.containers("runner")
    with ThreadPoolExecutor() as aside:
        scoring = aside.submit(rewards, deployment.client, human_eval() + human_eval("    pass\n"))
        time.sleep(1)
        runner.kill()
        assert scoring.result() == [1.0] * 164 + [0.0] * 164
    runner.start()
    deployment.until_ready(slots=2)
    assert rewards(deployment.client, [item(1, right=True)]) == [1.0]
