"""The stages of real submissions, as a collector is sent them."""

import shutil
from types import SimpleNamespace

import httpx
import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from app.main import create_app
from app.settings import Settings
from app.watching import tracing

pytestmark = [pytest.mark.anyio, pytest.mark.namespaces, pytest.mark.xdist_group("namespaces")]

SUM = "def add(a, b):\n    return a + b"
CASES = {
    "code.stdio in C++": (
        {
            "verifier": "code.stdio",
            "completion": '#include <cstdio>\nint main() { puts("42"); }',
            "reference": {"tests": [{"stdout": "42\n"}]},
            "options": {"language": "cpp", "extract": "whole"},
        },
        ["queue", "compile", "run", "check"],
    ),
    "code.asserts with plain calls": (
        {
            "verifier": "code.asserts",
            "completion": SUM,
            "reference": {"tests": ["assert add(1, 2) == 3"]},
            "options": {"extract": "whole"},
        },
        ["queue", "run", "check"],
    ),
    "code.asserts with an examiner": (
        {
            "verifier": "code.asserts",
            "completion": SUM,
            "reference": {"tests": ["import math\nassert math.isclose(add(0.1, 0.2), 0.3)"]},
            "options": {"extract": "whole"},
        },
        ["queue", "run", "check"],
    ),
    "code.unittest": (
        {
            "verifier": "code.unittest",
            "completion": SUM,
            "reference": {
                "tests": "from solution import add\n\ndef test_sum():\n    assert add(1, 2) == 3\n"
            },
            "options": {"extract": "whole"},
        },
        ["queue", "run", "check"],
    ),
}


@pytest.fixture
async def traced(monkeypatch):
    exporter = InMemorySpanExporter()
    monkeypatch.setattr(tracing, "_exporting", lambda _: SimpleSpanProcessor(exporter))
    settings = Settings(launcher="namespaces", slots=1, traces_endpoint="http://nowhere")
    app = create_app(settings)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://rewardbox", timeout=60) as client,
    ):
        yield SimpleNamespace(client=client, spans=exporter.get_finished_spans)


@pytest.mark.parametrize("name", CASES)
async def test_each_stage_of_a_submission_is_a_child_of_its_span(traced, name):
    item, stages = CASES[name]
    if "compile" in stages and shutil.which("g++") is None:
        pytest.skip("g++ is not installed")

    answer = await traced.client.post("/v1/score", json=item)

    assert answer.json()["verdict"] == "accepted", answer.text
    (scored,) = [span for span in traced.spans() if span.name == "score"]
    children = [
        span
        for span in traced.spans()
        if span.parent and span.parent.span_id == scored.context.span_id
    ]
    assert [span.name for span in sorted(children, key=lambda span: span.start_time)] == stages
