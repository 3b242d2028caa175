"""The pool of worker processes, with functions of the standard library as its work."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from sandbox import Overloaded
from verifiers import WorkerError, WorkerLost, WorkerTimeout
from verifiers.worker import GROWTH_BYTES, MAX_FRAME_BYTES, encode_frame
from verifiers.worker_process import WorkerProcess
from verifiers.workers import MEMORY_BYTES, WorkerPool

pytestmark = pytest.mark.anyio

FUNCTIONS = (
    "math:factorial",
    "math:sqrt",
    "operator:mul",
    "os:abort",
    "os:getpid",
    "os:putenv",
    "builtins:print",
    "runpy:run_path",
    "time:sleep",
    "no.such.module:function",
)
ENDLESS = 20_000_000
"""Its factorial takes minutes, all within one call of C."""


@pytest.fixture
async def pool():
    async with WorkerPool(FUNCTIONS, size=2) as pool:
        yield pool


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def wait_until(condition):
    asyncio.run(until(condition))


async def until(condition, *, within_s: float = 20.0):
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.01)


async def test_a_call_returns_plain_data(pool):
    assert await pool.call("math:sqrt", 9, cpu_s=1) == 3.0


async def test_what_the_function_raises_is_a_worker_error_with_its_message(pool):
    with pytest.raises(WorkerError, match="ValueError: math domain error"):
        await pool.call("math:sqrt", -1, cpu_s=1)


async def test_a_function_that_was_not_listed_cannot_be_called(pool):
    with pytest.raises(WorkerError, match="not on the list"):
        await pool.call("os:getcwd", cpu_s=1)


async def test_a_function_that_does_not_load_says_why(pool):
    with pytest.raises(WorkerError, match="No module named 'no'"):
        await pool.call("no.such.module:function", cpu_s=1)


async def test_cpu_time_is_limited_even_within_c_code(pool):
    started = time.process_time()
    with pytest.raises(WorkerTimeout, match="CPU time"):
        await pool.call("math:factorial", ENDLESS, cpu_s=0.1)
    assert time.process_time() - started < 1


async def test_waiting_is_not_using_cpu_time(pool):
    assert await pool.call("time:sleep", 0.5, cpu_s=0.1) is None


async def test_memory_is_limited(pool):
    with pytest.raises(WorkerTimeout, match="memory"):
        await pool.call("operator:mul", "x", 2**30, cpu_s=1)


async def test_a_crash_on_every_try_is_the_functions_own_doing(pool):
    with pytest.raises(WorkerTimeout, match="SIGABRT"):
        await pool.call("os:abort", cpu_s=1)


async def test_calls_share_a_process_that_is_not_the_workers(pool):
    pids = {await pool.call("os:getpid", cpu_s=1) for _ in range(3)}
    assert len(pids) == 1
    assert not pids & {*pool.pids, os.getpid()}


@pytest.mark.parametrize(
    "last", [("math:factorial", ENDLESS), ("operator:mul", "x", 2**30), ("os:abort",)]
)
async def test_what_exhausted_its_limits_shares_its_process_with_nothing_after_it(pool, last):
    before = await pool.call("os:getpid", cpu_s=0.3)
    with pytest.raises(WorkerError):
        await pool.call(*last, cpu_s=0.3)
    assert await pool.call("os:getpid", cpu_s=0.3) != before


async def test_what_a_function_prints_does_not_get_between_the_replies(pool):
    assert await pool.call("builtins:print", "x" * 100_000, cpu_s=1) is None
    assert await pool.call("math:sqrt", 4, cpu_s=1) == 2.0


async def test_a_process_that_has_grown_is_replaced(pool):
    await pool.call("os:putenv", "KEPT", "", cpu_s=1)
    before = await pool.call("os:getpid", cpu_s=1)
    await pool.call("os:putenv", "KEPT", "x" * (GROWTH_BYTES // 16), cpu_s=1)
    assert await pool.call("os:getpid", cpu_s=1) == before
    for number in range(9):
        await pool.call("os:putenv", f"KEPT_{number}", "x" * (GROWTH_BYTES // 4), cpu_s=1)
    assert await pool.call("os:getpid", cpu_s=1) != before


async def test_what_others_of_a_message_left_in_memory_is_not_taken_from_a_call(tmp_path):
    script = tmp_path / "keeps.py"
    keep = f"sys.kept = [*getattr(sys, 'kept', ()), bytearray({MEMORY_BYTES // 4})]"
    script.write_text(f"import sys\n{keep}\nraise LookupError('it is kept')")
    async with WorkerPool(FUNCTIONS, size=1) as pool:
        calls = [pool.call("runpy:run_path", str(script), cpu_s=1) for _ in range(8)]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert all("LookupError: it is kept" in str(outcome) for outcome in outcomes)


async def test_what_waits_is_made_together_and_each_call_has_its_own_outcome(pool):
    numbers = [*range(40), -1, ENDLESS, 9]
    outcomes = await asyncio.gather(
        *(pool.call("math:factorial", number, cpu_s=0.3) for number in numbers),
        return_exceptions=True,
    )
    assert outcomes[4] == 24
    assert type(outcomes[40]) is WorkerError
    assert type(outcomes[41]) is WorkerTimeout
    assert outcomes[42] == 362880


async def test_a_message_that_is_too_large_fails_only_its_own_call(pool):
    outcomes = await asyncio.gather(
        pool.call("math:sqrt", "x" * MAX_FRAME_BYTES, cpu_s=1),
        pool.call("math:sqrt", 4, cpu_s=1),
        return_exceptions=True,
    )
    large, small = outcomes
    assert isinstance(large, ValueError)
    assert small == 2.0


async def test_cancelling_one_of_several_calls_leaves_the_others(pool):
    calls = [asyncio.create_task(pool.call("time:sleep", 0.2, cpu_s=1)) for _ in range(4)]
    await until(lambda: pool.pids and children(pool.pids[0]))
    calls[0].cancel()
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(outcomes[0], asyncio.CancelledError)
    assert outcomes[1:] == [None] * 3


async def test_a_deadline_ends_waiting_as_overload(pool):
    with pytest.raises(Overloaded):
        await pool.call("time:sleep", 30, cpu_s=1, deadline=asyncio.get_running_loop().time() + 0.3)
    assert await pool.call("math:sqrt", 4, cpu_s=1) == 2.0


async def test_a_cancelled_call_stops_its_worker_and_the_pool_goes_on(pool):
    call = asyncio.create_task(pool.call("time:sleep", 30, cpu_s=1))
    await until(lambda: pool.pids and children(pool.pids[0]))
    (pid,) = pool.pids
    (child,) = children(pid)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await until(lambda: not is_running(child))
    assert not is_running(pid)
    assert await pool.call("math:sqrt", 4, cpu_s=1) == 2.0


@pytest.mark.parametrize("whom", ["worker", "child"])
async def test_a_worker_killed_from_outside_is_replaced_and_its_call_made_again(pool, whom):
    call = asyncio.create_task(pool.call("time:sleep", 1, cpu_s=1))
    await until(lambda: pool.pids and children(pool.pids[0]))
    (pid,) = pool.pids
    os.kill(pid if whom == "worker" else children(pid)[0], signal.SIGKILL)
    assert await call is None


async def test_a_worker_killed_on_every_try_is_lost(pool):
    call = asyncio.create_task(pool.call("time:sleep", 30, cpu_s=1))
    killed = set()
    while not call.done():
        running = {child for pid in pool.pids if is_running(pid) for child in children(pid)}
        for pid in running - killed:
            os.kill(pid, signal.SIGKILL)
            killed.add(pid)
        await asyncio.sleep(0.01)
    with pytest.raises(WorkerLost, match="3 times"):
        await call
    assert len(killed) == 3


async def test_idle_workers_that_were_killed_cost_no_try():
    async with WorkerPool(FUNCTIONS, size=4) as pool:
        idle = await all_workers(pool)
        for pid in idle:
            os.kill(pid, signal.SIGKILL)
        assert await pool.call("math:sqrt", 4, cpu_s=1) == 2.0


async def test_idle_workers_that_take_their_time_to_die_cost_no_try(monkeypatch):
    async with WorkerPool(FUNCTIONS, size=4) as pool:
        idle = await all_workers(pool)
        monkeypatch.setattr(WorkerProcess, "alive", True)  # as a kernel with much to do has it
        for pid in idle:
            os.kill(pid, signal.SIGKILL)
        assert await pool.call("math:sqrt", 4, cpu_s=1) == 2.0
        assert not idle & set(pool.pids)


async def all_workers(pool):
    """The PIDs of four, all of them idle."""
    await asyncio.gather(*(pool.call("time:sleep", 0.3, cpu_s=1) for _ in range(4)))
    assert len(pool.pids) == 4
    return set(pool.pids)


async def test_no_more_workers_run_than_the_pool_may_have(pool):
    await asyncio.gather(*(pool.call("math:sqrt", 4, cpu_s=1) for _ in range(20)))
    assert len(pool.pids) <= 2


async def test_closing_leaves_no_process_behind():
    async with WorkerPool(FUNCTIONS, size=1) as pool:
        call = asyncio.create_task(pool.call("time:sleep", 30, cpu_s=1))
        await until(lambda: pool.pids and children(pool.pids[0]))
        pids = [*pool.pids, *children(pool.pids[0])]
        call.cancel()
    await until(lambda: not any(map(is_running, pids)))


def test_nothing_survives_a_service_that_was_killed():
    program = """
        import anyio
        from verifiers.workers import MEMORY_BYTES, WorkerPool

        async def main():
            async with WorkerPool(("time:sleep",), size=1) as pool:
                await pool.call("time:sleep", 60, cpu_s=1)

        anyio.run(main)
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)]) as service:
        wait_until(lambda: children(service.pid) and children(children(service.pid)[0]))
        (worker,) = children(service.pid)
        (child,) = children(worker)
        service.kill()
    wait_until(lambda: not is_running(worker) and not is_running(child))


def test_a_message_that_is_too_large_is_refused():
    with pytest.raises(ValueError, match="over the"):
        encode_frame("x" * (64 * 1024 * 1024))
