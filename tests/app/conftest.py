"""A service over scripted parts: no network, no runners, verifiers that do as they are told."""

import asyncio
import logging
import os
from collections import defaultdict
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import httpx
import pytest
import structlog
from pydantic import TypeAdapter

from app.main import create_app
from app.settings import Settings
from sandbox import Invocation, Overloaded, Program
from sandbox.testing import FakeSandbox, printed
from verifiers import InvalidReference, Options, Score, Strict, Verdict
from verifiers.registry import Entry, Registry, VerifierInfo, VerifierSource

SOURCE = VerifierSource(built_in=False, distribution="tests", version="1")


class Equal:
    """Accepts what equals its reference."""

    name = "equal"
    summary = "The completion is the reference."
    reference_type: Any = str
    options_model = Options
    example: ClassVar = {"completion": "42", "reference": "42"}

    async def verify(self, completion, reference, options, tools):
        right = completion == reference
        return Score(
            reward=float(right),
            verdict=Verdict.ACCEPTED if right else Verdict.WRONG_ANSWER,
            extracted=completion,
        )


class Share(Equal):
    """Gives the reward that the completion names."""

    name = "share"
    summary = "The completion is the reward."
    reference_type = None
    example: ClassVar = {"completion": "1.0", "reference": None}

    async def verify(self, completion, reference, options, tools):
        reward = float(completion)
        return Score(reward=reward, verdict=Verdict.ACCEPTED if reward == 1 else Verdict.PARTIAL)


class Printing(Equal):
    """Runs the completion and compares what it prints."""

    name = "code.printing"
    summary = "The program prints the reference."

    async def verify(self, completion, reference, options, tools):
        program = Program(language=options.language or "python", source=completion)
        limits = options.limits.over(tools.limits)
        async with tools.sandbox.open(program, limits=limits, deadline=tools.deadline) as session:
            execution = await session.run(Invocation())
        right = execution.stdout.decode() == reference
        verdict = Verdict.ACCEPTED if right else Verdict.WRONG_ANSWER
        return Score(reward=float(right), verdict=verdict, run_s=execution.wall_s)


class Sleeping(Equal):
    """Takes as many seconds as the completion says, and counts how many do at once."""

    name = "sleeping"
    summary = "Waits."
    cacheable = False
    reference_type = None
    example: ClassVar = {"completion": "0", "reference": None}

    def __init__(self):
        self.now = self.most = self.started = self.cancelled = 0
        self._started = defaultdict(asyncio.Event)

    async def have_started(self, count):
        await self._started[count].wait()

    async def verify(self, completion, reference, options, tools):
        self.started += 1
        self._started[self.started].set()
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(float(completion))
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.now -= 1
        return Score(reward=1.0, verdict=Verdict.ACCEPTED)


class Calling(Equal):
    """Does what a test wrote down: the completion names a function of `does`."""

    name = "calling"
    summary = "Runs a function of the test."
    cacheable = False
    reference_type = None
    example: ClassVar = {"completion": "accept", "reference": None}

    def __init__(self):
        self.does = {"accept": lambda tools: Score(reward=1.0, verdict=Verdict.ACCEPTED)}

    async def verify(self, completion, reference, options, tools):
        answer = self.does[completion](tools)
        return await answer if asyncio.iscoroutine(answer) else answer


class Tests(Strict):
    answer: str
    weight: float = 1.0


class Shaped(Equal):
    """Has a reference of several shapes, one of them never right."""

    name = "shaped"
    summary = "The completion is the answer of the reference."
    reference_type = str | Tests
    example: ClassVar = {"completion": "42", "reference": {"answer": "42"}}

    async def verify(self, completion, reference, options, tools):
        if reference == "broken":
            raise InvalidReference("the gold answer is broken")
        return await Equal.verify(
            self, completion, getattr(reference, "answer", reference), options, tools
        )


def entry(verifier):
    reference = TypeAdapter(verifier.reference_type)
    info = VerifierInfo(
        name=verifier.name,
        source=SOURCE,
        available=True,
        summary=verifier.summary,
        reference_schema=reference.json_schema(),
        options_schema=verifier.options_model.model_json_schema(),
        example={"verifier": verifier.name, **verifier.example},
    )
    return Entry(verifier=verifier, info=info, reference=reference)


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch):
    """Settings of whoever runs the tests are not those of the tests."""
    for name in list(os.environ):
        if name.startswith("REWARDBOX_"):
            monkeypatch.delenv(name)


@pytest.fixture
def log_as_before():
    """Puts the log of the test runner back."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def make_entry():
    return entry


@pytest.fixture
def sleeping():
    return Sleeping()


@pytest.fixture
def calling():
    return Calling()


@pytest.fixture
def registry(sleeping, calling):
    verifiers = [Equal(), Share(), Printing(), sleeping, calling, Shaped()]
    broken = VerifierInfo(name="broken", source=SOURCE, available=False, error="no licence")
    return Registry(entries=[entry(each) for each in verifiers], failures=[broken])


@pytest.fixture
def sandbox():
    """Programs print their own source, after sleeping for as long as a `sleep` in it says."""

    async def run(program, invocation, limits):
        if program.source.startswith("sleep "):
            await asyncio.sleep(float(program.source.split()[1]))
        return printed(program.source)

    return FakeSandbox(run=run)


class NoWorkers:
    """For services whose verifiers need none."""

    async def call(self, function, *args, cpu_s, deadline=None):
        raise Overloaded("there are no workers in this test")


@pytest.fixture
def make_app(registry, sandbox):
    def make(sandbox=sandbox, registry=registry, **settings):
        return create_app(
            Settings(**settings), sandbox=sandbox, workers=NoWorkers(), registry=registry
        )

    return make


@pytest.fixture
def connect(make_app):
    """Opens a client of a service with the given settings: `async with connect() as client`."""

    @asynccontextmanager
    async def open_client(app=None, headers=None, **settings):
        app = app or make_app(**settings)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app, raise_app_exceptions=False),
                base_url="http://rewardbox",
                headers=headers,
            ) as client,
        ):
            client.service = app.state.service  # type: ignore[attr-defined] # to look into it
            yield client

    return open_client


@pytest.fixture
async def client(connect):
    async with connect() as opened:
        yield opened
