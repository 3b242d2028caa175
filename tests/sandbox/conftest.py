"""A scripted agent: speaks the agent's side of the protocol over a socket pair, and runs nothing.

What it does with a request is a coroutine function: a test can make it hang, die or talk nonsense.
"""

import asyncio
import itertools
import socket
from contextlib import asynccontextmanager

import pytest

from sandbox.agent import protocol
from sandbox.config import SandboxConfig
from sandbox.errors import LaunchError
from sandbox.languages import language_table
from sandbox.launchers.base import Death
from sandbox.local import LocalSandbox
from sandbox.pool import Pool
from sandbox.shield import to_the_end
from sandbox.types import LanguageInfo, Tier

ENDED_WELL = {
    "status": "exited",
    "exit_code": 0,
    "signal": None,
    "cpu_s": 0.01,
    "wall_s": 0.02,
    "memory_bytes": 1_000_000,
    "message": "",
}


async def polite(agent, header, blobs):
    """Answer as a good agent does: a run prints its input, and only the source "bad" fails."""
    match header["op"]:
        case "open":
            agent.send_opened(header, bad=blobs[:1] == [b"bad"])
        case "run":
            agent.send_ran(header, stdout=blobs[0])
        case "pair":
            executions = [ENDED_WELL, ENDED_WELL]
            agent.send(
                {"op": "paired", "id": header["id"], "executions": executions},
                (blobs[1], b"", b"report", b"second", b"", b""),
            )
        case "close":
            agent.send({"op": "closed", "id": header["id"], "clean": True, "detail": ""})


class ScriptedAgent:
    """One end is the LaunchedAgent that a pool sees, the other reads its requests."""

    def __init__(self, number, behave):
        self.id = self.number = number
        self.behave = behave
        self.requests = []
        self.cause = Death.UNKNOWN
        self.stopped = False

    async def start(self, greeting):
        ours, theirs = socket.socketpair()
        self.reader, self.writer = await asyncio.open_connection(sock=ours)
        self._reader, self._writer = await asyncio.open_connection(sock=theirs)
        self._task = asyncio.create_task(self._serve(greeting))

    @property
    def ops(self):
        return [header["op"] for header in self.requests]

    def send(self, header, blobs=()):
        self.send_bytes(protocol.encode(header, blobs))

    def send_bytes(self, data):
        self._writer.write(data)

    def send_opened(self, header, *, bad=False, made=b"binary", **changes):
        """What was compiled leaves `made` in each file to keep, or fails if it is bad."""
        compile_ = header["compile"]
        if compile_ is None:
            return
        keep = [] if bad else compile_["keep"]
        kept = keep if len(made) * len(keep) <= compile_["largest_bytes"] else None
        compilation = ENDED_WELL | {"exit_code": int(bad)} | changes
        contents = [made] * len(kept or ())
        answer = {"op": "compiled", "id": header["id"], "compilation": compilation}
        self.send({**answer, "kept": kept}, (b"", b"", *contents))

    def send_ran(self, header, *, stdout=b"", **changes):
        answer = {"op": "ran", "id": header["id"], "index": header["index"]}
        parties = len(header["parties"])
        execution = ENDED_WELL | changes
        self.send(
            {**answer, "executions": [execution] * parties, "kept": [[]] * parties},
            (stdout, b"") * parties,
        )

    def die(self, cause=Death.UNKNOWN):
        self.cause = cause
        self._writer.close()

    async def stop(self):
        self._task.cancel()
        for writer in (self._writer, self.writer):
            writer.close()
        self.stopped = True

    async def death(self):
        return self.cause

    async def _serve(self, greeting):
        if greeting is not None:
            self.send(greeting)
        while True:
            try:
                prefix = await self._reader.readexactly(8)
                size, header_size = protocol.body_size(prefix)
                body = await self._reader.readexactly(size)
            except (EOFError, ConnectionError):
                return
            header, blobs = protocol.decode(body, header_size)
            self.requests.append(header)
            await self.behave(self, header, blobs)


class ScriptedLauncher:
    """Starts scripted agents; the next `failures` launches fail."""

    name = "scripted"
    runtime = None
    edition = ""

    def __init__(self, behave=polite, slots=1, at_once=None):
        self.behave = behave
        self.slots = slots
        self.at_once = at_once
        self.agents = []
        self._numbers = itertools.count(1)
        self.failures = 0
        self.greeting = {
            "op": "hello",
            "version": protocol.VERSION,
            "python": "3.13.5",
            "walls": ["no new privileges", "seccomp"],
            "toolchains": "these",
        }
        self.gate = asyncio.Event()
        """With slots None, each launch waits for this."""

    @property
    def stopped(self):
        return [agent for agent in self.agents if agent.stopped]

    async def start(self):
        pass

    async def launch(self):
        if self.failures:
            self.failures -= 1
            raise LaunchError("the engine is down")
        if self.slots is None:
            await self.gate.wait()
            self.gate.clear()
        agent = ScriptedAgent(next(self._numbers), self.behave)
        try:
            await to_the_end(agent.start(self.greeting))
        except asyncio.CancelledError:
            await agent.stop()
            raise
        self.agents.append(agent)
        return agent

    async def close(self):
        pass


async def eventually(claim):
    """Wait until the claim (a function) holds."""
    async with asyncio.timeout(20):
        while not claim():  # noqa: ASYNC110 - what is waited for has no event to wait for
            await asyncio.sleep(0.002)


def impatient(**settings):
    """With as many runners as slots, unless the tier `fresh` asks for more."""
    spares = None if Tier.FRESH in settings.get("tiers", ()) else 0
    patience = {"answer_grace_s": 5, "launch_patience_s": 0.2, "spares": spares}
    return SandboxConfig(**{**patience, **settings})


@asynccontextmanager
async def pool_of(launcher, **settings):
    """A running pool; afterwards every agent that was ever launched must have been stopped."""
    pool = Pool(launcher, impatient(**settings))
    pool.start()
    try:
        yield pool
    finally:
        await pool.close()
        assert launcher.stopped == launcher.agents


@asynccontextmanager
async def sandbox_of(launcher, **settings):
    """A sandbox over a running pool, that believes all languages to be there but C++23."""
    async with pool_of(launcher, **settings) as pool:
        table, config = language_table(), impatient(**settings)
        sandbox = LocalSandbox(pool, table, config, launcher="scripted", reason="for a test")
        for language in table.languages:
            sandbox.survey.found[language.name] = LanguageInfo(
                name=language.name, aliases=(), available=language.name != "cpp23"
            )
        yield sandbox


@pytest.fixture
def scripted():
    """The names of this file, for tests to use: a test module cannot import its conftest."""

    class Scripted:
        launcher = ScriptedLauncher
        polite = staticmethod(polite)
        ended_well = ENDED_WELL
        eventually = staticmethod(eventually)
        pool = staticmethod(pool_of)
        sandbox = staticmethod(sandbox_of)

    return Scripted
