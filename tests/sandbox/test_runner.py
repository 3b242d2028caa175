"""What becomes of a runner from one session to the next, and of one that misbehaves."""

import asyncio

import pytest

from sandbox.agent import protocol
from sandbox.errors import Overloaded
from sandbox.messages import Opening
from sandbox.runner import Loss
from sandbox.types import Limits, Tier
from tests.sandbox.conversations import now, one_run, turn

pytestmark = pytest.mark.anyio


async def test_a_runner_is_replaced_after_its_number_of_runs(scripted):
    launcher = scripted.launcher()
    async with scripted.pool(launcher, runs_per_runner=2) as pool:
        for _ in range(5):
            await one_run(await pool.acquire(None))
        await scripted.eventually(lambda: len(launcher.stopped) == 2)
        assert pool.stats.lost == {Loss.WORN_OUT: 2}
        assert pool.runs == 5


async def test_a_runner_that_is_not_clean_is_replaced(scripted):
    async def dirty(agent, header, blobs):
        if header["op"] == "close" and agent.number == 1:
            agent.send({"op": "closed", "id": header["id"], "clean": False, "detail": "a daemon"})
        else:
            await scripted.polite(agent, header, blobs)

    launcher = scripted.launcher(dirty)
    async with scripted.pool(launcher) as pool:
        first = await pool.acquire(None)
        assert (await one_run(first)).stdout == b"x"
        await scripted.eventually(lambda: pool.stats.lost == {Loss.UNCLEAN: 1})
        assert await pool.acquire(None) is not first
        assert launcher.agents[0].stopped


class Cleaning:
    """Agents that clean up when they are told to."""

    def __init__(self, scripted):
        self._polite = scripted.polite
        self.done = asyncio.Event()

    async def __call__(self, agent, header, blobs):
        if header["op"] == "close":
            await self.done.wait()
        await self._polite(agent, header, blobs)


async def test_a_runner_is_handed_on_while_it_is_being_cleaned(scripted):
    launcher = scripted.launcher(cleaning := Cleaning(scripted))
    async with scripted.pool(launcher) as pool:
        first = await pool.acquire(None)
        await one_run(first)
        assert await pool.acquire(None) is first
        run = asyncio.create_task(one_run(first))
        await scripted.eventually(lambda: launcher.agents[0].ops == ["open", "run", "close"])
        cleaning.done.set()
        assert (await run).stdout == b"x"


async def test_a_runner_that_nobody_waits_for_is_cleaned_at_once(scripted):
    launcher = scripted.launcher()
    async with scripted.pool(launcher) as pool:
        await one_run(await pool.acquire(None))
        await scripted.eventually(lambda: launcher.agents[0].ops == ["open", "run", "close"])


@pytest.mark.parametrize("opens", [True, False])
async def test_who_takes_a_runner_and_leaves_it_does_not_keep_it_from_being_cleaned(
    scripted, opens
):
    launcher = scripted.launcher()
    async with scripted.pool(launcher) as pool:
        await one_run(runner := await pool.acquire(None))
        runner.begin()
        if opens:
            runner.open(0, Opening(files={}, python_main="main.py"))
        runner.close()
        await scripted.eventually(lambda: launcher.agents[0].ops == ["open", "run", "close"])


async def test_a_runner_on_which_something_still_runs_is_not_handed_on(scripted):
    launcher = scripted.launcher(cleaning := Cleaning(scripted))
    async with scripted.pool(launcher) as pool:
        runner = await pool.acquire(None)
        runner.begin()
        runner.open(0, Opening(files={"main.py": b""}, python_main="main.py"))
        runner.run(turn(stdin=b"x"))
        runner.close()
        with pytest.raises(Overloaded):
            await pool.acquire(now() + 0.03)
        cleaning.done.set()
        assert await pool.acquire(None) is runner


@pytest.mark.parametrize(
    ("tier", "runs"), [(Tier.FRESH, 1000), (Tier.WARM, 1)], ids=["fresh", "worn out"]
)
async def test_a_runner_that_is_not_to_be_used_again_is_not_handed_on(scripted, tier, runs):
    launcher = scripted.launcher()
    async with scripted.pool(launcher, tiers=(tier,), runs_per_runner=runs) as pool:
        first = await pool.acquire(None, tier=tier)
        await one_run(first)
        assert await pool.acquire(None, tier=tier) is not first
        assert pool.stats.lost == {Loss.WORN_OUT: 1}


async def test_a_runner_that_dies_idle_costs_nobody_anything(scripted):
    launcher = scripted.launcher()
    async with scripted.pool(launcher) as pool:
        await scripted.eventually(lambda: pool.runners == 1)
        launcher.agents[0].die()
        await scripted.eventually(lambda: pool.stats.launched == 2)
        assert (await one_run(await pool.acquire(None))).stdout == b"x"
        assert pool.stats.lost == {Loss.DIED: 1}


