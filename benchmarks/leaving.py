"""How soon a running program has gone, once the client that asked for it has.

    python -m benchmarks.leaving [--times 100] [--launcher namespaces --launcher docker]

A program that never ends gives its process a name by which it is found from outside; the client
closes its connection, and the kernel tells when that process ends.
"""

import argparse
import asyncio
import contextlib
import json
import os
import statistics
from collections.abc import Sequence
from pathlib import Path

from benchmarks.service import Service, connected, serving

PROMISED_S = 0.1
"""What docs/scheduling.md says."""
MILLISECONDS = 1000.0
_STARTING_S = 60
_ENDING_S = 60

_NAMED = """import ctypes
ctypes.CDLL(None).prctl(15, b"{name}")
while True: pass"""


async def seconds_to_end(service: Service, number: int) -> float:
    """From closing a connection to the end of the process of the program that runs for it.

    Raises TimeoutError when it does not begin, or does not end.
    """
    name = f"leaving-{number}"
    body = {
        "language": "python",
        "source": _NAMED.format(name=name),
        "limits": {"cpu_s": _ENDING_S},
    }
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    async with connected(service.address) as connection:
        connection.send("/v1/run", json.dumps(body).encode())
        async with asyncio.timeout(_STARTING_S):
            while (pid := _process_named(name)) is None:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)
        process = os.pidfd_open(pid)
    began = loop.time()
    try:
        loop.add_reader(process, ended.set)
        async with asyncio.timeout(_ENDING_S):
            await ended.wait()
        return loop.time() - began
    finally:
        loop.remove_reader(process)
        os.close(process)


def _process_named(name: str) -> int | None:
    for path in Path("/proc").glob("[0-9]*/comm"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            if path.read_text().strip() == name:
                return int(path.parent.name)
    return None


async def measure(service: Service, times: int) -> Sequence[float]:
    """So many times, one after another."""
    return [await seconds_to_end(service, number) for number in range(times)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--launcher", action="append", choices=["namespaces", "docker"])
    arguments = parser.parse_args()
    for launcher in arguments.launcher or ["namespaces", "docker"]:
        with serving(launcher=launcher) as service:
            percentiles = statistics.quantiles(
                asyncio.run(measure(service, arguments.times)), n=100, method="inclusive"
            )
        p50, p99 = percentiles[49] * MILLISECONDS, percentiles[98] * MILLISECONDS
        print(f"{launcher:12} p50 {p50:6.1f} ms   p99 {p99:6.1f} ms")


if __name__ == "__main__":
    main()
