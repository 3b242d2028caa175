"""The connection between two processes, with both ends in one."""

import asyncio
import os
import resource
from contextlib import contextmanager

import pytest

from sandbox.agent import protocol
from sandbox.errors import Overloaded, SandboxError
from sandbox.lending.link import Link, Message, pair

pytestmark = pytest.mark.anyio


class Ends:
    """Two ends, and what they were told of their closing."""

    def __init__(self):
        self.closed = []
        one, other = pair()
        self.one = Link(one, on_closed=lambda: self.closed.append("one"))
        self.other = Link(other, on_closed=lambda: self.closed.append("other"))


@contextmanager
def linked():
    ends = Ends()
    ends.one.start()
    ends.other.start()
    try:
        yield ends
    finally:
        ends.one.close()
        ends.other.close()


async def echo(message):
    return Message(message.header, message.blobs)


async def test_a_call_is_answered_with_header_and_blobs():
    with linked() as ends:
        ends.other.answers["echo"] = echo
        answer = await ends.one.call("echo", {"of": 1}, [b"blob", b""])

    assert (answer.header["of"], answer.blobs) == (1, [b"blob", b""])


async def test_calls_are_answered_as_they_are_done_not_as_they_came():
    gates = {"slow": asyncio.Event()}

    async def wait(message):
        if gate := gates.get(message.header["name"]):
            await gate.wait()
        return Message({"done": message.header["name"]})

    with linked() as ends:
        ends.other.answers["wait"] = wait
        slow = asyncio.create_task(ends.one.call("wait", {"name": "slow"}))
        assert (await ends.one.call("wait", {"name": "quick"})).header["done"] == "quick"
        gates["slow"].set()
        assert (await slow).header["done"] == "slow"


async def test_more_than_a_socket_holds_arrives_whole_and_in_order():
    heard = []
    blobs = [bytes([number]) * 1_000_000 for number in range(20)]

    with linked() as ends:
        ends.other.hears["data"] = lambda message: heard.extend(message.blobs)
        ends.other.answers["echo"] = echo
        for blob in blobs:
            ends.one.tell("data", blobs=[blob])
        await ends.one.call("echo")

    assert heard == blobs


async def test_descriptors_come_with_the_message_that_brought_them(scripted):
    heard = []
    pipes = [os.pipe() for _ in range(200)]
    padding = b"x" * 10_000  # so that most of them have to wait for room

    with linked() as ends:
        ends.other.hears["pipe"] = heard.append
        for number, (_, writer) in enumerate(pipes):
            ends.one.tell("pipe", {"number": number}, [padding], fds=[writer])
            os.close(writer)
        await scripted.eventually(lambda: len(heard) == len(pipes))

    for message in heard:
        (fd,) = message.fds
        os.write(fd, str(message.header["number"]).encode())
        os.close(fd)
    for number, (reader, _) in enumerate(pipes):
        assert os.read(reader, 100) == str(number).encode()
        os.close(reader)


@contextmanager
def no_descriptors_left():
    """Nothing more can be opened in this process; what is open stays so."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = os.dup(0)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_who_cannot_take_a_descriptor_closes_as_what_came_with_it_is_lost(scripted):
    heard = []

    with linked() as ends:
        ends.other.hears["pipe"] = heard.append
        ends.other.answers["endless"] = lambda message: asyncio.Event().wait()
        calling = asyncio.create_task(ends.one.call("endless"))
        with no_descriptors_left():
            ends.one.tell("pipe", fds=[0])
            await scripted.eventually(lambda: sorted(ends.closed) == ["one", "other"])
        with pytest.raises(SandboxError, match="gone"):
            await calling

    assert heard == []


async def test_who_cannot_keep_a_descriptor_until_there_is_room_closes(scripted):
    with linked() as ends:
        ends.other.hears["data"] = lambda message: None
        ends.one.tell("data", blobs=[bytes(10_000_000)])
        with no_descriptors_left():
            ends.one.tell("data", fds=[0])
            await scripted.eventually(lambda: sorted(ends.closed) == ["one", "other"])


async def test_errors_of_the_sandbox_are_raised_as_themselves():
    async def fail(message):
        raise Overloaded("too many wait")

    with linked() as ends:
        ends.other.answers["fail"] = fail
        with pytest.raises(Overloaded, match="too many wait"):
            await ends.one.call("fail")


async def test_an_answer_that_is_too_large_is_an_error_of_the_call(monkeypatch):
    monkeypatch.setattr(protocol, "MAX_FRAME_BYTES", 10_000)

    async def talk(message):
        return Message(blobs=[bytes(20_000)])

    with linked() as ends:
        ends.other.answers["talk"] = talk
        async with asyncio.timeout(20):
            with pytest.raises(SandboxError, match="over the limit"):
                await ends.one.call("talk")


async def test_cancelling_a_call_cancels_what_is_done_for_it(scripted):
    cancelled = []

    async def endless(message):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    with linked() as ends:
        ends.other.answers |= {"endless": endless, "echo": echo}
        calling = asyncio.create_task(ends.one.call("endless"))
        await ends.one.call("echo")
        calling.cancel()
        await scripted.eventually(lambda: cancelled)
        assert (await asyncio.gather(calling, return_exceptions=True))[0].__class__ is (
            asyncio.CancelledError
        )


async def test_an_answer_that_comes_too_late_is_not_lost(scripted):
    late, asked = [], asyncio.Event()

    async def stubborn(message):
        asked.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return Message({"after": "all"})

    with linked() as ends:
        ends.other.answers["stubborn"] = stubborn
        calling = asyncio.create_task(ends.one.call("stubborn", on_late=late.append))
        await asked.wait()
        calling.cancel()
        await scripted.eventually(lambda: late)

    assert late[0].header["after"] == "all"


async def test_what_cannot_be_taken_keeps_nothing_else_from_being_taken():
    with linked() as ends:
        ends.other.hears["bad"] = lambda message: 1 / 0
        ends.other.answers["echo"] = echo
        ends.one.tell("bad")
        assert await ends.one.call("echo")


async def test_when_one_end_goes_calls_fail_and_work_for_it_stops(scripted):
    cancelled, asked = [], asyncio.Event()

    async def endless(message):
        asked.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    with linked() as ends:
        ends.one.answers["endless"] = ends.other.answers["endless"] = endless
        calls = [asyncio.create_task(end.call("endless")) for end in (ends.one, ends.other)]
        await asked.wait()
        ends.one.close()
        for call in calls:
            with pytest.raises(SandboxError, match="gone"):
                await call
        await scripted.eventually(lambda: ends.closed == ["one", "other"])
        await scripted.eventually(lambda: cancelled)
        with pytest.raises(SandboxError, match="gone"):
            await ends.other.call("endless")
        ends.other.tell("anything")
