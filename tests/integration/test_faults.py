"""What becomes of a batch, and of the machine, when processes are killed under the service."""

import collections
import contextlib
import json
import os
import random
import re
import signal
import threading
import time
from pathlib import Path

import docker
import httpx
import pytest

from sandbox.agent import system
from tests.integration.host import Host, below, own_mounts, processes
from tests.integration.items import batch, code, text

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(os.getuid() != 0, reason="only root can kill processes of a container"),
]

GIVEN_UP_AFTER = 3
"""Runners, or workers, that an item must have lost before it has no reward."""
RESULTS_PER_KILL = 8


def until(claim, *, within_s=120):
    """Wait for a claim about what must come to pass; returns what it found."""
    deadline = time.monotonic() + within_s
    while True:
        try:
            return claim()
        except AssertionError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.2)


def check(item, result):
    """The result is this item's, and right; or it is honestly none."""
    nonce, reward = item["id"].split()
    assert result["id"] == item["id"]
    if result["error"] is not None:
        assert result["reward"] is None
        assert result["error"]["retryable"], result
        return
    assert result["reward"] == float(reward), result
    assert result["verdict"] == ("accepted" if reward == "1.0" else "wrong_answer"), result
    told = [each["stdout"] for each in result["tests"]] or [result["extracted"]]
    assert all(nonce in each for each in told), result


@pytest.fixture
def orphans():
    """A function that finds what has lost its parent below us; all of it must be gone one day."""
    system.prctl(system.PR_SET_CHILD_SUBREAPER, 1)
    standing = {each.pid for each in own_children()}

    def find():
        adopted = [each for each in own_children() if each.pid not in standing]
        found = [*adopted, *(each for one in adopted for each in below(one.pid))]
        for each in adopted:
            if each.is_zombie:
                os.waitpid(each.pid, os.WNOHANG)
        return [each.kind() for each in found if not each.is_zombie]

    try:
        yield find
    finally:
        system.prctl(system.PR_SET_CHILD_SUBREAPER, 0)


def own_children():
    """Children of this process's main thread, which is the one that adopts.

    Other threads have some too: sandboxes of other tests, which may replace a runner at any time.
    """
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    everything = processes()
    return [everything[pid] for pid in map(int, children) if pid in everything]


