"""Lines of NDJSON leave soon, together, and all of them."""

import asyncio
import json

import pytest

from app import lines
from app.lines import Lines

pytestmark = pytest.mark.anyio


class Connection:
    """Takes messages, and none of them while it is `busy`."""

    def __init__(self):
        self.bodies = []
        self.ended = False
        self.busy = asyncio.Lock()

    async def send(self, message):
        async with self.busy:
            assert not self.ended, "something came after the end"
            self.bodies.append(message["body"])
            self.ended = not message["more_body"]

    @property
    def values(self):
        return [json.loads(line) for line in b"".join(self.bodies).splitlines()]


@pytest.fixture
def connection():
    return Connection()


async def until(claim):
    async with asyncio.timeout(30):
        while not claim():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.001)


async def test_a_line_leaves_without_another_one(connection):
    async with Lines(connection.send) as outgoing:
        for value in range(3):
            await outgoing.write(value)
            await until(lambda value=value: connection.values[-1:] == [value])
        assert not connection.ended


async def test_lines_that_come_together_leave_together(connection):
    async with Lines(connection.send) as outgoing:
        for value in range(10):
            await outgoing.write(value)
        await outgoing.end("last")
    assert connection.values == [*range(10), "last"]
    assert connection.ended
    assert len(connection.bodies) == 1


async def test_a_slow_reader_is_waited_for_and_loses_nothing(connection):
    long = "x" * (lines.MOST_BYTES // 4)
    written = 0

    async def write_all():
        nonlocal written
        async with Lines(connection.send) as outgoing:
            for number in range(100):
                await outgoing.write([number, long])
                written += 1
            await outgoing.end(None)

    async with connection.busy:
        writing = asyncio.create_task(write_all())
        await until(lambda: written)
        await asyncio.sleep(5 * lines.TOGETHER_S)
        assert written < 10
    await writing
    assert connection.values == [*([number, long] for number in range(100)), None]


async def test_what_came_while_the_reader_was_busy_leaves_after_that(connection):
    async with Lines(connection.send) as outgoing:
        async with connection.busy:
            await outgoing.write(1)
            await asyncio.sleep(5 * lines.TOGETHER_S)
            await outgoing.write(2)
        await until(lambda: connection.values == [1, 2])


async def test_leaving_early_sends_nothing_more(connection):
    async with Lines(connection.send) as outgoing:
        await outgoing.write(1)
    await asyncio.sleep(5 * lines.TOGETHER_S)
    assert connection.bodies == []
