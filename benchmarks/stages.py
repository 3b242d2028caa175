"""Where a verdict's time goes: CPU time of each stage of the service, and of the runners.

    python -m benchmarks.stages [--launcher namespaces] [--items 512]

The stages of the service are measured with a scripted sandbox in this process, each as what it adds
to the one before; the whole of it with a service of its own, over HTTP. CPU time is what other
processes on the machine change least; of several rounds the least is taken.
"""

import argparse
import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from app import logs, wire
from app.main import create_app
from app.results import Arrival
from app.service import Service as App
from app.settings import Settings
from benchmarks.load import WORKLOADS, Workload
from benchmarks.service import JSON, NDJSON, Service, connected, serving
from sandbox import Execution, Invocation, Limits, Program
from sandbox.testing import FakeSandbox, printed

ROUNDS = 12
WARMING_ITEMS = 64
MICROSECONDS = 1e6

Stage = Callable[[], Awaitable[None]]


async def _add(program: Program, invocation: Invocation, limits: Limits) -> Execution:
    return printed(f"{sum(map(int, invocation.stdin.split()))}\n")


async def in_process(workload: Workload, count: int) -> dict[str, float]:
    """Microseconds of CPU time a submission, by stage."""
    settings = Settings(launcher="namespaces", log_level="error")
    logs.configure(settings)
    sandbox = FakeSandbox(run=_add)
    app = create_app(settings, sandbox=sandbox)
    texts = workload.items(count)
    items = [json.loads(text) for text in texts]
    invocations = [Invocation(stdin=f"{n} 1\n".encode()) for n in range(workload.tests)]

    async with app.router.lifespan_context(app):
        service: App = app.state.service

        async def parse() -> None:
            for text in texts:
                wire.parse(text.encode())

        async def check() -> None:
            for item in items:
                service.intake.task(item)

        async def script() -> None:
            for item in items:
                program = Program(language=workload.language, source=item["completion"])
                async with sandbox.open(program) as session:
                    async for _ in session.run_each(invocations):
                        pass

        async def judge() -> None:
            for item in items:
                await service.scorer.judge(item, Arrival())

        async def batch() -> None:
            body = f'{{"items": [{",".join(texts)}]}}'
            await _request(app, "/v1/score/batch", body.encode(), NDJSON)

        async def single() -> None:
            for text in texts:
                await _request(app, "/v1/score", text.encode(), JSON)

        stages = (parse, check, script, judge, batch, single)
        cost = {stage.__name__: await _least(stage) / count for stage in stages}
    return {
        "reading JSON": cost["parse"],
        "validation of the item": cost["check"],
        "scheduling and the verifier": cost["judge"] - cost["check"] - cost["script"],
        "a batch's share of HTTP, and writing JSON": cost["batch"] - cost["judge"] - cost["parse"],
        "or: a request of its own": cost["single"] - cost["judge"] - cost["parse"],
    }


async def _least(stage: Stage) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.thread_time()
        await stage()
        best = min(best, time.thread_time() - began)
    return best * MICROSECONDS


async def _request(app: FastAPI, path: str, body: bytes, accept: str) -> None:
    """One request, without a socket."""
    incoming = [{"type": "http.request", "body": body, "more_body": False}]
    statuses: list[int] = []

    async def receive() -> Any:
        return incoming.pop() if incoming else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    headers = [(b"content-type", JSON.encode()), (b"accept", accept.encode())]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)
    if statuses != [200]:
        raise SystemExit(f"{path} answered {statuses}")


async def over_http(service: Service, workload: Workload, count: int) -> tuple[float, float]:
    """Microseconds of CPU time a submission: of the service's process, and of its runners."""

    async def post(items: list[str]) -> None:
        body = f'{{"items": [{",".join(items)}]}}'.encode()
        async with connected(service.address) as connection:
            await connection.post("/v1/score/batch", body, accept=NDJSON)

    await post(workload.items(WARMING_ITEMS))
    await _settled(service)
    own_s, runners_s = service.cpu_s(), _below_s(service.pid)
    await post(workload.items(count))
    own_s, runners_s = service.cpu_s() - own_s, _below_s(service.pid) - runners_s
    return own_s / count * MICROSECONDS, runners_s / count * MICROSECONDS


async def _settled(service: Service) -> None:
    """Wait until runners have imported what they keep ready."""
    before_s = -1.0
    while (now_s := _below_s(service.pid)) > before_s:
        before_s = now_s
        await asyncio.sleep(2)


def _below_s(pid: int) -> float:
    """CPU seconds of all processes below one, with those that they waited for."""
    ticks = 0
    for child in _below(pid):
        stat = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, stat[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _below(pid: int) -> Iterator[int]:
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            yield child
            yield from _below(child)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--items", type=int, default=512)
    arguments = parser.parse_args()
    for workload in WORKLOADS[:2]:
        print(f"{workload.name}, microseconds of CPU time a submission")
        for stage, cost in asyncio.run(in_process(workload, arguments.items)).items():
            print(f"  {stage:44} {cost:8.0f}")
        with serving(launcher="namespaces") as service:
            own, runners = asyncio.run(over_http(service, workload, arguments.items))
        print(f"  {'over HTTP: the whole service, with the pool':44} {own:8.0f}")
        print(f"  {'the runners: the programs and their walls':44} {runners:8.0f}", flush=True)


if __name__ == "__main__":
    main()
