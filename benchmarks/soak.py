"""Saturates a service with all that goes wrong at once, and checks every single result.

    python -m benchmarks.soak [--seconds 1800 | --submissions 100000] [--launcher docker]

Programs that are right, wrong, loop, take memory, crash and flood, in the languages there are, and
maths, in batches and one by one. Each carries a nonce that must come back in its own result, with
the verdict that it deserves. Meanwhile runners are killed, clients vanish, read slowly or send
slowly, and bodies are malformed or too large. What comes back without a reward is posted again, as
a trainer would do, and is lost if it never gets one.

Ends with 1 when anything was lost, mixed up or wrong, when short submissions took longer than the
queue's rule allows, when the memory or descriptors of the service or of its runners grow, or when
nothing was done to the service.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import signal
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from benchmarks.disturbances import BATCH_ITEMS, Disturbances
from benchmarks.findings import Findings, Held, Load, report
from benchmarks.kinds import MIB, Kind, kinds
from benchmarks.runners import agents_of
from benchmarks.service import NDJSON, Answer, Connection, Service, connected, serving

BATCHES_AT_ONCE = 3
SINGLES_AT_ONCE = 4
TRIES = 10
"""So often an item is posted before it counts as lost."""
KILLING = "kill a runner"
_LOOKS_AT_RUNNERS = 5
"""Seconds between two, as it takes a command of the engine's."""

Submission = tuple[Kind, int, dict[str, Any]]
"""Its kind, its nonce, and what is posted."""


