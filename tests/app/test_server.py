"""The service behind a real socket: clients that leave, streams, and being told to stop."""

import asyncio
import json
import signal
import socket
import sys
from contextlib import ExitStack, asynccontextmanager

import httpx
import pytest

from app import logs
from app.listening import bind, url_of
from app.routes import score
from app.server import Server
from app.settings import InvalidSettings, Settings
from sandbox import SandboxUnavailable
from verifiers import Score, Verdict

pytestmark = pytest.mark.anyio

NDJSON = {"accept": "application/x-ndjson"}


def sleep(seconds):
    return {"verifier": "sleeping", "completion": str(seconds), "reference": None}


def waiting(server):
    """Items accepted and not answered."""
    return server.app.state.service.admission.taken


@pytest.fixture
def serve(make_app):
    """Serves on a free port of this machine: `async with serve() as (client, server)`."""

    @asynccontextmanager
    async def start(**settings):
        settings = {"port": 0, "drain_s": 0.2, **settings}
        server = Server(make_app(**settings), Settings(**settings))
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.wait((serving,), timeout=0.01)
            assert not serving.done(), serving.result()
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                yield client, server
        finally:
            server.should_exit = True
            await serving

    return start


async def eventually(condition):
    for _ in range(2000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came true")


async def leave(request):
    """End a request as a client that went away."""
    request.cancel()
    await asyncio.gather(request, return_exceptions=True)


async def test_a_client_that_leaves_takes_its_item_with_it(serve, sleeping):
    async with serve() as (client, server):
        request = asyncio.create_task(client.post("/v1/score", json=sleep(60)))
        await sleeping.have_started(1)
        await leave(request)

        await eventually(lambda: (sleeping.cancelled, sleeping.now) == (1, 0))
        await eventually(lambda: waiting(server) == 0)


async def test_a_client_that_leaves_takes_its_program_with_it(serve, sandbox):
    async with serve() as (client, server):
        body = {"language": "python", "source": "sleep 60"}
        request = asyncio.create_task(client.post("/v1/run", json=body))
        await eventually(lambda: sandbox.open_sessions == 1)
        await leave(request)

        await eventually(lambda: sandbox.open_sessions == 0)
        await eventually(lambda: waiting(server) == 0)


@pytest.mark.parametrize("headers", [{}, NDJSON])
async def test_a_client_that_leaves_takes_its_batch_with_it(serve, sleeping, headers):
    body = {"items": [sleep(0), *[sleep(60)] * 20]}

    async with serve(batch_concurrency=4) as (client, server):
        request = asyncio.create_task(client.post("/v1/score/batch", json=body, headers=headers))
        await sleeping.have_started(5)
        await leave(request)

        await eventually(lambda: (sleeping.cancelled, sleeping.now) == (4, 0))
        await eventually(lambda: waiting(server) == 0)
        assert sleeping.started == 5


async def test_a_body_that_trickles_in_is_408_and_gives_its_room_back(serve):
    async with serve(upload_s=0.2) as (client, server):
        reader, writer = await connect_to(client)
        writer.write(head("/v1/score", 10_000))

        async def trickle():
            while True:
                writer.write(b" ")
                await asyncio.sleep(0.01)

        trickling = asyncio.create_task(trickle())
        answer = (await reader.readuntil(b"}")).decode()
        trickling.cancel()
        writer.close()

        assert answer.startswith("HTTP/1.1 408 ")
        assert "content-type: application/problem+json" in answer
        assert "upload_s" in answer
        assert server.app.state.service.admission.held_bytes == 0


async def connect_to(client):
    """A reader and a writer of a connection to the service that `client` asks."""
    return await asyncio.open_connection(client.base_url.host, client.base_url.port)


def post(path, body):
    content = json.dumps(body).encode()
    return head(path, len(content)) + content


def head(path, length):
    lines = (
        f"POST {path} HTTP/1.1",
        "Host: rewardbox",
        "Content-Type: application/json",
        f"Content-Length: {length}",
    )
    return "\r\n".join([*lines, "", ""]).encode()


@pytest.mark.parametrize("pause_s", [0, 0.05])
async def test_a_client_that_sends_ahead_and_leaves_takes_its_work_with_it(
    serve, sleeping, pause_s
):
    """The second request would keep the service from seeing that the client has gone."""
    async with serve() as (client, server):
        _, writer = await connect_to(client)
        for _ in range(2):
            writer.write(post("/v1/score", sleep(60)))
            await asyncio.sleep(pause_s)
        await sleeping.have_started(1)
        writer.close()

        await eventually(lambda: (sleeping.cancelled, sleeping.now) == (1, 0))
        await eventually(lambda: waiting(server) == 0)
        assert sleeping.started == 1


async def test_what_is_sent_ahead_is_not_read_and_the_connection_closed_with_the_answer(
    serve, sleeping
):
    async with serve() as (client, _):
        reader, writer = await connect_to(client)
        writer.write(post("/v1/score", sleep(0.1)) * 2)
        answer = (await reader.read()).decode()
        writer.close()

    assert answer.startswith("HTTP/1.1 200 ")
    assert answer.count("HTTP/1.1") == 1
    assert "connection: close" in answer
    assert sleeping.started == 1


async def test_a_connection_is_used_again_for_one_request_after_another(serve, sleeping):
    async with serve() as (client, server):
        reader, writer = await connect_to(client)
        for _ in range(3):
            writer.write(post("/v1/score", sleep(0)))
            answer = (await reader.readuntil(b"\r\n\r\n")).decode()
            assert answer.startswith("HTTP/1.1 200 ")
            await reader.readexactly(int(answer.partition("content-length: ")[2].split()[0]))
        assert len(server.server_state.connections) == 1
        writer.close()

    assert sleeping.started == 3


async def test_each_line_is_sent_as_soon_as_it_is_there(serve, sleeping):
    async with serve() as (client, _):
        body = {"items": [sleep(60), sleep(0), sleep(0.2)]}
        async with client.stream("POST", "/v1/score/batch", json=body, headers=NDJSON) as response:
            lines = response.aiter_lines()
            first, second = [json.loads(await anext(lines)) for _ in range(2)]

        assert (first["index"], second["index"]) == (1, 2)


async def test_a_slow_reader_holds_its_batch_back_and_nobody_else(serve, calling):
    """What a client does not read is not computed either, so that it need not be kept."""
    done = 0

    def long_answer(tools):
        nonlocal done
        done += 1
        return Score(reward=1.0, verdict=Verdict.ACCEPTED, message="x" * 100_000)

    calling.does["long"] = long_answer
    item = {"verifier": "calling", "completion": "long", "reference": None}
    async with serve() as (client, _):
        body = {"items": [item] * 2000}
        async with client.stream("POST", "/v1/score/batch", json=body, headers=NDJSON) as response:
            await anext(response.aiter_lines())
            other = await client.post("/v1/score", json=sleep(0))
            await asyncio.sleep(0.5)
            held_back_at = done

        assert held_back_at < 1000
        assert other.status_code == 200


async def test_told_to_stop_it_ends_what_runs_and_answers_the_rest(serve, sleeping):
    async with serve(batch_concurrency=3, drain_s=2) as (client, server):
        body = {"items": [sleep(0.5), sleep(0.5), sleep(60), sleep(0), sleep(0)]}
        async with client.stream("POST", "/v1/score/batch", json=body, headers=NDJSON) as response:
            await sleeping.have_started(3)
            server.should_exit = True
            *lines, last = [json.loads(line) async for line in response.aiter_lines()]

    results = {line["index"]: line for line in lines}
    assert [results[n]["reward"] for n in range(5)] == [1.0, 1.0, None, None, None]
    for n in (2, 3, 4):
        assert (results[n]["error"]["kind"], results[n]["error"]["retryable"]) == ("overload", True)
    assert last["summary"]["errors"] == 3
    assert sleeping.now == 0


async def test_while_it_stops_new_requests_are_503(serve, sleeping):
    async with serve() as (client, server):
        await client.get("/healthz")
        server.app.state.service.drain.start(0.2)

        for path, body in [
            ("/v1/score", sleep(0)),
            ("/v1/score/batch", {"items": [sleep(0)]}),
            ("/v1/run", {"language": "python", "source": "x"}),
        ]:
            response = await client.post(path, json=body)
            assert response.status_code == 503
            assert response.headers["content-type"] == "application/problem+json"
            assert int(response.headers["retry-after"]) > 0
    assert sleeping.started == 0


async def test_what_keeps_it_from_starting_is_raised(make_app):
    app = make_app()

    @asynccontextmanager
    async def refuse(app):
        raise SandboxUnavailable("install bubblewrap")
        yield

    app.router.lifespan_context = refuse

    with pytest.raises(SandboxUnavailable, match="install bubblewrap"):
        await Server(app, Settings(port=0)).serve()


async def test_an_address_in_use_is_told_before_anything_is_started(make_app):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        app = make_app()

        @asynccontextmanager
        async def start(app):
            raise AssertionError("the service was started")
            yield

        app.router.lifespan_context = start

        with pytest.raises(InvalidSettings, match=f"127.0.0.1, port {port}: .*in use.*--port"):
            await Server(app, Settings(port=port)).serve()


@pytest.mark.parametrize(
    ("host", "told"), [("192.0.2.1", "no such address"), ("a..b", "a..b, port 0: .*no name")]
)
def test_an_address_of_another_machine_is_told(host, told):
    with pytest.raises(InvalidSettings, match=told):
        bind(host, 0)


def test_all_addresses_of_a_host_are_listened_on():
    with ExitStack() as opened:
        listeners = [opened.enter_context(each) for each in bind("localhost", 0)]
        urls = [url_of(each) for each in listeners]

    assert any(url.startswith("http://127.0.0.1:") for url in urls)
    assert all(url.startswith(("http://127.0.0.1:", "http://[::1]:")) for url in urls)


SERVICE = """
import asyncio
from app.loading import load_settings
from app.main import create_app
from app.server import Server
from sandbox.testing import FakeSandbox, printed

async def run(program, invocation, limits):
    print("running", flush=True)
    await asyncio.sleep(float(program.source))
    return printed("done")

settings = load_settings(port=0, drain_s=5)
server = Server(create_app(settings, sandbox=FakeSandbox(run=run)), settings)
startup = server.startup

async def announce(sockets=None):
    await startup(sockets)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)

server.startup = announce
server.run()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_lets_running_work_end(number):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVICE, stdout=-1, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        port = int(await process.stdout.readline())
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            body = {"language": "python", "source": "0.5"}
            answer = asyncio.create_task(client.post("/v1/run", json=body))
            assert await process.stdout.readline() == b"running\n"
            process.send_signal(number)
            assert (await answer).json()["stdout"] == "done"
        # Where Ctrl-C is passed on once all is done, Python's own handler may swallow it.
        assert await process.wait() in (-number, 0)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize("form", ["console", "json"])
async def test_a_fault_of_its_own_puts_nothing_of_the_request_in_the_log(
    serve, log_as_before, monkeypatch, capsys, form
):
    def fail(item, *_, **__):
        raise RuntimeError(f"cannot tell of {item}")

    monkeypatch.setattr(score, "result", fail)
    logs.configure(Settings(log_format=form))
    item = {"verifier": "equal", "completion": "my answer", "reference": "their gold"}
    async with serve(api_keys=["their key"]) as (client, _):
        headers = {"authorization": "Bearer their key"}
        response = await client.post("/v1/score", json=item, headers=headers)

    log = capsys.readouterr().err
    assert response.status_code == 500
    assert "RuntimeError" in log
    assert "in fail" in log
    for secret in ("my answer", "their gold", "their key"):
        assert secret not in log
