"""Maths over HTTP: checks per second in batches, and how long completions hold up everyone else.

    python -m benchmarks.maths_http [--short 20000] [--long 10000]

A real service is started on a loopback port. Short completions are those of benchmarks/maths.py.
Long ones have 16 kB each and come in batches of 256, and once as a single batch of all. While these
are checked, the event loop's lag is measured from inside, as the time by which a timer of one
millisecond comes late, and from outside, as the latency of /healthz in another process. The lag is
also given in CPU time of the loop's own thread, which other work on the machine does not lengthen;
so is what one check costs the service's process, and its workers. A watch takes a fifth of what
the loop can do, so there is none where checks per second are what counts.
"""

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path

import httpx
import orjson

from app import logs
from app.main import create_app
from app.server import Server
from app.settings import Settings
from benchmarks.maths import Row, corpus, gsm8k_like, math_like

LONG_CHARS = 16_000
SHORT_BATCH, LONG_BATCH = 512, 256
CONCURRENT = 4
TICK_S = 0.001
POLL_S = 0.02
TIMEOUT_S = 600
MILLISECONDS = 1000.0


# The service, in a process of its own


@dataclass
class Lag:
    """The longest times by which a timer came late."""

    wall_s: float = 0.0
    cpu_s: float = 0.0

    async def watch(self) -> None:
        """Keep measuring."""
        while True:
            wall_s, cpu_s = time.perf_counter(), time.thread_time()
            await asyncio.sleep(TICK_S)
            self.wall_s = max(self.wall_s, time.perf_counter() - wall_s - TICK_S)
            self.cpu_s = max(self.cpu_s, time.thread_time() - cpu_s)


def serve(port: int) -> None:
    """Serve until stopped; SIGUSR1 begins to watch the lag, SIGUSR2 ends that and prints it."""
    settings = Settings(port=port, launcher="namespaces", log_level="error", cache_bytes=0)
    logs.configure(settings)
    watches: list[tuple[Lag, asyncio.Task[None]]] = []

    def begin() -> None:
        lag = Lag()
        watches.append((lag, asyncio.create_task(lag.watch())))

    def end() -> None:
        lag, watching = watches.pop()
        watching.cancel()
        print(json.dumps([lag.wall_s, lag.cpu_s]), flush=True)

    class Watched(Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, begin)
            asyncio.get_running_loop().add_signal_handler(signal.SIGUSR2, end)

    with contextlib.suppress(KeyboardInterrupt):
        Watched(create_app(settings), settings).run()


def _children(pid: int) -> list[int]:
    """Of all threads, as any of them may have started a process."""
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for children in found for child in children.read_text().split()]


def _command(pid: int) -> bytes:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _ticks(pid: int, fields: slice) -> int:
    """Of a process itself (11 to 13), or of its children that ended (13 to 15)."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, stat[fields]))
    return 0


class Service:
    """A service that runs in a subprocess."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "benchmarks.maths_http", "--serve", str(port)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.address}/readyz", timeout=30).status_code == httpx.codes.OK:
                    break
            time.sleep(0.1)  # nothing tells when it listens
        else:
            raise SystemExit("the service did not become ready")
        # Else compilers are tried out meanwhile.
        httpx.get(f"{self.address}/v1/languages", timeout=TIMEOUT_S).raise_for_status()

    def watch(self) -> None:
        """Begin to watch the event loop's lag."""
        self._process.send_signal(signal.SIGUSR1)

    def lag(self) -> tuple[float, float]:
        """The longest since `watch`, which ends: by the clock, and in CPU time."""
        self._process.send_signal(signal.SIGUSR2)
        if self._process.stdout is None:
            raise SystemExit("the service has no output")
        for line in self._process.stdout:
            if line.startswith("["):  # else it is of the log
                wall_s, cpu_s = json.loads(line)
                return wall_s, cpu_s
        raise SystemExit("the service ended")

    def cpu_s(self) -> tuple[float, float]:
        """CPU time so far: of the service's own process, and of its workers."""
        service = self._process.pid
        workers = [pid for pid in _children(service) if b"verifiers.worker" in _command(pid)]
        calling = [child for pid in workers for child in _children(pid)]
        ended = [_ticks(pid, slice(13, 15)) for pid in workers]
        alive = [_ticks(pid, slice(11, 13)) for pid in (*workers, *calling)]
        a_second = os.sysconf("SC_CLK_TCK")
        return _ticks(service, slice(11, 13)) / a_second, sum(alive + ended) / a_second

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=60)


@contextlib.contextmanager
def running() -> Iterator[Service]:
    service = Service()
    try:
        yield service
    finally:
        service.stop()


# What is sent


