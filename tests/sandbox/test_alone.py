"""Near to a limit beside others: a run is repeated alone, and only that run counts."""

import asyncio
import math
from contextlib import asynccontextmanager

import pytest

from sandbox.errors import Overloaded
from sandbox.types import Harness, Invocation, Limits, Party, Program, Status

pytestmark = pytest.mark.anyio

PROGRAM = Program(language="python", source="print()")
LIMITS = Limits(cpu_s=1.0)
PARTY = Party(harness=Harness(modules=(("e", "..."),), entry="e:main"), payload=b"", limits=LIMITS)
OVER = "time_limit_exceeded"


class Machine:
    """Agents on which a run uses the CPU time that its input names: in company, and alone.

    A limit of theirs ends it, as it would end a program.
    """

    def __init__(self, scripted):
        self.scripted = scripted
        self.runs = []
        """Input and limit of CPU time of each run."""
        self.seen = {}
        """Functions by the number of runs after which each is called."""

    async def behave(self, agent, header, blobs):
        match header["op"]:
            case "run":
                self.answer_run(agent, header, blobs)
            case "pair":
                self.answer_pair(agent, header)
            case _:
                await self.scripted.polite(agent, header, blobs)

    def answer_run(self, agent, header, blobs):
        limits = header["parties"][0]["limits"]
        used = self.use(blobs[0].decode(), limits)
        agent.send_ran(header, stdout=blobs[0], **used)

    def answer_pair(self, agent, header):
        used = self.use("1.1 0.9", header["parties"][1]["limits"])
        good = self.scripted.ended_well
        executions = [good, {**good, **used}]
        agent.send({"op": "paired", "id": header["id"], "executions": executions}, [b""] * 6)

    def use(self, text, limits):
        in_company, alone, *wall = map(float, text.split())
        repeated = any(text == before for before, _ in self.runs)
        self.runs.append((text, limits["cpu_s"]))
        self.seen.get(len(self.runs), bool)()
        cpu_s = alone if repeated else in_company
        if cpu_s > limits["cpu_s"]:
            message = f"used more than {limits['cpu_s']:g} s of CPU time"
            killed = {"status": OVER, "exit_code": None, "signal": 9, "message": message}
            return {**killed, "cpu_s": limits["cpu_s"] + 0.01}
        if wall and not repeated:
            return {"status": OVER, "exit_code": None, "signal": 9, "cpu_s": cpu_s}
        return {"cpu_s": cpu_s}


@pytest.fixture
def machine(scripted):
    return Machine(scripted)


@asynccontextmanager
async def sandbox_of(machine, slots=2, **settings):
    launcher = machine.scripted.launcher(machine.behave, slots=slots)
    async with machine.scripted.sandbox(launcher, **settings) as sandbox:
        await machine.scripted.eventually(lambda: sandbox.pool.idle == slots)
        yield sandbox


@asynccontextmanager
async def company(sandbox, machine, *, runs):
    """Another session, which leaves after that many runs."""
    leaving = asyncio.Event()

    async def stay():
        async with sandbox.open(PROGRAM):
            here.set()
            await leaving.wait()

    here = asyncio.Event()
    other = asyncio.create_task(stay())
    await here.wait()
    machine.seen[runs] = leaving.set
    try:
        yield
    finally:
        leaving.set()
        await other


async def run(sandbox, text, **options):
    async with sandbox.open(PROGRAM, limits=LIMITS, **options) as session:
        return await session.run(Invocation(stdin=text.encode()))


async def run_in_company(machine, sandbox, text):
    async with company(sandbox, machine, runs=len(machine.runs) + 1):
        return await run(sandbox, text)


async def test_alone_the_limit_is_the_one_that_was_asked_for(machine):
    async with sandbox_of(machine) as sandbox:
        execution = await run(sandbox, "1.1 0.9")

    assert execution.status is Status.TIME_LIMIT_EXCEEDED
    assert machine.runs == [("1.1 0.9", 1.0)]


async def test_what_is_within_its_limit_in_company_is_not_repeated(machine):
    async with sandbox_of(machine) as sandbox:
        execution = await run_in_company(machine, sandbox, "0.99 0.5")

    assert (execution.status, execution.cpu_s) == (Status.EXITED, 0.99)
    assert len(machine.runs) == 1


@pytest.mark.parametrize(("alone", "status"), [("0.9", Status.EXITED), ("1.05", OVER)])
async def test_what_is_near_to_its_limit_in_company_is_decided_alone(machine, alone, status):
    text = f"1.1 {alone}"
    async with sandbox_of(machine) as sandbox:
        execution = await run_in_company(machine, sandbox, text)
        assert sandbox.pool.stats.reruns == 1

    assert execution.status == status
    assert machine.runs == [(text, 1.2), (text, 1.0)]