@pytest.fixture
def host(request, running_under, orphans, tmp_path, monkeypatch):
    """A service under the launcher that the test names, and what it holds; nothing of it stays."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    mounts = own_mounts()
    with contextlib.ExitStack() as stack:
        engine = None
        if request.param != "namespaces":
            engine = stack.enter_context(contextlib.closing(docker.from_env()))
        service = stack.enter_context(
            running_under(
                request.param,
                slots="2",
                drain_s="3",
                prepare_compilers="false",  # whose work in the background comes and goes
            )
        )
        host = Host(service, engine, place)
        yield host
        if service.process.poll() is None:
            service.stop()

        def nothing_is_left():
            assert orphans() == []
            assert host.containers() == []

        until(nothing_is_left, within_s=60)
        assert list(place.iterdir()) == []
        assert own_mounts() == mounts


def under(*names):
    """For tests of a service under those launchers."""
    return pytest.mark.parametrize(
        "host",
        [
            pytest.param(name, marks=[getattr(pytest.mark, name), pytest.mark.xdist_group(name)])
            for name in names
        ],
        indirect=True,
    )


class Killer(threading.Thread):
    """Kills something after every few results, so that a slow machine is not hit more often."""

    def __init__(self, kill):
        super().__init__()
        self._kill = kill
        self._results = threading.Semaphore(0)
        self._done = False

    def result_came(self):
        self._results.release()

    def run(self):
        while True:
            for _ in range(RESULTS_PER_KILL):
                self._results.acquire()
            if self._done:
                return
            self._kill()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._done = True
        self._results.release(RESULTS_PER_KILL)
        self.join()


def score_lines(service, items, on_result):
    """Results in the order of the items, each told of as it comes."""
    results = {}
    lines = {"Accept": "application/x-ndjson"}
    with service.client.stream(
        "POST", "/v1/score/batch", json={"items": items}, headers=lines
    ) as answer:
        assert answer.status_code == 200
        for line in answer.iter_lines():
            if "index" in (result := json.loads(line)):
                results[result["index"]] = result
                on_result()
    return [results[index] for index in range(len(items))]


def check_all(items, results):
    """Returns those that have no reward."""
    for item, result in zip(items, results, strict=True):
        check(item, result)
    return [
        item for item, result in zip(items, results, strict=True) if result["error"] is not None
    ]


def scores_all(service, items):
    assert check_all(items, service.score(items)) == []


def is_idle_again(host, before):
    """Nothing is left of what happened; `before` is what the idle service held."""
    host.service.until_ready()

    def it_holds_no_more_than_before():
        assert host.held() - before - host.kept == {}

    until(it_holds_no_more_than_before)


@under("namespaces", "docker")
def test_killing_everything_in_turn_costs_no_item_its_right_reward(host):
    survive_kills(host, 500)


@under("gvisor")
def test_killing_runners_of_gvisor_costs_no_item_its_right_reward(host):
    survive_kills(host, 60)


def survive_kills(host, count):
    """So many items and, if there were few kills meanwhile, as many again."""
    trial = batch(60)
    scores_all(host.service, trial)
    before = host.held()

    items, results = [], []
    with Killer(host.kill_something) as killer:
        while not items or host.killed.total() < count / RESULTS_PER_KILL / 2:
            assert killer.is_alive()
            items += (more := batch(count))
            results += score_lines(host.service, more, killer.result_came)
    lost = check_all(items, results)
    kills = host.killed.total()
    print(f"{kills} killed ({dict(host.killed)}), {len(lost)} of {len(items)} without a reward")
    print(collections.Counter(each["error"]["message"] for each in results if each["error"]))
    assert set(host.killed) == host.mortal
    assert len(lost) * GIVEN_UP_AFTER <= kills

    host.service.until_ready()
    scores_all(host.service, lost + trial)
    is_idle_again(host, before)


@under("namespaces", "docker")
def test_a_service_that_is_killed_leaves_nothing(host):
    """The fixture looks, as it does after every test."""
    items = batch(100)

    def kill():
        host.service.process.kill()

    with Killer(kill) as killer, pytest.raises(httpx.TransportError):
        score_lines(host.service, items, killer.result_came)
    assert host.service.process.wait(timeout=60) == -signal.SIGKILL


@under("namespaces", "docker")
def test_ctrl_c_lets_work_end_or_be_tried_again(host):
    items = batch(100) + [sleeper(number) for number in range(2)]
    random.shuffle(items)
    interrupted = threading.Event()

    def interrupt():
        if not interrupted.is_set():
            interrupted.set()
            os.killpg(host.pid, signal.SIGINT)  # everybody in the terminal gets it

    with Killer(interrupt) as killer:
        results = score_lines(host.service, items, killer.result_came)
    assert interrupted.is_set()
    unscored = check_all(items, results)
    assert {item["id"] for item in items if "sleep" in item["completion"]} <= {
        item["id"] for item in unscored
    }
    assert {each["error"]["kind"] for each in results if each["error"]} == {"overload"}
    assert host.service.process.wait(timeout=60) == 0


def sleeper(number):
    item = code("python", "import time; time.sleep(600)", [{"stdin": "", "stdout": ""}])
    limits = {"cpu_s": 1, "wall_s": 300}
    return {**item, "id": f"sleeper{number} 1.0", "options": {**item["options"], "limits": limits}}


@under("namespaces", "docker")
def test_a_client_that_goes_away_takes_its_work_with_it(host):
    scores_all(host.service, batch(60))
    before = host.held()
    items = [sleeper(number) for number in range(200)]
    items.insert(0, {**text(1, right=True), "id": "1 1.0"})

    class GoneAway(Exception):
        pass

    def go_away():
        until(lambda: at_work(host, before))
        raise GoneAway

    with pytest.raises(GoneAway):
        score_lines(host.service, items, go_away)
    is_idle_again(host, before)
    metrics = host.service.client.get("/metrics").text
    assert "rewardbox_items_waiting 0.0" in metrics
    answered = re.findall(r'rewardbox_items_total{.*verifier="code.stdio"} (.*)', metrics)
    assert sum(map(float, answered)) < 100


def at_work(host, before):
    assert (host.held() - before)["-m agent"] > 0


@pytest.mark.docker
@pytest.mark.xdist_group("docker")
def test_an_image_that_is_removed_takes_no_runner_with_it(running_under):
    """And what ended meanwhile comes back with the image."""
    tag = f"rewardbox-removed-{os.getpid()}"
    with contextlib.closing(docker.from_env()) as engine:
        image = engine.images.get(os.environ.get("REWARDBOX_IMAGE", "rewardbox-runner"))
        image.tag(tag)
        with running_under("docker", image=tag, slots="2") as service:
            host = Host(service, engine, Path())
            engine.images.remove(tag, force=True)
            scores_all(service, batch(20))
            engine.api.kill(host.containers()[0])
            scores_all(service, batch(20))

            image.tag(tag)

            def there_are_two_again():
                assert len(host.containers()) == 2

            until(there_are_two_again)
            engine.images.remove(tag)
            scores_all(service, batch(20))