def like_datasets(count: int) -> list[Row]:
    """As many in the manner of GSM8K as of MATH, no two the same."""
    rows = gsm8k_like((count + 1) // 2) + math_like(count // 2)
    random.Random(3).shuffle(rows)
    return rows


def mixed(count: int) -> list[Row]:
    """Pairs of the corpus among them, which are harder."""
    pairs = corpus() + gsm8k_like(1000) + math_like(1000)
    source = random.Random(3)
    return [source.choice(pairs) for _ in range(count)]


def long_rows(count: int) -> list[Row]:
    """Derivations of 16 kB with an answer at the end, some of them behind tags or without a box."""
    source = random.Random(4)
    rows: list[Row] = []
    for row in mixed(count):
        ending = f"Hence the answer is $\\boxed{{{row['answer']}}}$." if "answer" in row else ""
        ending = ending or str(row["completion"])
        line = (
            f"Since $x_{{{source.randint(1, 99)}}} = \\frac{{{source.randint(1, 99)}}}{{7}}$ and "
            "{a, b} is a set, we see (by induction) that the claim holds for all $n \\ge 2$.\n"
        )
        text = (line * (LONG_CHARS // len(line) + 1))[: LONG_CHARS - len(ending)]
        thinking = source.random() < 0.5
        completion = f"<think>{text}</think>{ending}" if thinking else text + ending
        rows.append({**row, "completion": completion})
    return rows


def bodies(rows: list[Row], size: int) -> list[tuple[bytes, list[bool]]]:
    """Requests of `size` items each, with the verdicts that they should get."""
    made = []
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        items = [
            {"verifier": "math", "completion": row["completion"], "reference": row["gold"]}
            for row in part
        ]
        made.append((orjson.dumps({"items": items}), [bool(row["right"]) for row in part]))
    return made


async def post_all(address: str, requests: list[tuple[bytes, list[bool]]]) -> tuple[float, int]:
    """Seconds that it took to get all answers, and how many of them were not as they should be."""
    waiting = iter(requests)
    wrong = 0

    async def work(client: httpx.AsyncClient) -> None:
        nonlocal wrong
        for body, expected in waiting:
            headers = {"content-type": "application/json"}
            answer = await client.post("/v1/score/batch", content=body, headers=headers)
            answer.raise_for_status()
            got = [result["passed"] for result in orjson.loads(answer.content)["results"]]
            wrong += sum(a is not b for a, b in zip(got, expected, strict=True))

    started = time.perf_counter()
    async with httpx.AsyncClient(base_url=address, timeout=TIMEOUT_S) as client:
        await asyncio.gather(*(work(client) for _ in range(CONCURRENT)))
    return time.perf_counter() - started, wrong


def poll(address: str, stop: Event, worst: "Synchronized[float]") -> None:
    """Ask for /healthz again and again; keeps the longest latency."""
    with httpx.Client(base_url=address, timeout=TIMEOUT_S) as client:
        client.get("/healthz")
        while not stop.is_set():
            started = time.perf_counter()
            client.get("/healthz").raise_for_status()
            worst.value = max(worst.value, time.perf_counter() - started)
            time.sleep(POLL_S)  # between two looks


@contextlib.contextmanager
def polling(address: str) -> Iterator["Synchronized[float]"]:
    stop, worst = multiprocessing.Event(), multiprocessing.Value("d", 0.0)
    process = multiprocessing.Process(target=poll, args=(address, stop, worst))
    process.start()
    try:
        yield worst
    finally:
        stop.set()
        process.join()


def measure(service: Service, name: str, rows: list[Row], size: int) -> None:
    """Print all of a line of the table but for the lag."""
    requests = bodies(rows, size)
    service_before_s, workers_before_s = service.cpu_s()
    seconds, wrong = asyncio.run(post_all(service.address, requests))
    service_s, workers_s = service.cpu_s()
    print(
        f"{name:20} {len(rows):7} {size:6} {len(rows) / seconds:9.0f} "
        f"{(service_s - service_before_s) / len(rows) * MILLISECONDS:10.3f} "
        f"{(workers_s - workers_before_s) / len(rows) * MILLISECONDS:10.3f} {wrong:6}",
        end="",
        flush=True,
    )


def measure_watched(service: Service, name: str, rows: list[Row], size: int) -> None:
    """Print a whole line."""
    service.watch()
    with polling(service.address) as latency:
        measure(service, name, rows, size)
    wall_s, cpu_s = service.lag()
    print(
        f" {wall_s * MILLISECONDS:9.1f} {cpu_s * MILLISECONDS:9.1f} "
        f"{latency.value * MILLISECONDS:11.1f}"
    )


def measure_unwatched(service: Service, name: str, rows: list[Row], size: int) -> None:
    """Print a line without the lag."""
    measure(service, name, rows, size)
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--short", type=int, default=20_000, help="short completions")
    parser.add_argument("--long", type=int, default=10_000, help="completions of 16 kB")
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve)
        return
    print(
        "completions           number  batch  checks/s service ms workers ms  wrong"
        "    lag ms  (as CPU)  /healthz ms"
    )
    with running() as service:
        measure_unwatched(service, "short, first", mixed(arguments.short // 10), SHORT_BATCH)
        measure_unwatched(
            service, "short, as datasets", like_datasets(arguments.short), SHORT_BATCH
        )
        measure_unwatched(service, "short, with corpus", mixed(arguments.short), SHORT_BATCH)
        rows = long_rows(arguments.long)
        measure_watched(service, "long", rows, LONG_BATCH)
        measure_watched(service, "long, in one batch", rows, len(rows))


if __name__ == "__main__":
    main()