class Soak:
    """Clients of one service, until it is `over`."""

    def __init__(
        self,
        service: Service,
        kinds: Sequence[Kind],
        *,
        seconds: float,
        submissions: int,
        seed: int = 1,
    ) -> None:
        self.found = Findings()
        self.service = service
        self.disturbances = Disturbances(self, seed)
        self._ends_at = time.monotonic() + seconds
        self._submissions = submissions
        self._random = random.Random(seed)
        self._nonces = itertools.count(10**6)
        self._kinds = kinds

    @property
    def over(self) -> bool:
        return time.monotonic() > self._ends_at or self.found.posted >= self._submissions

    def take(self, count: int) -> dict[str, Submission]:
        """New submissions by their ids."""
        self.found.posted += count
        chosen = self._random.choices(self._kinds, [kind.weight for kind in self._kinds], k=count)
        nonces = itertools.islice(self._nonces, count)
        made = [(kind, nonce, kind.item(nonce)) for kind, nonce in zip(chosen, nonces, strict=True)]
        return {each[2]["id"]: each for each in made}

    def check(self, kind: Kind, nonce: int, result: dict[str, Any]) -> bool:
        """Whether there is a reward; whether it is right goes into the findings."""
        if result["error"] is not None:
            if not result["error"]["retryable"] or result["reward"] is not None:
                self.found.blame("wrong", result)
            return False
        if not kind.came_back(nonce, result):
            self.found.blame("mixed up", result)
        elif result["verdict"] != kind.verdict:
            self.found.blame("wrong", {**result, "deserved": kind.verdict})
        else:
            self.found.done[kind.name] += 1
        self.found.runs_s.append(result["timing"]["run_s"])
        return True

    # Honest clients

    async def post_batches(self) -> None:
        while not self.over:
            missing = self.take(BATCH_ITEMS)
            for _ in range(TRIES):
                async with connected(self.service.address) as connection:
                    await self._post_batch(connection, missing)
                if not missing:
                    break
                self.found.posted_again += len(missing)
            for each in missing:
                self.found.blame("lost", each)

    async def _post_batch(self, connection: Connection, missing: dict[str, Submission]) -> None:
        """Post what is missing, and take what gets a reward out of it."""
        body = json.dumps({"items": [item for _, _, item in missing.values()]}).encode()
        answer = await connection.post("/v1/score/batch", body, accept=NDJSON)
        *results, summary = answer.lines()
        if "summary" not in summary or len(results) != len(missing):
            self.found.blame("lost", summary)
        for result in results:
            if result["id"] not in missing:
                self.found.blame("mixed up", result)
                continue
            kind, nonce, _ = missing[result["id"]]
            if self.check(kind, nonce, result):
                del missing[result["id"]]

    async def post_singles(self) -> None:
        async with connected(self.service.address) as connection:
            while not self.over:
                [submission] = self.take(1).values()
                body = json.dumps(submission[2]).encode()

                async def ask(body: bytes = body) -> Answer:
                    return await connection.post("/v1/score", body)

                latency_s = await self.persist(submission, ask)
                if latency_s is not None:
                    self.found.note(submission[0].name, latency_s)

    async def persist(
        self, submission: Submission, ask: Callable[[], Awaitable[Answer]]
    ) -> float | None:
        """Ask until there is a reward, and return how long the last time took; None if it is lost.

        Every submission that was taken is counted as done, wrong, mixed up or lost in the end.
        """
        kind, nonce, item = submission
        for _ in range(TRIES):
            began = time.monotonic()
            answer = await ask()
            if self.check(kind, nonce, json.loads(answer.body)):
                return time.monotonic() - began
            self.found.posted_again += 1
        self.found.blame("lost", item["id"])
        return None

    # All of it

    async def run(self, *, kill_every_s: float) -> Load:
        """All of them at once; runners are killed about every so often, or not at all (0)."""
        slots = self.service.get("/readyz")["slots"]
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            beside = [group.create_task(self.watch()), group.create_task(self.watch_runners())]
            if kill_every_s:
                beside.append(group.create_task(self.kill_runners(kill_every_s)))
            await asyncio.gather(
                *(self.post_batches() for _ in range(BATCHES_AT_ONCE)),
                *(self.post_singles() for _ in range(SINGLES_AT_ONCE)),
                self.disturbances.run(),
            )
            for task in beside:
                task.cancel()
        return Load(
            seconds=time.monotonic() - began,
            slots=slots,
            lines=BATCHES_AT_ONCE + 2,  # with the batches that disturb, and the one of singles
            alone=SINGLES_AT_ONCE + 1,  # with what trickles
        )

    async def kill_runners(self, every_s: float) -> None:
        while True:
            await asyncio.sleep(self._random.uniform(0.5, 1.5) * every_s)
            if agents := await asyncio.to_thread(agents_of, self.service.pid):
                with contextlib.suppress(ProcessLookupError):  # it has ended by itself
                    os.kill(self._random.choice(agents), signal.SIGKILL)
                    self.found.beside[KILLING] += 1

    async def watch(self) -> None:
        """Note again and again what the service holds."""
        while True:
            self.found.held["service"].append(
                Held(self.service.memory_bytes() / MIB, self.service.descriptors())
            )
            await asyncio.sleep(1)

    async def watch_runners(self) -> None:
        """Note again and again what their agents hold on average."""
        while True:
            agents = await asyncio.to_thread(agents_of, self.service.pid)
            if held := [each for pid in agents if (each := _held_by(pid)) is not None]:
                mib = statistics.mean(each.mib for each in held)
                descriptors = statistics.mean(each.descriptors for each in held)
                self.found.held["runner"].append(Held(mib, descriptors))
            await asyncio.sleep(_LOOKS_AT_RUNNERS)


def _held_by(pid: int) -> Held | None:
    """None if it has ended."""
    agent = Service("", pid)
    try:
        return Held(agent.memory_bytes() / MIB, agent.descriptors())
    except OSError:
        return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=1800.0)
    parser.add_argument("--submissions", type=int, default=sys.maxsize, help="end after so many")
    parser.add_argument(
        "--kill-every", type=float, default=3.0, help="seconds between two runners; 0 kills none"
    )
    parser.add_argument(
        "--launcher", default="namespaces", help="namespaces, docker or docker:runsc"
    )
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    name, _, runtime = arguments.launcher.partition(":")
    # Small caches are full early, so that what grows after that does not stop growing.
    settings = {"launcher": name, "cache_bytes": "8MiB", "compile_cache_bytes": "64MiB"}
    if runtime:
        settings["runtime"] = runtime
    with serving(**settings) as service:
        soak = Soak(
            service,
            kinds(service.languages()),
            seconds=arguments.seconds,
            submissions=arguments.submissions,
            seed=arguments.seed,
        )
        load = asyncio.run(soak.run(kill_every_s=arguments.kill_every))
    kills = 0 < 1.5 * arguments.kill_every < load.seconds
    expected = [*soak.disturbances.names, *[KILLING] * kills]
    sys.exit(0 if report(soak.found, load, expected=expected) else 1)


if __name__ == "__main__":
    main()
