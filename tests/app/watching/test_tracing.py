"""Spans: what a collector is sent of requests, items and the stages of each."""

import asyncio
import gzip
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import structlog
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from app.main import create_app
from app.results import Arrival
from app.settings import InvalidSettings, Settings
from app.watching import tracing
from sandbox import Program
from sandbox.testing import FakeSandbox, exited, printed

pytestmark = pytest.mark.anyio

ITEM = {"verifier": "equal", "completion": "42", "reference": "42"}
PROGRAM = {
    "verifier": "code.printing",
    "completion": "secret 7",
    "reference": "secret 7",
    "options": {"language": "c++"},
}
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Collected:
    """Spans as they were exported."""

    def __init__(self):
        self.exporter = InMemorySpanExporter()

    @property
    def spans(self):
        return self.exporter.get_finished_spans()

    def named(self, name):
        return [span for span in self.spans if span.name == name]

    def children(self, parent):
        ours = [s for s in self.spans if s.parent and s.parent.span_id == parent.context.span_id]
        return [span.name for span in sorted(ours, key=lambda span: span.start_time)]


@pytest.fixture
def collected(monkeypatch):
    made = Collected()
    monkeypatch.setattr(tracing, "_exporting", lambda _: SimpleSpanProcessor(made.exporter))
    return made


@pytest.fixture
def traced(connect, registry, collected):
    """A client of a service whose traces are collected; programs are compiled and print."""

    def open_client(**settings):
        sandbox = FakeSandbox(
            compile=lambda program: exited(0), run=lambda program, *_: printed(program.source)
        )
        traced_to = Settings(traces_endpoint="http://nowhere", **settings)
        return connect(create_app(traced_to, sandbox=sandbox, workers=object(), registry=registry))

    return open_client


class Collector(HTTPServer):
    requests: list[tuple[str, bytes]]
    url: str


