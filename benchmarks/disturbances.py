"""What is done to a service while it is soaked: clients that vanish, dawdle and talk nonsense."""

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

from benchmarks.service import NDJSON, Answer, Connection, connected, head

if TYPE_CHECKING:
    from benchmarks.soak import Soak

BATCH_ITEMS = 32
HUGE_BYTES = 1 << 40


class Disturbances:
    """One after another, all of them once, and then in any order until the soak is over."""

    def __init__(self, soak: "Soak", seed: int) -> None:
        self._soak = soak
        self._random = random.Random(seed)
        self._all: list[Callable[[], Awaitable[None]]] = [
            self.vanish,
            self.vanish_before_the_end_of_a_body,
            self.trickle,
            self.read_slowly,
            self.post_nonsense,
            self.post_no_http,
            self.post_too_much,
        ]

    @property
    def names(self) -> list[str]:
        """As they are counted."""
        return [_name(each) for each in self._all]

    async def run(self) -> None:
        for each in self._all:
            await self._do(each)
        while not self._soak.over:
            await self._do(self._random.choice(self._all))

    async def _do(self, disturbance: Callable[[], Awaitable[None]]) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await disturbance()
        self._soak.found.beside[_name(disturbance)] += 1

    async def vanish(self) -> None:
        """Post a batch and go away: at once, or in the middle of the answer."""
        body = json.dumps({"items": [item for *_, item in self._soak.take(BATCH_ITEMS).values()]})
        self._soak.found.posted -= BATCH_ITEMS
        async with connected(self._soak.service.address) as connection:
            connection.send("/v1/score/batch", body.encode(), accept=NDJSON)
            await asyncio.sleep(self._random.uniform(0, 0.5))

    async def vanish_before_the_end_of_a_body(self) -> None:
        async with self._raw() as (_, writer):
            writer.write(head("/v1/score/batch", 10_000) + b'{"items": [')
            await asyncio.sleep(self._random.uniform(0, 0.5))

    async def trickle(self) -> None:
        """Send a body in small pieces; it is to be scored all the same."""
        [submission] = self._soak.take(1).values()
        body = json.dumps(submission[2]).encode()
        async with self._raw() as (reader, writer):
            connection = Connection(reader, writer)

            async def ask() -> Answer:
                writer.write(head("/v1/score", len(body)))
                for start in range(0, len(body), 40):
                    writer.write(body[start : start + 40])
                    await writer.drain()
                    await asyncio.sleep(0.02)
                return await connection.answer()

            try:
                await self._soak.persist(submission, ask)
            except (ConnectionError, asyncio.IncompleteReadError) as error:
                self._soak.found.blame("lost", f"{submission[2]['id']}, trickled: {error!r}")

    async def read_slowly(self) -> None:
        """Take the results of a batch so slowly that the connection's buffers fill up."""
        items = [kind.item(nonce) for kind, nonce, _ in self._soak.take(BATCH_ITEMS).values()]
        self._soak.found.posted -= BATCH_ITEMS
        for item in items:
            item["completion"] += " " * 100_000 + "#"
        body = json.dumps({"items": items}).encode()
        async with self._raw() as (reader, writer):
            writer.write(head("/v1/score/batch", len(body), accept=NDJSON) + body)
            for _ in range(40):
                if not await reader.read(1000):
                    return
                await asyncio.sleep(0.05)

    async def post_nonsense(self) -> None:
        """What is malformed is refused, and the service goes on."""
        bodies = {b'{"items": [': 400, b"\xff\xfe": 400, b"[]": 422, b'{"items": 1}': 422}
        body, status = self._random.choice(list(bodies.items()))
        async with connected(self._soak.service.address) as connection:
            answer = await connection.post("/v1/score/batch", body)
            if answer.status != status:
                self._soak.found.blame("wrong", answer)

    async def post_no_http(self) -> None:
        async with self._raw() as (reader, writer):
            writer.write(self._random.randbytes(500) + b"\r\n\r\n")
            await reader.read(1000)

    async def post_too_much(self) -> None:
        async with self._raw() as (reader, writer):
            writer.write(head("/v1/score/batch", HUGE_BYTES) + b"[" * 10_000)
            answer = await Connection(reader, writer).answer()
            if answer.status != 413:
                self._soak.found.blame("wrong", answer)

    @contextlib.asynccontextmanager
    async def _raw(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        async with connected(self._soak.service.address) as connection:
            yield connection.reader, connection.writer


def _name(disturbance: Callable[[], Awaitable[None]]) -> str:
    return disturbance.__name__.replace("_", " ")
