"""How cost grows with slots, items in a batch and tests of an item; drawn into docs/scaling.png.

    pip install --group benchmarks
    python -m benchmarks.scaling [--launcher namespaces] [--largest 10000] [--out docs/scaling.png]

The first figure is the rate of programs that compute for a moment, with 1, 2, 4, … slots up to the
machine's cores. The others are what one batch of as many items, and one item with as many tests,
takes: by the clock, and in CPU time of the service's own process, which other work on the machine
does not lengthen. All but the largest are measured several times, in turns, and the least
is drawn, as everything else that runs only adds to it. Lines are proportional to the largest.
"""

import argparse
import asyncio
import json
import math
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.service import NDJSON, Service, connected, serving

ROUNDS = 3
LARGE = 1000
"""Batches of so many runs are measured once: others matter little to them."""
COMPUTING = "import time\nwhile time.process_time() < 0.05: pass\nprint(input())"
ECHO = "print(input())"
PROGRAMS = 24
MILLISECONDS = 1000.0

Cost = tuple[float, float]
"""Seconds by the clock, and of CPU of the service's process."""


def item(source: str, tests: int) -> dict[str, Any]:
    return {
        "verifier": "code.stdio",
        "completion": source,
        "reference": {"tests": [{"stdin": f"{n}\n", "stdout": f"{n}\n"} for n in range(tests)]},
        "options": {"extract": "whole", "cache": False},
    }


async def cost(service: Service, items: Sequence[dict[str, Any]]) -> Cost:
    """Of one batch."""
    body = json.dumps({"items": items}).encode()
    async with connected(service.address) as connection:
        cpu_s, began = service.cpu_s(), time.monotonic()
        answer = await connection.post("/v1/score/batch", body, accept=NDJSON)
        took_s = time.monotonic() - began
    passed = sum(line.get("passed") is True for line in answer.lines())
    if passed != len(items):
        raise SystemExit(f"{len(items) - passed} of {len(items)} did not pass")
    return took_s, service.cpu_s() - cpu_s


async def least(service: Service, batches: dict[int, list[dict[str, Any]]]) -> dict[int, Cost]:
    """The least that each batch cost, over several rounds."""
    await cost(service, next(iter(batches.values())))  # what is lazy happens here
    found: dict[int, Cost] = {}
    for number in range(ROUNDS):
        for size, items in batches.items():
            if number == 0 or size < LARGE:
                costs = [await cost(service, items), found.get(size, (math.inf, math.inf))]
                found[size] = (min(wall for wall, _ in costs), min(cpu for _, cpu in costs))
    return found


def measure(launcher: str, largest: int) -> dict[str, dict[int, Cost]]:
    """All three figures: by slots, by items, by tests."""
    found: dict[str, dict[int, Cost]] = {"slots": {}, "items": {}, "tests": {}}
    cores = len(os.sched_getaffinity(0))
    for slots in (n for n in (1, 2, 4, 8, 16, 32, 64) if n <= cores):
        with serving(launcher=launcher, slots=slots) as service:
            batch = {slots: [item(COMPUTING, 1)] * PROGRAMS}
            found["slots"] |= asyncio.run(least(service, batch))
    with serving(launcher=launcher) as service:
        sizes = [n for n in (1, 10, 100, 1000, 10_000) if n <= largest]
        by_items = {size: [item(ECHO, 1)] * size for size in sizes}
        found["items"] = asyncio.run(least(service, by_items))
        tests = [n for n in (1, 10, 100, 1000) if n <= largest]
        found["tests"] = asyncio.run(least(service, {size: [item(ECHO, size)] for size in tests}))
    return found


def tell(found: dict[str, dict[int, Cost]]) -> None:
    """Print the figures."""
    for slots, (took_s, _) in found["slots"].items():
        print(f"{slots:6} slots   {PROGRAMS / took_s:10.1f} programs/s")
    for name in ("items", "tests"):
        for size, (took_s, cpu_s) in found[name].items():
            each_ms, each_cpu_ms = took_s / size * MILLISECONDS, cpu_s / size * MILLISECONDS
            print(f"{size:6} {name}   {took_s:10.3f} s {each_ms:9.3f} ms each", end="")
            print(f" {each_cpu_ms:9.3f} ms CPU of the service each")


def draw(found: dict[str, dict[int, Cost]], out: Path) -> None:
    """Three plots side by side."""
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        raise SystemExit("to draw, `pip install --group benchmarks`") from None
    _, (by_slots, by_items, by_tests) = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
    rates = {slots: PROGRAMS / took_s for slots, (took_s, _) in found["slots"].items()}
    by_slots.plot(rates.keys(), rates.values(), "o", label="programs of 50 ms a second")
    most = max(rates)
    by_slots.plot([0, most], [0, rates[most]], "--", color="grey", label="proportional")
    by_slots.set(xlabel="slots", xlim=0, ylim=0, xticks=list(rates))
    for axes, name in ((by_items, "items in a batch"), (by_tests, "tests of an item")):
        costs = found[name.partition(" ")[0]]
        for place, label in enumerate(("seconds", "CPU seconds of the service")):
            values = {size: cost[place] for size, cost in costs.items()}
            axes.loglog(values.keys(), values.values(), "o", label=label)
            largest = max(costs)
            ends = [costs[largest][place] / largest * size for size in (1, largest)]
            axes.loglog([1, largest], ends, "--", color="grey")
        axes.set(xlabel=name)
    for axes in (by_slots, by_items, by_tests):
        axes.legend()
        axes.grid(visible=True, alpha=0.3)
    plt.savefig(out, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--launcher", default="namespaces", help="namespaces or docker")
    parser.add_argument("--largest", type=int, default=10_000, help="items or tests")
    parser.add_argument("--out", type=Path, help="where to draw, e.g. docs/scaling.png")
    arguments = parser.parse_args()
    found = measure(arguments.launcher, arguments.largest)
    tell(found)
    if arguments.out:
        draw(found, arguments.out)


if __name__ == "__main__":
    main()