async def test_a_runner_that_never_finishes_cleaning_is_replaced(scripted):
    async def never_closes(agent, header, blobs):
        if header["op"] != "close" or agent.number > 1:
            await scripted.polite(agent, header, blobs)

    async with scripted.pool(scripted.launcher(never_closes), answer_grace_s=0.05) as pool:
        first = await pool.acquire(None)
        await one_run(first)
        await scripted.eventually(lambda: pool.stats.lost == {Loss.HUNG: 1})
        assert await pool.acquire(None) is not first


async def test_a_session_that_sent_nothing_gives_its_runner_back_at_once(scripted):
    launcher = scripted.launcher()
    async with scripted.pool(launcher) as pool:
        runner = await pool.acquire(None)
        runner.begin()
        runner.open(0, Opening(files={}, python_main="main.py"))
        runner.close()
        assert await pool.acquire(None) is runner
        assert (await one_run(runner)).stdout == b"x"
        assert launcher.agents[0].ops[:2] == ["open", "run"]


async def test_waiting_between_open_and_run_is_no_hang(scripted):
    async with scripted.pool(scripted.launcher(), answer_grace_s=0.05) as pool:
        runner = await pool.acquire(None)
        runner.begin()
        runner.open(0, Opening(files={}, python_main="main.py"))
        await asyncio.sleep(0.15)
        assert (await runner.run(turn(stdin=b"x")))[0].stdout == b"x"


NONSENSE = {
    "garbage": lambda agent, header: agent.send_bytes(b"\0garbage" * 10),
    "another session's answer": lambda agent, header: agent.send_ran({**header, "id": 99}),
    "another run's answer": lambda agent, header: agent.send_ran({**header, "index": 1}),
    "another kind of answer": lambda agent, header: agent.send({"op": "paired", "id": 1}),
    "an answer too many": lambda agent, header: [agent.send_ran(header) for _ in range(2)],
    "a closing nobody asked for": lambda agent, header: agent.send({"op": "closed", "id": 1}),
    "an impossible execution": lambda agent, header: agent.send_ran(header, cpu_s=-1),
    "too much output": lambda agent, header: agent.send_ran(header, stdout=bytes(2_000_000)),
    "no execution": lambda agent, header: agent.send({**header, "op": "ran"}, [b"", b""]),
    "an unknown operation": lambda agent, header: agent.send({"op": "mail"}),
}


@pytest.mark.parametrize("nonsense", NONSENSE.values(), ids=NONSENSE)
async def test_a_runner_that_talks_nonsense_is_thrown_away(scripted, nonsense):
    async def talk(agent, header, blobs):
        if header["op"] == "run" and agent.number == 1:
            nonsense(agent, header)
        else:
            await scripted.polite(agent, header, blobs)

    launcher = scripted.launcher(talk)
    async with scripted.pool(launcher) as pool:
        runner = await pool.acquire(None)
        runner.begin()
        runner.open(0, Opening(files={}, python_main="main.py"))
        limits = Limits(output_bytes=1000)
        await asyncio.wait([runner.run(turn(limits))])
        runner.close()
        await scripted.eventually(lambda: launcher.agents[0].stopped)
        assert pool.stats.lost == {Loss.NONSENSE: 1}
        assert (await one_run(await pool.acquire(None))).stdout == b"x"


async def test_answers_that_crossed_with_the_closing_are_forgotten(scripted):
    held = []

    async def late(agent, header, blobs):
        if header["op"] == "run" and blobs[0] == b"slow":
            held.append(header)
            return
        if header["op"] == "close" and held:
            agent.send_ran(held.pop(), stdout=b"late")
        await scripted.polite(agent, header, blobs)

    async with scripted.pool(scripted.launcher(late)) as pool:
        runner = await pool.acquire(None)
        runner.begin()
        runner.open(0, Opening(files={}, python_main="main.py"))
        runner.run(turn(stdin=b"slow"))
        await scripted.eventually(lambda: held)
        runner.close()
        assert await pool.acquire(None) is runner
        assert (await one_run(runner)).stdout == b"x"
        assert pool.stats.lost == {}


async def test_a_frame_can_be_as_large_as_was_agreed_and_no_larger(scripted, monkeypatch):
    monkeypatch.setattr(protocol, "MAX_FRAME_BYTES", 10_000)
    async with scripted.pool(scripted.launcher()) as pool:
        runner = await pool.acquire(None)
        runner.begin()
        runner.open(0, Opening(files={}, python_main="main.py"))
        with pytest.raises(ValueError, match="too large"):
            runner.run(turn(stdin=bytes(10_000)))
        runner.close()
        assert await pool.acquire(None) is runner
