"""The OpenAPI document is kept: whatever fits it or not, answers are as it says, and no 5xx.

Requests are made out of the document by schemathesis, and sent to the service with its own
verifiers over a real socket; only programs are not really run.
"""

import asyncio
import threading
import time

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from app.main import create_app
from app.server import Server
from app.settings import Settings
from sandbox.testing import FakeSandbox, printed
from verifiers.registry import Registry

# The other checks are of no use here: unknown languages fit the document, and a batch takes items
# that do not, to fail them one by one.
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
OPERATIONS = {
    "GET /healthz",
    "GET /metrics",
    "GET /readyz",
    "GET /v1/languages",
    "GET /v1/verifiers",
    "GET /v1/verifiers/{name}",
    "GET /version",
    "POST /v1/run",
    "POST /v1/score",
    "POST /v1/score/batch",
}
TAKING_SOMETHING = sorted(each for each in OPERATIONS if each.startswith("POST") or "{" in each)
ANSWER_TIMEOUT_S = 60

bounded = settings(
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def url():
    """Of a service that runs in a thread."""
    settings = Settings(port=0)
    sandbox = FakeSandbox(run=lambda *_: printed("42\n"), slots=8)
    server = Server(create_app(settings, sandbox=sandbox), settings)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    while thread.is_alive() and not server.started:
        time.sleep(0.01)  # it has no event for having started
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def operations(url):
    """Those of the document, by name; items name verifiers that there are."""
    document = requests.get(f"{url}/openapi.json", timeout=ANSWER_TIMEOUT_S).json()
    item = document["components"]["schemas"]["Item"]
    item["properties"]["verifier"]["enum"] = Registry.load().names()
    found = schemathesis.openapi.from_dict(document).get_all_operations()
    return {each.label: each for each in (result.ok() for result in found)}


def test_every_operation_is_tried(operations):
    assert set(operations) == OPERATIONS


@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_what_fits_the_document_is_answered_as_it_says(operations, url, label):
    answered = send_many(operations[label], url, GenerationMode.POSITIVE)

    if label.startswith("POST /v1/score"):
        assert 200 in {answer.status_code for answer in answered}, "it never got to judging"


@pytest.mark.parametrize("label", [each for each in TAKING_SOMETHING if "{" not in each])
def test_what_does_not_fit_is_answered_as_it_says_too(operations, url, label):
    send_many(operations[label], url, GenerationMode.NEGATIVE)


def send_many(operation, url, mode):
    answered = []

    @bounded
    @given(operation.as_strategy(generation_mode=mode))
    def send(case):
        answer = case.call(base_url=url, session=session, timeout=ANSWER_TIMEOUT_S)
        case.validate_response(answer, checks=CHECKS)
        answered.append(answer)

    with requests.Session() as session:
        send()
    for answer in answered:
        if answer.status_code == 200 and operation.label.startswith("POST /v1/score"):
            assert not faults(answer.json()), answer.text
    return answered


def faults(answer):
    """Errors that no request should be able to cause here."""
    errors = [result["error"] for result in answer.get("results", [answer])]
    return [error for error in errors if error and error["kind"] in ("verifier", "sandbox")]