async def test_what_is_far_beyond_its_limit_is_not_repeated(machine):
    async with sandbox_of(machine) as sandbox:
        execution = await run_in_company(machine, sandbox, "60 0.9")

    assert execution.status is Status.TIME_LIMIT_EXCEEDED
    assert execution.message == "used more than 1 s of CPU time"
    assert len(machine.runs) == 1


async def test_what_had_company_only_for_a_while_is_decided_alone(machine):
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def wait(agent, header, blobs):
        if header["op"] == "run":
            begun.set()
            await may_end.wait()
        await machine.behave(agent, header, blobs)

    async with machine.scripted.sandbox(machine.scripted.launcher(wait, slots=2)) as sandbox:
        running = asyncio.create_task(run(sandbox, "1.1 0.9"))
        await begun.wait()
        async with sandbox.open(PROGRAM):
            pass
        may_end.set()
        execution = await running

    assert execution.status is Status.EXITED
    assert machine.runs == [("1.1 0.9", 1.0)] * 2


@pytest.mark.parametrize(("cpu_s", "runs"), [("0.5", 2), ("0.01", 1)])
async def test_a_wall_clock_that_ran_out_counts_at_once_for_who_slept(machine, cpu_s, runs):
    async with sandbox_of(machine) as sandbox:
        execution = await run_in_company(machine, sandbox, f"{cpu_s} {cpu_s} 1")

    assert len(machine.runs) == runs
    assert (execution.status is Status.EXITED) is (runs == 2)


async def test_the_wall_clock_is_the_same_in_company(machine):
    seen = []

    async def note(agent, header, blobs):
        if header["op"] == "run":
            seen.append(header["parties"][0]["limits"]["wall_s"])
        await machine.behave(agent, header, blobs)

    launcher = machine.scripted.launcher(note, slots=2)
    async with machine.scripted.sandbox(launcher) as sandbox:
        await run(sandbox, "0.1 0.1")
        await run_in_company(machine, sandbox, "0.2 0.2")

    assert seen == [LIMITS.wall_backstop_s] * 2


@pytest.mark.parametrize("slots", [2, 8])
async def test_nothing_else_runs_meanwhile(machine, slots):
    busy = []

    async def look(agent, header, blobs):
        if header["op"] == "run" and any(blobs[0].decode() == text for text, _ in machine.runs):
            busy.append(sandbox.pool.busy)
        await machine.behave(agent, header, blobs)

    launcher = machine.scripted.launcher(look, slots=slots)
    async with machine.scripted.sandbox(launcher) as sandbox:
        await machine.scripted.eventually(lambda: sandbox.pool.idle == slots)
        async with asyncio.TaskGroup() as group:
            for number in range(20):
                group.create_task(run(sandbox, f"1.1 0.9{number:02}"))
        await machine.scripted.eventually(lambda: sandbox.pool.idle == slots)

    assert busy
    assert set(busy) == {1}


async def test_what_cannot_be_run_alone_has_no_time_limit(machine, monkeypatch):
    monkeypatch.setattr("sandbox.alone._PATIENCE_S", 0.1)
    async with sandbox_of(machine, slots=8) as sandbox, company(sandbox, machine, runs=9):
        with pytest.raises(Overloaded):
            await run(sandbox, "1.1 1.1")

    assert machine.runs == [("1.1 1.1", 1.2)]


async def test_who_waits_for_that_is_served_when_it_is_over(machine):
    async with sandbox_of(machine, slots=2) as sandbox:
        async with company(sandbox, machine, runs=9):
            doubted = asyncio.create_task(run(sandbox, "1.1 0.9"))
            await machine.scripted.eventually(lambda: sandbox.pool.stats.reruns)
            later = asyncio.create_task(run(sandbox, "0.5 0.5"))
            await machine.scripted.eventually(lambda: sandbox.pool.queue_length == 2)
        executions = await asyncio.gather(doubted, later)

    assert [execution.succeeded for execution in executions] == [True, True]
    assert [text for text, _ in machine.runs] == ["1.1 0.9", "1.1 0.9", "0.5 0.5"]


