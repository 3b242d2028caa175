"""A long batch streams: what was sent is not kept, however many items there are."""

import asyncio
import json
import tracemalloc

import pytest

from verifiers import Score, Verdict

pytestmark = pytest.mark.anyio

ITEMS = 10_000
MESSAGE_BYTES = 4000


class Reader:
    """A client that posts one body, and keeps nothing of the answer."""

    def __init__(self, body):
        self.body = body
        self.lines = 0
        self.held_bytes = []
        """Memory in use once a thousand lines have come, and again and again after that."""
        self.end = asyncio.Event()

    async def receive(self):
        if self.body is None:
            await self.end.wait()
        body, self.body = self.body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message):
        self.lines += message.get("body", b"").count(b"\n")
        if self.lines > 1000:
            self.held_bytes.append(tracemalloc.get_traced_memory()[0])


async def test_memory_stays_flat_while_10_000_results_are_sent(make_app, calling):
    calling.does["long"] = lambda tools: Score(
        reward=1.0, verdict=Verdict.ACCEPTED, message=f"{id(tools):x}".ljust(MESSAGE_BYTES)
    )
    item = {"verifier": "calling", "completion": "long", "reference": None}
    reader = Reader(json.dumps({"items": [item] * ITEMS}).encode())
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/score/batch",
        "query_string": b"",
        "headers": [(b"accept", b"application/x-ndjson"), (b"content-type", b"application/json")],
    }
    app = make_app()
    async with app.router.lifespan_context(app):
        tracemalloc.start()
        try:
            await app(scope, reader.receive, reader.send)
        finally:
            tracemalloc.stop()

    assert reader.lines == ITEMS + 1
    growth = max(reader.held_bytes) - reader.held_bytes[0]
    assert growth < ITEMS * MESSAGE_BYTES / 20