@pytest.fixture
def collector():
    """Something that listens on this machine and keeps what it is sent."""

    class Keep(BaseHTTPRequestHandler):
        server: Collector

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            self.server.requests.append((self.path, body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with Collector(("127.0.0.1", 0), Keep) as server:
        server.requests = []
        server.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


async def post(client, *items, **headers):
    return await client.post("/v1/score/batch", json={"items": items}, headers=headers)


async def test_a_submission_is_a_span_with_its_stages(traced, collected):
    async with traced() as client:
        await post(client, PROGRAM)

    (request,) = collected.named("POST /v1/score/batch")
    assert collected.children(request) == ["score"]
    (item,) = collected.named("score")
    assert collected.children(item) == ["queue", "compile", "run"]
    told = dict(item.attributes)
    assert told["rewardbox.verifier"] == "code.printing"
    assert told["rewardbox.language"] == "cpp"
    assert (told["rewardbox.verdict"], told["rewardbox.reward"]) == ("accepted", 1.0)
    (compiling,) = collected.named("compile")
    assert dict(compiling.attributes) == {
        "rewardbox.language": "cpp",
        "rewardbox.origin": "compiled",
    }


async def test_times_of_children_lie_within_their_parents(traced, collected):
    async with traced() as client:
        await post(client, PROGRAM)

    (item,) = collected.named("score")
    tolerance = 2e9  # nanoseconds: the two clocks are not read at the very same time
    for name in ("queue", "compile", "run"):
        (child,) = collected.named(name)
        assert item.start_time - tolerance <= child.start_time <= child.end_time
        assert child.end_time <= item.end_time + tolerance


async def test_the_items_of_a_batch_are_spans_of_their_own(traced, collected):
    async with traced() as client:
        await post(client, ITEM, PROGRAM, {**ITEM, "completion": "x"}, {"verifier": "made up"})

    (request,) = collected.named("POST /v1/score/batch")
    assert collected.children(request) == ["score"] * 4
    verdicts = sorted(
        span.attributes.get("rewardbox.verdict", "") for span in collected.named("score")
    )
    assert verdicts == ["", "accepted", "accepted", "wrong_answer"]


async def test_the_trace_of_the_caller_is_continued(traced, collected):
    async with traced(traces_share=0) as client:
        await post(client, ITEM, traceparent=f"00-{TRACE}-{PARENT}-01")
        await post(client, ITEM)

    request, item = collected.named("POST /v1/score/batch")[0], collected.named("score")[0]
    assert len(collected.spans) == 2, "the one that began here is not kept"
    assert format(request.parent.span_id, "016x") == PARENT
    assert format(item.context.trace_id, "032x") == TRACE


async def test_the_log_names_the_trace(traced, collected):
    with structlog.testing.capture_logs(
        processors=[structlog.contextvars.merge_contextvars]
    ) as logged:
        async with traced() as client:
            await post(client, ITEM, traceparent=f"00-{TRACE}-{PARENT}-01")

    (line,) = [entry for entry in logged if entry["event"] == "request"]
    assert line["trace_id"] == TRACE


@pytest.mark.parametrize("header", ["", "00-0-0-01", "\xff" * 40, "00-" + "f" * 5000, "99-a-b-c"])
async def test_a_trace_that_cannot_be_read_is_not_continued(traced, collected, header):
    async with traced() as client:
        answer = await post(client, ITEM, traceparent=header.encode("latin-1"))

    assert answer.status_code == 200
    assert collected.named("POST /v1/score/batch")[0].parent is None


async def test_what_failed_is_marked_without_its_words(traced, collected):
    async with traced() as client:
        await post(client, {**ITEM, "verifier": "shaped", "reference": "broken"})

    (item,) = collected.named("score")
    assert item.status.status_code is StatusCode.ERROR
    assert item.attributes["error.type"] == "reference"


async def test_nothing_that_was_submitted_is_told(traced, collected):
    async with traced() as client:
        await post(client, PROGRAM, {**PROGRAM, "verifier": "secret"}, {"secret": "secret"})
        await client.get("/v1/secret?secret=1")

    assert "secret" not in "".join(span.to_json() for span in collected.spans)


async def test_one_submission_has_a_bounded_number_of_spans(
    traced, collected, calling, monkeypatch
):
    monkeypatch.setattr(tracing, "MOST_STEPS", 3)

    async def many_sessions(tools):
        for _ in range(3):
            async with tools.sandbox.open(Program(language="py", source="")):
                pass
        return calling.does["accept"](tools)

    calling.does["many"] = many_sessions
    async with traced() as client:
        await post(client, {"verifier": "calling", "completion": "many", "reference": None})

    (item,) = collected.named("score")
    assert len(collected.children(item)) == 3
    assert item.attributes["rewardbox.steps_left_out"] == 3


async def test_programs_that_are_only_run_are_traced_too(traced, collected):
    async with traced() as client:
        await client.post("/v1/run", json={"language": "c++", "source": "secret"})

    (request,) = collected.named("POST /v1/run")
    assert collected.children(request) == ["queue", "compile", "run"]
    assert request.attributes["http.response.status_code"] == 200


async def test_a_span_ends_when_nobody_waits_for_it_any_more(traced, collected, sleeping):
    item = {"verifier": "sleeping", "completion": "60", "reference": None}
    async with traced() as client:
        judging = asyncio.create_task(client.service.scorer.judge(item, Arrival()))
        await sleeping.have_started(1)
        judging.cancel()
        await asyncio.gather(judging, return_exceptions=True)

    (span,) = collected.named("score")
    assert "rewardbox.verdict" not in span.attributes


async def test_looking_after_the_service_is_not_traced(traced, collected):
    async with traced() as client:
        for path in ("/healthz", "/metrics", "/version"):
            await client.get(path)

    assert collected.spans == ()


async def test_spans_reach_a_collector(connect, registry, sandbox, collector, monkeypatch):
    monkeypatch.setattr(tracing, "_TIMEOUT_S", 60)
    settings = Settings(traces_endpoint=collector.url)
    app = create_app(settings, sandbox=sandbox, workers=object(), registry=registry)
    async with connect(app) as client:
        await post(client, ITEM)

    (path, body), *_ = collector.requests
    assert path == "/v1/traces"
    (sent,) = ExportTraceServiceRequest.FromString(body).resource_spans
    about = {attribute.key: attribute.value.string_value for attribute in sent.resource.attributes}
    assert about["service.name"] == "rewardbox"
    names = {span.name for scope in sent.scope_spans for span in scope.spans}
    assert names == {"POST /v1/score/batch", "score"}


async def test_a_collector_that_is_not_there_costs_nobody_an_answer(connect, registry, sandbox):
    settings = Settings(traces_endpoint="http://127.0.0.1:9")
    app = create_app(settings, sandbox=sandbox, workers=object(), registry=registry)
    async with connect(app) as client:
        answer = await post(client, ITEM)

    assert answer.json()["results"][0]["reward"] == 1.0


async def test_without_the_packages_the_remedy_is_told(make_app, monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace.export", None)
    app = make_app(traces_endpoint="http://nowhere")
    with pytest.raises(InvalidSettings, match=r"traces_endpoint is set, but .*otel"):
        async with app.router.lifespan_context(app):
            pass


async def test_without_a_collector_nothing_is_traced(client):
    assert client.service.watch.tracing is None
