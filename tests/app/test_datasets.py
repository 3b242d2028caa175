"""Rows of every dataset as they are downloaded, posted with a right and a wrong completion."""

import json
import os
from pathlib import Path

import httpx
import pytest

ROWS = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parents[1] / "data" / "datasets").glob("*.json"))
}

FULL_IMAGE = os.environ.get("REWARDBOX_FULL_IMAGE", "rewardbox-runner:full")
SOLUTION = "print(max(map(int, input().split())))"

pytestmark = [pytest.mark.namespaces, pytest.mark.xdist_group("datasets")]


def item(name, verifier, completion):
    return {"verifier": verifier, "completion": completion, "reference": ROWS[name]["row"]}


OTHER_LANGUAGES = {"go", "java", "javascript", "js", "rust"}
FOR_FULL_IMAGE = [
    name
    for name, case in ROWS.items()
    if OTHER_LANGUAGES & {case.get("options", {}).get("language"), case["row"].get("language")}
]
"""Rows in languages that a machine need not have."""


@pytest.fixture(scope="module")
def score_in_full_image(serving):
    settings = {"launcher": "docker", "image": FULL_IMAGE, "slots": "1"}
    with serving(**settings) as url, httpx.Client(base_url=url, timeout=300) as client:
        yield lambda item: client.post("/v1/score", json=item)


@pytest.fixture(scope="module")
def score(serving):
    with serving() as url, httpx.Client(base_url=url, timeout=120) as client:
        yield lambda item: client.post("/v1/score", json=item)


def check(score, name):
    case = ROWS[name]
    right = score(item(name, case["verifier"], case["right"])).json()
    wrong = score(item(name, case["verifier"], case["wrong"])).json()
    assert (right.get("reward"), right.get("error")) == (1.0, None), right
    assert (wrong.get("reward"), wrong.get("error")) == (0.0, None), wrong


@pytest.mark.parametrize("name", [name for name in ROWS if name not in FOR_FULL_IMAGE])
def test_a_row_is_a_reference(score, name):
    check(score, name)


@pytest.mark.full_image
@pytest.mark.parametrize("name", FOR_FULL_IMAGE)
def test_a_row_in_any_language_is_a_reference(score_in_full_image, name):
    check(score_in_full_image, name)


@pytest.mark.parametrize("name", ["taco_stdio", "livecodebench_stdio", "mbpp", "dapo"])
def test_the_verifier_of_a_row_need_not_be_known(score, name):
    case = ROWS[name]
    right = score(item(name, "dataset", case["right"])).json()
    wrong = score(item(name, "dataset", case["wrong"])).json()
    assert (right["reward"], wrong["reward"]) == (1.0, 0.0)


def test_limits_of_a_row_hold_unless_others_are_asked_for(score):
    slow = "import time\nwhile time.process_time() < 2.4: pass\ninput()\n" + SOLUTION
    asked = item("taco_stdio", "code.stdio", slow)
    assert score(asked).json()["verdict"] == "time_limit_exceeded"
    asked["options"] = {"limits": {"cpu_s": 20}}
    assert score(asked).json()["verdict"] == "accepted"


def test_a_row_for_another_verifier_is_refused_by_name(score):
    answer = score(item("mbpp", "code.stdio", "print(1)"))
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == "reference"
    assert "code.asserts" in error["message"]


def test_a_broken_row_is_an_error_of_the_reference_that_names_the_field(score):
    broken = {"input_output": {"inputs": ["1"], "outputs": []}}
    posted = {"verifier": "code.stdio", "completion": "print(1)", "reference": broken}
    answer = score(posted).json()
    assert answer["reward"] is None
    assert answer["error"]["kind"] == "reference"
    assert "input_output: has 1 inputs and 0 outputs" in answer["error"]["message"]


def test_what_is_no_row_is_refused_as_before(score):
    misspelt = {"test": [{"stdin": "", "stdout": "1\n"}]}
    posted = {"verifier": "code.stdio", "completion": "print(1)", "reference": misspelt}
    answer = score(posted)
    assert answer.status_code == 422
    assert "reference.tests: is missing" in answer.json()["detail"] or any(
        error["field"] == "reference.tests" for error in answer.json()["errors"]
    )
