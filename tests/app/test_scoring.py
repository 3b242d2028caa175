"""The scorer without HTTP: deadlines, bounded streams, and the end of the service."""

import asyncio
import sys
from contextlib import contextmanager

import pytest

from app.main import running
from app.results import Arrival
from app.settings import Settings
from verifiers import Score, Verdict

pytestmark = pytest.mark.anyio


SOON_S = 20
"""Far from the 60 s that work takes here, and far from what a busy machine adds."""


def now():
    return asyncio.get_running_loop().time()


def sleep(seconds, **fields):
    return {"verifier": "sleeping", "completion": str(seconds), "reference": None, **fields}


@pytest.fixture
async def service(registry, sandbox):
    settings = Settings(batch_concurrency=4)
    async with running(settings, sandbox=sandbox, workers=object(), registry=registry) as service:
        yield service


@pytest.fixture
def scorer(service):
    return service.scorer


async def collect(results):
    return dict([indexed async for indexed in results])


@pytest.mark.parametrize(
    ("deadline_s", "items", "kept_back"),
    [
        (0.02, 1, 0.00406),
        (1, 1, 0.20006),
        (2, 1, 0.25006),
        (3600, 1, 0.25006),
        (3600, 10_000, 0.85),
        (2, 10_000, 0.75),
    ],
)
async def test_time_is_kept_back_for_the_answer_to_arrive_before_the_deadline(
    deadline_s, items, kept_back
):
    arrival = Arrival(at=0.0, items=items)

    assert arrival.deadline_in(deadline_s) == pytest.approx(deadline_s - kept_back)


async def test_the_sooner_of_two_deadlines_counts():
    arrival = Arrival(at=100.0, deadline=110.0)

    assert arrival.deadline_in(None) == 110.0
    assert arrival.deadline_in(60) == 110.0
    assert arrival.deadline_in(5) == pytest.approx(104.75, abs=0.001)
    assert Arrival(at=100.0).deadline_in(None) is None


async def test_what_is_not_done_by_the_deadline_has_no_verdict(scorer, sleeping):
    started = now()

    result = await scorer.score(sleep(60, deadline_s=0.2))

    assert now() - started < SOON_S
    assert result["reward"] is None
    assert result["error"]["kind"] == "overload"
    assert result["error"]["retryable"] is True
    assert sleeping.cancelled == 1


async def test_what_ends_in_time_has_its_verdict(scorer):
    assert (await scorer.score(sleep(0.01, deadline_s=60)))["reward"] == 1.0


async def test_a_deadline_that_is_no_double_is_its_items_mistake_alone(scorer):
    items = [sleep(0), sleep(0, deadline_s=10**400), sleep(0, deadline_s=sys.float_info.max)]

    async with scorer.stream(items) as stream:
        results = await collect(stream)

    assert [results[n]["reward"] for n in range(3)] == [1.0, None, 1.0]
    assert results[1]["error"]["kind"] == "request"
    assert results[1]["error"]["message"].startswith("deadline_s: ")


async def test_what_cannot_be_told_of_one_item_ends_no_other(scorer, calling):
    class Sly(Score):
        @property
        def passed(self):
            raise OSError("no")

    calling.does["fail late"] = lambda tools: Sly(reward=1.0, verdict=Verdict.ACCEPTED)
    sly = {"verifier": "calling", "completion": "fail late", "reference": None}

    async with scorer.stream([sleep(0), sly, sleep(0)]) as stream:
        results = await collect(stream)

    assert [results[n]["reward"] for n in range(3)] == [1.0, None, 1.0]
    assert results[1]["error"]["kind"] == "verifier"


async def test_waiting_counts_towards_the_deadline(scorer, sandbox):
    program = {"verifier": "code.printing", "completion": "sleep 60", "reference": ""}
    started = now()

    results = await asyncio.gather(*[scorer.score({**program, "deadline_s": 2}) for _ in range(6)])

    assert now() - started < SOON_S
    assert [result["error"]["kind"] for result in results] == ["overload"] * 6
    assert sandbox.open_sessions == 0


async def test_the_deadline_of_the_request_holds_for_each_item(scorer):
    arrival = Arrival()
    arrival = Arrival(at=arrival.at, deadline=arrival.deadline_in(2))
    items = [sleep(60), sleep(0.01), sleep(60, deadline_s=100), sleep(0, deadline_s=0.0001)]

    async with scorer.stream(items, arrival) as stream:
        results = await collect(stream)

    assert now() - arrival.at < SOON_S
    assert [results[n]["error"] is None for n in range(4)] == [False, True, False, False]


async def test_an_item_of_its_own_deadline_has_no_verdict_when_its_turn_comes_too_late(
    scorer, calling
):
    go_on = asyncio.Event()

    async def wait(tools):
        await go_on.wait()
        return Score(reward=1.0, verdict=Verdict.ACCEPTED)

    calling.does["wait"] = wait
    waiting = {"verifier": "calling", "completion": "wait", "reference": None}
    items = [*[waiting] * 4, sleep(60, deadline_s=1)]

    async with scorer.stream(items, Arrival(at=now() - 10)) as stream:
        first = asyncio.ensure_future(anext(stream))
        for _ in range(100):
            await asyncio.sleep(0)
        assert not first.done()
        go_on.set()
        results = dict([await first]) | await collect(stream)

    assert [results[n]["error"] for n in range(4)] == [None] * 4
    assert results[4]["error"]["kind"] == "overload"


