"""The example plugin as somebody else's package: built, installed, tested, called over HTTP."""

import re
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

PROJECT = Path(__file__).parents[2]
PLUGIN = PROJECT / "examples" / "plugin"

pytestmark = pytest.mark.xdist_group("plugin")


@pytest.fixture(scope="module")
def environment(installing):
    """The variables of processes that have the plugin installed."""
    return installing(PLUGIN)


@pytest.fixture(scope="module")
def service(environment, serving):
    """A client of a service that runs beside the plugin."""
    with serving(environment) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def test_its_own_tests_pass_with_what_its_extra_brings(environment, bare_pytest):
    subprocess.run([*bare_pytest, PLUGIN], cwd=PROJECT, env=environment, check=True)


def test_its_readme_starts_the_service_in_a_terminal_of_its_own():
    blocks = re.findall(r"```sh\n(.*?)\n```", (PLUGIN / "README.md").read_text(), re.DOTALL)
    assert [block for block in blocks if "serve" in block] == [".venv/bin/rewardbox serve"]


@pytest.mark.namespaces
def test_the_service_says_what_it_is_and_where_it_comes_from(service):
    info = service.get("/v1/verifiers/words").raise_for_status().json()

    assert info["available"] is True
    assert info["source"] == {
        "built_in": False,
        "distribution": "rewardbox-words",
        "version": "0.1.0",
    }
    assert "at_most" in info["reference_schema"]["properties"]
    assert "graded" in info["options_schema"]["properties"]
    assert service.post("/v1/score", json=info["example"]).json()["reward"] == 1.0


@pytest.mark.namespaces
def test_it_is_called_like_a_built_in_verifier(service):
    item = {"verifier": "words", "completion": "one two three", "reference": {"at_most": 2}}

    wrong = service.post("/v1/score", json=item).json()
    broken = service.post("/v1/score", json={**item, "reference": {"at_least": 3, "at_most": 2}})
    malformed = service.post("/v1/score", json={**item, "reference": {"at_mots": 2}})
    together: dict[str, Any] = {
        "parts": [item | {"gate": True}, {"verifier": "text.exact", "reference": "x"}]
    }
    del together["parts"][0]["completion"]
    composite = service.post(
        "/v1/score", json={"verifier": "composite", "completion": "x", "reference": together}
    )

    assert (wrong["reward"], wrong["verdict"]) == (0.0, "wrong_answer")
    assert (broken.json()["reward"], broken.json()["error"]["kind"]) == (None, "reference")
    assert malformed.status_code == 422
    assert composite.json()["reward"] == 1.0