async def test_who_waits_for_that_is_served_when_it_is_given_up(machine):
    async with sandbox_of(machine, slots=2) as sandbox, company(sandbox, machine, runs=9):
        doubted = asyncio.create_task(run(sandbox, "1.1 0.9"))
        await machine.scripted.eventually(lambda: sandbox.pool.stats.reruns)
        later = asyncio.create_task(run(sandbox, "0.5 0.5"))
        await machine.scripted.eventually(lambda: sandbox.pool.queue_length == 2)
        doubted.cancel()

        assert (await later).succeeded


async def test_all_who_are_in_doubt_at_once_get_their_turn(machine):
    async with sandbox_of(machine) as sandbox:
        executions = await asyncio.gather(
            *(run(sandbox, f"1.1 0.9{number:02}") for number in range(40))
        )
        await machine.scripted.eventually(lambda: sandbox.pool.idle == 2)

    in_company = [limit for _, limit in machine.runs if not math.isclose(limit, 1.0)]
    assert sum(execution.succeeded for execution in executions) >= len(in_company) > 0


async def test_with_one_slot_everybody_is_alone(machine):
    async with sandbox_of(machine, slots=1) as sandbox:
        executions = await asyncio.gather(*(run(sandbox, f"1.1 0.9{n}") for n in range(5)))

    assert {execution.status for execution in executions} == {OVER}
    assert len(machine.runs) == 5


async def test_of_many_inputs_only_the_doubtful_are_repeated(machine):
    texts = ["0.5 0.5", "1.1 0.7", "0.6 0.6", "40 40", "50 50", "0.3 0.3"]
    given = [Invocation(stdin=text.encode()) for text in texts]
    async with (
        sandbox_of(machine) as sandbox,
        company(sandbox, machine, runs=2),
        sandbox.open(PROGRAM, limits=LIMITS) as session,
    ):
        executions = [execution async for execution in session.run_each(given)]

    assert [execution.stdout.decode() for execution in executions] == texts
    assert executions[1].succeeded
    assert executions[1].cpu_s == 0.7
    statuses = [execution.status for execution in executions]
    assert statuses == [Status.EXITED] * 3 + [OVER] * 2 + [Status.EXITED]
    counts = [sum(text == ran for ran, _ in machine.runs) for text in texts]
    assert counts == [1, 2, 1, 1, 1, 1]


async def test_several_tasks_may_use_the_session_meanwhile(machine):
    texts = [f"1.1 0.{number}" for number in range(10, 20)]
    async with (
        sandbox_of(machine) as sandbox,
        company(sandbox, machine, runs=len(texts)),
        sandbox.open(PROGRAM, limits=LIMITS) as session,
    ):
        executions = await asyncio.gather(
            *(session.run(Invocation(stdin=text.encode())) for text in texts)
        )

    assert [execution.stdout.decode() for execution in executions] == texts
    assert all(execution.succeeded for execution in executions)


async def test_of_a_pair_the_second_party_is_judged(machine):
    async with sandbox_of(machine) as sandbox, company(sandbox, machine, runs=1):
        _, second = await sandbox.run_pair(PARTY, PARTY)

    assert second.succeeded
    assert machine.runs == [("1.1 0.9", 1.2), ("1.1 0.9", 1.0)]


async def test_a_runner_that_is_lost_meanwhile_is_replaced(machine):
    lost = []

    async def die_once(agent, header, blobs):
        if header["op"] == "run" and machine.runs and not lost:
            lost.append(agent)
            agent.die()
            return
        await machine.behave(agent, header, blobs)

    launcher = machine.scripted.launcher(die_once, slots=2)
    async with machine.scripted.sandbox(launcher) as sandbox:
        await machine.scripted.eventually(lambda: sandbox.pool.idle == 2)
        execution = await run_in_company(machine, sandbox, "1.1 0.9")

    assert lost
    assert execution.succeeded


async def test_the_deadline_holds_for_who_waits_to_be_alone(machine):
    async with sandbox_of(machine) as sandbox, company(sandbox, machine, runs=9):
        soon = asyncio.get_running_loop().time() + 0.2
        with pytest.raises(Overloaded):
            await run(sandbox, "1.1 0.9", deadline=soon)
        await machine.scripted.eventually(lambda: sandbox.pool.idle == 1)


async def test_who_gives_up_leaves_the_turn_to_others(machine):
    async with sandbox_of(machine) as sandbox:
        async with company(sandbox, machine, runs=9):
            waiting = asyncio.create_task(run(sandbox, "1.1 0.9"))
            await machine.scripted.eventually(lambda: machine.runs)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        await machine.scripted.eventually(lambda: sandbox.pool.idle == 2)

        assert (await run_in_company(machine, sandbox, "1.1 0.8")).succeeded