async def test_items_that_no_time_is_left_for_are_answered_quickly(scorer, sleeping):
    items = [sleep(60)] * 5000
    arrival = Arrival()
    arrival = Arrival(at=arrival.at, deadline=arrival.deadline_in(0.1))

    async with scorer.stream(items, arrival) as stream:
        results = await collect(stream)

    assert len(results) == 5000
    assert {result["error"]["kind"] for result in results.values()} == {"overload"}
    assert sleeping.started <= 4


@pytest.mark.parametrize("own", [{"deadline_s": 1}, {}])
async def test_past_the_deadline_nothing_is_begun_and_little_is_done_for_each_item(
    scorer, sleeping, own
):
    """Calls are counted, as a clock would tell of the machine."""
    begun_s_ago = 10
    arrival = Arrival(at=now() - begun_s_ago, deadline=None if own else now() - 1)

    async def calls(count):
        with counting_calls() as counted:
            async with scorer.stream([sleep(0, **own)] * count, arrival) as stream:
                results = await collect(stream)
        assert [results[n]["error"]["kind"] for n in range(count)] == ["overload"] * count
        return counted[0]

    await calls(1)  # what is done once is done
    few, many = await calls(100), await calls(1100)

    assert (many - few) / 1000 < 40
    assert sleeping.started == 0


@contextmanager
def counting_calls():
    """Calls of functions in Python, and continuations of those that wait."""
    counted = [0]

    def note(frame, event, argument):
        counted[0] += event == "call"

    sys.setprofile(note)
    try:
        yield counted
    finally:
        sys.setprofile(None)


async def test_a_default_deadline_holds_for_those_who_name_none(registry, sandbox):
    settings = Settings(default_deadline_s=0.1)
    async with running(settings, sandbox=sandbox, workers=object(), registry=registry) as service:
        unnamed = await service.scorer.score(sleep(0.3))
        named = await service.scorer.score(sleep(0.3, deadline_s=60))

    assert unnamed["error"] is not None
    assert unnamed["error"]["kind"] == "overload"
    assert named["reward"] == 1.0


async def test_items_are_taken_only_when_there_is_room(scorer):
    taken = 0

    def items():
        nonlocal taken
        for _ in range(1000):
            taken += 1
            yield sleep(0)

    async with scorer.stream(items()) as stream:
        await anext(aiter(stream))
        await asyncio.sleep(0.05)
        # Those in work, and as many results that nobody has fetched yet.
        assert taken <= 1 + 2 * 4


async def test_leaving_a_stream_stops_its_work(scorer, sleeping):
    async with scorer.stream([sleep(60)] * 10):
        await sleeping.have_started(4)

    assert (sleeping.now, sleeping.started, sleeping.cancelled) == (0, 4, 4)


async def test_a_mistake_of_the_reader_or_of_the_source_is_raised_as_itself(scorer):
    with pytest.raises(KeyError):
        async with scorer.stream([sleep(60)]):
            raise KeyError

    def broken():
        yield sleep(0)
        raise OSError("the file is gone")

    with pytest.raises(OSError, match="the file is gone"):
        async with scorer.stream(broken()) as stream:
            await collect(stream)


async def test_a_stream_of_quick_answers_lets_others_work(scorer):
    turns = 0

    async def take_turns():
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    others = asyncio.create_task(take_turns())
    item = {"verifier": "equal", "completion": "42", "reference": "42"}
    async with scorer.stream([item] * 2000) as stream:
        await collect(stream)
    others.cancel()

    assert turns >= 100


async def test_draining_lets_running_work_end(service, sleeping):
    items = [sleep(0.2)] * 6

    async with service.scorer.stream(items) as stream:
        await sleeping.have_started(4)
        service.drain.start(10)
        results = await collect(stream)

    assert (
        sorted(result["reward"] is not None for result in results.values())
        == [False] * 2 + [True] * 4
    )
    assert all(
        result["error"]["kind"] == "overload" and result["error"]["retryable"]
        for result in results.values()
        if result["reward"] is None
    )


async def test_draining_ends_in_time(service, sleeping):
    async with service.scorer.stream([sleep(60), sleep(60, deadline_s=90)]) as stream:
        await sleeping.have_started(2)
        started = now()
        service.drain.start(0.1)
        service.drain.start(60)
        results = await collect(stream)

    assert now() - started < SOON_S
    assert [results[n]["error"]["retryable"] for n in range(2)] == [True, True]
    assert "stopped" in results[0]["error"]["message"]


async def test_after_the_start_of_the_drain_there_is_no_new_work(service, sleeping):
    service.drain.start(10)

    result = await service.scorer.score(sleep(0))

    assert (result["error"]["kind"], result["error"]["retryable"]) == ("overload", True)
    assert sleeping.started == 0
