"""Programs that use half of their CPU limit, beside a flood of others: none may be cut off.

    python -m benchmarks.flood [--programs 2000] [--cpu-s 0.5] [--launcher docker]
    python -m benchmarks.flood --repeat 20 [--items 1000] [--connections 1 --connections 256]

All are posted at once, as single requests with a connection each, beside as many that never end.
Each counts its own CPU time and stops at half of its limit, so that it deserves to be accepted on
any machine, however many others run. With `--repeat` the same batch of right and wrong submissions
is posted again and again, over one connection and over many, idle and beside processes that take
all of the CPU, and every answer must be the same.
"""

import argparse
import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.kinds import Kind, kinds
from benchmarks.service import Service, allow_many_connections, connected, serving

HALF = """import time
n = int(input())
print(n, flush=True)
while time.process_time() < {half_s}:
    pass
print(2 * n)"""


async def flood(service: Service, *, programs: int, cpu_s: float) -> bool:
    """Post all at once; whether each that used half of its limit was accepted."""
    limits = {"cpu_s": cpu_s}
    honest = Kind("half", "accepted", HALF.format(half_s=cpu_s / 2), limits=limits)
    endless = Kind("endless", "time_limit_exceeded", "while True: pass", limits=limits)
    items = [(kind, kind.item(n)) for n in range(programs) for kind in (honest, endless)]
    began = time.monotonic()
    answers = await _post(service, [item for _, item in items], connections=len(items))
    found = Counter(
        (kind.name, answer["verdict"] or f"null: {answer['error']['kind']}")
        for (kind, _), answer in zip(items, answers, strict=True)
    )
    for (name, verdict), count in sorted(found.items()):
        print(f"{name:10} {verdict:24} {count:6}")
    print(f"{time.monotonic() - began:.0f} s")
    return set(found) == {(kind.name, kind.verdict) for kind in (honest, endless)}


async def repeat(service: Service, *, times: int, items: int, connections: Sequence[int]) -> bool:
    """Post the same submissions again and again; whether every verdict was the same."""
    offered = [kind for kind in kinds(service.languages()) for _ in range(kind.weight)]
    chosen = [offered[number * 7 % len(offered)] for number in range(items)]
    posted = [_uncached(kind.item(number)) for number, kind in enumerate(chosen)]
    deserved = [kind.verdict for kind in chosen]
    differing = 0
    for turn in range(times):
        at_once, busy = connections[turn % len(connections)], turn // len(connections) % 2 == 1
        with _busy() if busy else contextlib.nullcontext():
            answers = await _post(service, posted, connections=at_once)
        verdicts = [answer["verdict"] for answer in answers]
        wrong = Counter(pair for pair in zip(deserved, verdicts, strict=True) if len({*pair}) > 1)
        differing += wrong.total()
        print(f"{at_once:4} connections, {'busy' if busy else 'idle'}: {dict(wrong) or 'the same'}")
    return differing == 0


def _uncached(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "options": {**item.get("options", {}), "cache": False}}


async def _post(
    service: Service, items: Sequence[dict[str, Any]], *, connections: int
) -> list[dict[str, Any]]:
    """A request for each, so many at once."""
    answers: list[dict[str, Any]] = [{}] * len(items)
    numbered = iter(enumerate(items))

    async def work() -> None:
        async with connected(service.address) as connection:
            for number, item in numbered:
                answer = await connection.post("/v1/score", json.dumps(item).encode())
                answers[number] = json.loads(answer.body)

    await asyncio.gather(*(work() for _ in range(connections)))
    return answers


@contextlib.contextmanager
def _busy() -> Iterator[None]:
    """Something else takes all that there is of the CPU."""
    command = [sys.executable, "-c", "while True: pass"]
    hogs = [subprocess.Popen(command) for _ in range(2 * (os.cpu_count() or 1))]
    try:
        yield
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--programs", type=int, default=2000)
    parser.add_argument("--cpu-s", type=float, default=0.5, help="limit; each uses half of it")
    parser.add_argument("--repeat", type=int, default=0, help="times to post the same batch")
    parser.add_argument("--items", type=int, default=1000, help="in that batch")
    parser.add_argument("--connections", type=int, action="append")
    parser.add_argument("--launcher", default="namespaces", help="namespaces, or docker")
    arguments = parser.parse_args()
    allow_many_connections()
    with serving(launcher=arguments.launcher) as service:
        if arguments.repeat:
            work = repeat(
                service,
                times=arguments.repeat,
                items=arguments.items,
                connections=arguments.connections or [1, 256],
            )
        else:
            work = flood(service, programs=arguments.programs, cpu_s=arguments.cpu_s)
        sys.exit(0 if asyncio.run(work) else 1)


if __name__ == "__main__":
    main()
