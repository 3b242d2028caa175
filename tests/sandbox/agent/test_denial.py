"""What a program was kept from is found out, so that its wall clock need not pay for it."""

import os
import subprocess
import sys
import time

import pytest

from sandbox.agent import denial

BUSY = """
import os, time
os.sched_setaffinity(0, {core})
print(flush=True)
input()
while time.process_time() < 0.5:
    pass
print(flush=True)
input()
"""


def start(source):
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    process.stdout.readline()
    return process


@pytest.fixture
def rivals():
    """Two that want the same core, and have each used 0.5 s of it."""
    core = min(os.sched_getaffinity(0))
    processes = [start(BUSY.format(core={core})) for _ in range(2)]
    for process in processes:
        process.stdin.write(b"\n")
        process.stdin.flush()
    for process in processes:
        process.stdout.readline()
    yield [process.pid for process in processes]
    for process in processes:
        process.communicate(b"\n")


@pytest.mark.skipif(
    not os.path.exists("/proc/self/schedstat"), reason="this kernel does not tell who waited"
)
def test_two_that_want_one_core_wait_for_each_other(rivals):
    used_s = 0.5
    each_s = [denial.wanted_s([rival]) for rival in rivals]

    # One of them at least waited while the other used what it used.
    assert min(each_s) > used_s
    assert max(each_s) > used_s + 0.2
    # Together they have wanted it no longer than the one that wanted it longest.
    assert denial.wanted_s(rivals) == pytest.approx(max(each_s), abs=0.05)


def test_one_that_sleeps_waits_for_nobody():
    process = start("print(flush=True)\ninput()")
    time.sleep(0.1)  # for it to have gone to sleep
    before = denial.wanted_s([process.pid])
    time.sleep(0.3)
    waited_s = denial.wanted_s([process.pid]) - before
    process.communicate(b"\n")

    assert waited_s < 0.2


def test_one_that_has_ended_waits_no_more():
    process = subprocess.Popen([sys.executable, "-I", "-S", "-c", ""])
    process.wait()

    assert denial.wanted_s([process.pid]) == 0.0


def test_what_the_host_took_never_gets_less():
    before = denial.stolen_s()

    assert 0.0 <= before <= denial.stolen_s()
