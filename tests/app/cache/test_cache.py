"""Identical requests at once are judged once, and whoever gives up takes nobody with him."""

import asyncio
from typing import Any

import pytest

from app.cache.cache import Cache, Origin
from app.cache.memory import Memory
from sandbox import Claim, Overloaded, Priority, RunnerLost
from tests.app.judge import KEY, Judge, made

pytestmark = pytest.mark.anyio


@pytest.fixture
def cache():
    return Cache(Memory(1 << 20))


@pytest.fixture
def judge():
    return Judge()


async def turns(count=20):
    for _ in range(count):
        await asyncio.sleep(0)


async def begin(cache, judge, count=1, **claim):
    asking = [cache.obtain(KEY, judge, claim=Claim(**claim)) for _ in range(count)]
    tasks = [asyncio.create_task(each) for each in asking]
    await judge.begun.wait()
    await turns()
    return tasks


async def test_what_was_judged_is_given_again(cache, judge):
    judge.may_end.set()

    first, how = await cache.obtain(KEY, judge)
    again, how_again = await cache.obtain(KEY, judge)

    assert (how, how_again) == (Origin.JUDGED, Origin.MEMORY)
    assert first.judgement.score.run_s == 2.0
    assert again == first.given_again()
    assert judge.asked == 1
    assert cache.given == {Origin.JUDGED: 1, Origin.MEMORY: 1}


async def test_another_key_is_judged_by_itself(cache, judge):
    judge.may_end.set()

    await cache.obtain(KEY, judge)
    await cache.obtain(b"another", judge)

    assert judge.asked == 2


async def test_the_same_at_once_is_judged_once(cache, judge):
    tasks = await begin(cache, judge, 16)

    judge.may_end.set()
    origins = [origin for _, origin in await asyncio.gather(*tasks)]

    assert judge.asked == 1
    assert origins == [Origin.JUDGED] + [Origin.JOINED] * 15


async def test_who_joined_has_waited_and_run_nothing(cache, judge):
    _, other = await begin(cache, judge, 2)

    await asyncio.sleep(0.02)
    judge.may_end.set()
    joined, _ = await other

    assert joined.judgement.score.run_s == 0.0
    assert joined.judgement.score.queue_s >= 0.01


async def test_when_the_one_who_judges_goes_away_another_takes_over(cache, judge):
    first, *others = await begin(cache, judge, 4)

    first.cancel()
    await turns()
    assert judge.asked == 2
    judge.may_end.set()
    results: list[Any] = await asyncio.gather(first, *others, return_exceptions=True)

    assert isinstance(results[0], asyncio.CancelledError)
    assert [result[0].judgement.score.reward for result in results[1:]] == [1.0] * 3
    assert judge.asked == 2


async def test_who_waits_can_go_away_alone(cache, judge):
    first, second, third = await begin(cache, judge, 3)

    second.cancel()
    await turns()
    judge.may_end.set()

    assert (await first)[1] is Origin.JUDGED
    assert (await third)[1] is Origin.JOINED
    assert judge.asked == 1


async def test_the_deadline_of_the_one_who_judges_is_not_that_of_the_others(cache, judge):
    judge.answer = Overloaded("the deadline passed")
    first, second = await begin(cache, judge, 2)

    judge.may_end.set()
    with pytest.raises(Overloaded):
        await first
    judge.answer = made()
    # Whether it had begun with the old answer or not: nobody else's deadline is its own.
    results = await asyncio.gather(second, return_exceptions=True)

    assert judge.asked == 2
    assert isinstance(results[0], tuple)


async def test_nobody_waits_for_the_turn_of_a_lower_priority(cache, judge):
    prompt = Judge()
    (low,) = await begin(cache, judge, priority=Priority.LOW)

    prompt.may_end.set()
    (high,) = await begin(cache, prompt, priority=Priority.HIGH)

    assert (await high)[1] is Origin.JUDGED
    assert not low.done()
    assert (await cache.obtain(KEY, judge))[1] is Origin.MEMORY
    judge.may_end.set()
    assert (await low)[1] is Origin.JUDGED


async def test_the_turn_of_a_higher_priority_is_waited_for(cache, judge):
    tasks = []
    for priority in (Priority.HIGH, Priority.NORMAL, Priority.LOW):
        tasks += await begin(cache, judge, priority=priority)
    judge.may_end.set()
    origins = [origin for _, origin in await asyncio.gather(*tasks)]

    assert origins == [Origin.JUDGED, Origin.JOINED, Origin.JOINED]
    assert judge.asked == 1


async def test_nobody_waits_for_another_clients_turn(cache, judge):
    tasks = []
    for client in ("one", "other", "one"):
        tasks += await begin(cache, judge, client=client)
    judge.may_end.set()
    origins = [origin for _, origin in await asyncio.gather(*tasks)]

    assert origins == [Origin.JUDGED, Origin.JUDGED, Origin.JOINED]


async def test_requests_of_one_client_wait_for_each_other(cache, judge):
    tasks = []
    for request in (None, 1, 2):
        tasks += await begin(cache, judge, request=request)
    judge.may_end.set()
    await asyncio.gather(*tasks)

    assert judge.asked == 1


async def test_errors_are_neither_kept_nor_shared(cache, judge):
    judge.answer = RunnerLost("three of them")
    tasks = await begin(cache, judge, 3)

    judge.may_end.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [RunnerLost] * 3
    assert judge.asked == 3
    judge.answer = made()

    assert (await cache.obtain(KEY, judge))[1] is Origin.JUDGED


async def test_what_does_not_last_is_shared_but_not_kept(cache, judge):
    judge.answer = made(0.0, lasting=False)
    tasks = await begin(cache, judge, 2)

    judge.may_end.set()
    await asyncio.gather(*tasks)
    assert judge.asked == 1
    await cache.obtain(KEY, judge)

    assert judge.asked == 2


async def test_what_may_not_be_shared_is_judged_for_each(cache, judge):
    judge.answer = made(shared=False, lasting=False)
    tasks = await begin(cache, judge, 3)

    judge.may_end.set()
    origins = [origin for _, origin in await asyncio.gather(*tasks)]

    assert judge.asked == 3
    assert origins == [Origin.JUDGED] * 3


async def test_what_is_kept_cannot_be_changed_by_who_gets_it(cache, judge):
    judge.may_end.set()
    await cache.obtain(KEY, judge)

    (await cache.obtain(KEY, judge))[0].judgement.score.reward = 0.0

    assert (await cache.obtain(KEY, judge))[0].judgement.score.reward == 1.0


async def test_nothing_stays_behind_of_those_in_work(cache, judge):
    tasks = await begin(cache, judge, 8)
    for task in tasks:
        task.cancel()

    await asyncio.gather(*tasks, return_exceptions=True)

    assert cache._under_way == {}
