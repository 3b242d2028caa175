"""Verdicts a second over HTTP, beside the sandbox without HTTP and beside plain processes.

    python -m benchmarks.load [--seconds 10] [--launcher docker --launcher namespaces] [--url URL]

Four kinds of submission: a trivial Python program, one with ten tests, one that imports NumPy, and
a C++ program with `bits/stdc++.h` and ten tests, no two of them the same and all without the cache
of results. For each, in turns and in one run, because machines are noisy:

- plain processes, as many at once as there are cores: `python -I -S -c pass`, `python -c pass`,
  `python -c "import numpy"`, or `g++ -O2`;
- the sandbox's own rate: sessions in this process, nothing parsed and nothing judged;
- a service over HTTP, in batches as NDJSON and with one request a submission.

Figures are the medians of the rounds; ratios are taken within each round. `cpu ms` is the CPU time
of the process that scores (or, for the sandbox, of this one) a submission: what others on the
machine do not change. With `--url` that service is measured and none is started.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.settings import headstart_directory
from benchmarks.service import NDJSON, Service, connected, serving
from sandbox import Invocation, Program, Sandbox, SandboxConfig, SandboxError, start
from sandbox.slots import default_slots

PYTHON = str(Path(__file__).parents[1] / ".venv-submissions" / "bin" / "python")
LAUNCHERS = ("docker", "namespaces", "docker:runsc")
ROUNDS = 5
BATCH_ITEMS = 64
BATCHES_AT_ONCE = 2
SINGLES_PER_SLOT = 8
MILLISECONDS = 1000.0

ADD = "a, b = map(int, input().split())\nprint(a + b)"
NUMPY = "import numpy\na, b = map(int, input().split())\nprint(numpy.array([a, b]).sum())"
CPP = """#include <bits/stdc++.h>
using namespace std;
int main() {
    map<int, vector<int>> seen;
    int a, b;
    cin >> a >> b;
    seen[a].push_back(b);
    vector<int> all{a, b};
    sort(all.begin(), all.end());
    cout << accumulate(all.begin(), all.end(), 0) << endl;
}
"""

_serial = itertools.count(time.time_ns() % 10**15)
"""Goes into each submission, so that no two are the same."""


@dataclass(frozen=True)
class Workload:
    """One kind of submission, and the plain command that it is held against."""

    name: str
    language: str
    source: str
    tests: int
    plain: tuple[str, ...]
    """Arguments of the plain Python; of `g++`, where the language is C++."""
    plain_name: str
    plain_share: float = 1.0
    """How much of a submission one plain process is held to be."""

    def fresh_source(self) -> str:
        mark = "//" if self.language == "cpp" else "#"
        return f"{self.source}\n{mark} {next(_serial)}\n"

    def items(self, count: int) -> list[str]:
        """JSON of as many submissions."""
        cases = [{"stdin": f"{n} 1\n", "stdout": f"{n + 1}\n"} for n in range(self.tests)]
        item = {
            "verifier": "code.stdio",
            "completion": "%",
            "reference": {"tests": cases},
            "options": {"language": self.language, "extract": "whole", "cache": False},
        }
        before, after = json.dumps(item).split('"%"')
        return [before + json.dumps(self.fresh_source()) + after for _ in range(count)]


WORKLOADS = (
    Workload("trivial", "python", ADD, 1, ("-I", "-S", "-c", "pass"), "CAL"),
    Workload("ten tests", "python", ADD, 10, ("-c", "pass"), "PLAIN / 10", 0.1),
    Workload("NumPy", "python", NUMPY, 1, ("-c", "import numpy"), "CALNP"),
    Workload("C++, ten tests", "cpp", CPP, 10, ("-O2",), "g++ -O2"),
)


@dataclass(frozen=True)
class Rate:
    """Submissions a second, and CPU seconds each in the process that looked after them."""

    per_s: float
    cpu_s: float = 0.0


# Plain processes


def plain_rate(workload: Workload, workers: int, seconds: float) -> Rate:
    """Plain processes a second, `workers` at a time."""
    counts = [0] * workers
    with tempfile.TemporaryDirectory() as folder:
        commands = [_plain_command(workload, Path(folder), number) for number in range(workers)]
        end = time.monotonic() + seconds

        def work(number: int) -> None:
            command = commands[number]
            while time.monotonic() < end:
                pid = os.posix_spawnp(command[0], command, {"PATH": os.environ["PATH"]})
                if os.waitpid(pid, 0)[1] != 0:
                    raise SystemExit(f"{' '.join(command)} fails")
                counts[number] += 1

        threads = [threading.Thread(target=work, args=(number,)) for number in range(workers)]
        started = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return Rate(sum(counts) / (time.monotonic() - started))


def _plain_command(workload: Workload, folder: Path, number: int) -> list[str]:
    if workload.language != "cpp":
        return [PYTHON, *workload.plain]
    source = folder / f"{number}.cpp"
    source.write_text(workload.fresh_source())
    return ["g++", *workload.plain, "-o", str(folder / str(number)), str(source)]


# The sandbox alone


async def sandbox_rate(sandbox: Sandbox, workload: Workload, seconds: float) -> Rate:
    """Submissions a second, with enough of them under way to keep every slot busy."""
    done = 0
    end = time.monotonic() + seconds
    invocations = [Invocation(stdin=f"{n} 1\n".encode()) for n in range(workload.tests)]

    async def submit() -> None:
        nonlocal done
        while time.monotonic() < end:
            program = Program(language=workload.language, source=workload.fresh_source())
            async with sandbox.open(program) as session:
                async for execution in session.run_each(invocations):
                    if not execution.succeeded:
                        raise SystemExit(f"a program failed: {execution}")
            done += 1

    started, cpu_s = time.monotonic(), time.process_time()
    async with asyncio.TaskGroup() as group:
        for _ in range(2 * sandbox.info().slots):
            group.create_task(submit())
    return Rate(done / (time.monotonic() - started), (time.process_time() - cpu_s) / max(done, 1))


# Over HTTP


async def batch_rate(service: Service, workload: Workload, seconds: float) -> Rate:
    """Batches as NDJSON, a few under way at once."""

    async def post(address: str, go_on: Callable[[], bool]) -> int:
        done = 0
        async with connected(address) as connection:
            while go_on():
                body = f'{{"items": [{",".join(workload.items(BATCH_ITEMS))}]}}'.encode()
                answer = await connection.post("/v1/score/batch", body, accept=NDJSON)
                done += _accepted(answer.body, BATCH_ITEMS)
        return done

    return await _http_rate(service, [post] * BATCHES_AT_ONCE, seconds)


async def single_rate(service: Service, workload: Workload, seconds: float, slots: int) -> Rate:
    """A request for each submission, on connections that are kept alive."""

    async def post(address: str, go_on: Callable[[], bool]) -> int:
        done = 0
        async with connected(address) as connection:
            while go_on():
                [item] = workload.items(1)
                answer = await connection.post("/v1/score", item.encode())
                done += _accepted(answer.body, 1)
        return done

    return await _http_rate(service, [post] * (SINGLES_PER_SLOT * slots), seconds)


async def _http_rate(
    service: Service,
    posts: Sequence[Callable[[str, Callable[[], bool]], Awaitable[int]]],
    seconds: float,
) -> Rate:
    started, cpu_s = time.monotonic(), service.cpu_s()
    end = started + seconds
    counts = await asyncio.gather(
        *(post(service.address, lambda: time.monotonic() < end) for post in posts)
    )
    done = sum(counts)
    return Rate(done / (time.monotonic() - started), (service.cpu_s() - cpu_s) / max(done, 1))


def _accepted(body: bytes, count: int) -> int:
    accepted = body.count(b'"passed":true')
    if accepted != count:
        raise SystemExit(f"{count - accepted} of {count} were not accepted: {body[:2000]!r}")
    return count


# All of it


@dataclass
class Figures:
    """One row of the table, a value a round."""

    plain: list[Rate]
    alone: list[Rate]
    batch: list[Rate]
    single: list[Rate]

    def row(self, workload: Workload) -> str:
        def median(values: Iterator[float]) -> float:
            return statistics.median(values)

        def ratio(rates: list[Rate]) -> float:
            pairs = zip(rates, self.plain, strict=True)
            return median(a.per_s / (b.per_s * workload.plain_share) for a, b in pairs)

        columns = [
            f"{median(rate.per_s for rate in rates):8.1f} {ratio(rates):7.2f} "
            f"{median(rate.cpu_s for rate in rates) * MILLISECONDS:7.3f}"
            for rates in (self.alone, self.batch, self.single)
        ]
        pairs = zip(self.batch, self.alone, strict=True)
        share = 1 - median(a.per_s / b.per_s for a, b in pairs)
        plain = median(rate.per_s for rate in self.plain) * workload.plain_share
        return f"{workload.name:14} {plain:8.1f}  {' '.join(columns)} {share:8.1%}"


async def measure(service: Service, sandbox: Sandbox, workload: Workload, seconds: float) -> str:
    """One row: every kind of rate in turns."""
    figures = Figures([], [], [], [])
    slots = sandbox.info().slots
    await batch_rate(service, workload, 0.2)  # what is lazy happens here
    await sandbox_rate(sandbox, workload, 0.2)
    for _ in range(ROUNDS):
        part = seconds / ROUNDS
        figures.plain.append(await asyncio.to_thread(plain_rate, workload, default_slots(), part))
        figures.alone.append(await sandbox_rate(sandbox, workload, part))
        figures.batch.append(await batch_rate(service, workload, part))
        figures.single.append(await single_rate(service, workload, part, slots))
    return figures.row(workload)


async def compare(
    service: Service, config: SandboxConfig, workloads: Sequence[Workload], seconds: float
) -> None:
    print(
        f"{'submission':14} {'plain/s':>8}  "
        + " ".join(
            f"{name + '/s':>8} {'ratio':>7} {'cpu ms':>7}"
            for name in ("sandbox", "batch", "single")
        )
        + f" {'HTTP':>8}"
    )
    async with start(config) as sandbox:
        await sandbox.languages()  # else they are looked at meanwhile
        for workload in workloads:
            print(await measure(service, sandbox, workload, seconds), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=10.0, help="for each figure")
    parser.add_argument("--launcher", action="append", help=f"of {', '.join(LAUNCHERS)}")
    parser.add_argument("--workload", action="append", choices=[each.name for each in WORKLOADS])
    parser.add_argument("--slots", type=int, help="programs at once; by default one for each core")
    parser.add_argument("--url", help="a service that runs already, instead of one of our own")
    arguments = parser.parse_args()
    chosen = [each for each in WORKLOADS if each.name in (arguments.workload or [each.name])]
    for launcher in arguments.launcher or LAUNCHERS:
        name, _, runtime = launcher.partition(":")
        slots = arguments.slots or default_slots()
        config = SandboxConfig(
            launcher=name,  # type: ignore[arg-type] # checked there
            runtime=runtime or None,
            slots=slots,
            headstart=headstart_directory(),  # that of the service
        )
        settings = {"launcher": name, "slots": slots} | ({"runtime": runtime} if runtime else {})
        print(f"\n{launcher}, {slots} slots")
        there = contextlib.nullcontext(Service(arguments.url)) if arguments.url else None
        try:
            with there or serving(**settings) as service:
                asyncio.run(compare(service, config, chosen, arguments.seconds))
        except SandboxError as error:
            print(f"not measured: {error}")


if __name__ == "__main__":
    main()
