"""The cache that processes share: asked from two ends of links, with everybody in this process."""

import asyncio
from contextlib import ExitStack, contextmanager

import pytest

from app.cache.cache import Cache, Origin
from app.cache.memory import Memory
from app.processes.judgements import JudgementsAsked, JudgementsGiven
from sandbox import Claim, Overloaded, Priority, RunnerLost
from sandbox.agent import protocol
from sandbox.lending.link import Link, pair
from tests.app.judge import KEY, Judge, made

pytestmark = pytest.mark.anyio


@pytest.fixture
def cache():
    return Cache(Memory(1 << 20))


@pytest.fixture
def members(cache):
    """Those of two processes, as each has the cache: `with members() as (one, other)`."""

    @contextmanager
    def open_members():
        with ExitStack() as stack:
            yield [member(stack) for _ in range(2)]

    def member(stack):
        our_end, their_end = pair()
        theirs = Link(their_end, on_closed=lambda: None)
        ours = Link(our_end, on_closed=lambda: given.close())
        given = JudgementsGiven(cache, ours)
        asked = JudgementsAsked(theirs)
        asked.leave = theirs.close  # type: ignore[attr-defined] # for tests only
        for link in (ours, theirs):
            link.start()
            stack.callback(link.close)
        return asked

    return open_members


async def eventually(claim):
    async with asyncio.timeout(20):
        while not claim():  # noqa: ASYNC110 - what is waited for has no event to wait for
            await asyncio.sleep(0.002)


async def asks(member, judge, **claim):
    """Begin to ask; the keeper has heard it when a call after it is answered."""
    task = asyncio.create_task(member.obtain(KEY, judge, claim=Claim(**claim)))
    await member.obtain(b"another key", _quick())
    return task


def _quick(answer=None):
    judge = Judge(answer)
    judge.may_end.set()
    return judge


async def test_what_one_judged_the_other_has_from_memory(members):
    judge = _quick()
    with members() as (one, other):
        first, origin = await one.obtain(KEY, judge)
        again, origin_again = await other.obtain(KEY, judge)

    assert judge.asked == 1
    assert (origin, origin_again) == (Origin.JUDGED, Origin.MEMORY)
    assert (first.judgement.score.run_s, again.judgement.score.run_s) == (2.0, 0.0)


async def test_the_same_at_once_is_judged_once(members):
    judge = Judge()
    with members() as (one, other):
        tasks = [await asks(member, judge) for member in [one, other] * 4]
        judge.may_end.set()
        origins = sorted(origin for _, origin in await asyncio.gather(*tasks))

    assert judge.asked == 1
    assert origins == [Origin.JOINED] * 7 + [Origin.JUDGED]


async def test_what_is_not_lasting_is_given_to_those_who_ask_at_once_only(members):
    judge = Judge(made(lasting=False))
    with members() as (one, other):
        tasks = [await asks(member, judge) for member in (one, other)]
        judge.may_end.set()
        await asyncio.gather(*tasks)
        await other.obtain(KEY, judge)

    assert judge.asked == 2


async def test_if_the_one_who_judges_gives_up_another_takes_over(members):
    judge = Judge()
    with members() as (one, other):
        first = await asks(one, judge)
        second = await asks(other, judge)
        first.cancel()
        await eventually(lambda: judge.asked == 2)
        judge.may_end.set()
        _, origin = await second

    assert origin is Origin.JUDGED


async def test_if_the_process_of_the_one_who_judges_ends_another_takes_over(members):
    judge = Judge()
    with members() as (one, other):
        first = await asks(one, judge)
        second = await asks(other, judge)
        one.leave()
        await eventually(lambda: judge.asked == 2)
        judge.may_end.set()
        _, origin = await second
        first.cancel()

    assert origin is Origin.JUDGED


@pytest.mark.parametrize(
    ("earlier", "later"),
    [({"priority": Priority.LOW}, {"priority": Priority.HIGH}), ({"client": "a"}, {"client": "b"})],
)
async def test_nobody_waits_for_a_turn_that_may_come_later_than_its_own(members, earlier, later):
    judge = Judge()
    with members() as (one, other):
        first = await asks(one, judge, **earlier)
        second = await asks(other, _quick(), **later)
        assert (await second)[1] is Origin.JUDGED
        assert not first.done()
        judge.may_end.set()
        assert (await first)[1] is Origin.JUDGED


async def test_an_error_is_raised_as_it_is_and_told_to_nobody_else(members):
    judge, good = Judge(RunnerLost("gone")), _quick()
    with members() as (one, other):
        first = await asks(one, judge)
        second = await asks(other, good)
        judge.may_end.set()
        with pytest.raises(RunnerLost, match="gone"):
            await first
        _, origin = await second

    assert origin is Origin.JUDGED


async def test_a_judgement_that_is_too_large_to_be_told_blocks_nobody(members, monkeypatch):
    monkeypatch.setattr(protocol, "MAX_FRAME_BYTES", 10_000)
    judge = _quick(made(message="x" * 20_000))
    with members() as (one, other):
        with pytest.raises(protocol.ProtocolError):
            await one.obtain(KEY, judge)
        async with asyncio.timeout(20):
            _, origin = await other.obtain(KEY, _quick())

    assert origin is Origin.JUDGED


async def test_a_deadline_of_the_one_who_judges_is_nobody_elses(members):
    judge, good = Judge(Overloaded("the deadline passed")), _quick()
    with members() as (one, other):
        first = await asks(one, judge)
        second = await asks(other, good)
        judge.may_end.set()
        with pytest.raises(Overloaded, match="the deadline passed"):
            await first
        assert (await second)[0].judgement.score.reward == 1.0


async def test_who_waits_may_leave_and_the_others_go_on(members):
    judge = Judge()
    with members() as (one, other):
        first, second = await asks(one, judge), await asks(other, judge)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        judge.may_end.set()
        _, origin = await first

    assert (judge.asked, origin) == (1, Origin.JUDGED)


async def test_who_is_cancelled_at_any_moment_blocks_nobody(members, cache):
    with members() as (one, other):
        for steps in range(30):
            task = asyncio.create_task(one.obtain(b"%d" % steps, Judge()))
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await other.obtain(b"%d" % steps, _quick())
