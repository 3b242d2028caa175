"""CPU time that a tree of processes really used is what the meter reads, whoever waits for whom."""

import os
import subprocess
import sys
from typing import Any

import pytest

from sandbox.agent.meter import Meter

PARTS, EACH_S, TICK_S = 4, 0.05, 0.01
BURN = f"""
import os, signal, sys, time
if sys.argv[1] == "ignored":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
done, tell = os.pipe()
for _ in range({PARTS}):
    if os.fork() == 0:
        os.close(done)
        while time.process_time() < {EACH_S}:
            pass
        print("burnt", flush=True)
        sys.stdin.read()
        os._exit(0)
os.close(tell)
os.read(done, 1)
if sys.argv[1] == "waited":
    for _ in range({PARTS}):
        os.wait()
print("ended", flush=True)
signal.pause()
"""


class Others:
    """All processes but those of one session."""

    def __init__(self, leader):
        self._leader = leader

    def __contains__(self, pid):
        try:
            return os.getsid(pid) != self._leader
        except ProcessLookupError:
            return True


@pytest.fixture
def burn():
    """Starts a tree of processes, each of which burns as much; returns the parent."""
    started = []

    def start(way):
        command = [sys.executable, "-I", "-S", "-c", BURN, way]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        started.append(subprocess.Popen(command, start_new_session=True, **pipes))
        for _ in range(PARTS):
            assert started[-1].stdout.readline() == b"burnt\n"
        return started[-1]

    yield start
    for process in started:
        os.killpg(process.pid, 9)
        process.wait()
        process.stdin.close()
        process.stdout.close()


def let_children_end(process):
    process.stdin.close()
    assert process.stdout.readline() == b"ended\n"


def meter_of(process):
    others = Others(process.pid)
    return Meter(lambda: others, 0, None)


@pytest.mark.parametrize("way", ["waited", "unwaited", "ignored"])
def test_living_processes_are_read_to_better_than_a_tick(burn, way):
    process = burn(way)
    assert meter_of(process).read().cpu_s >= PARTS * EACH_S


@pytest.mark.parametrize("way", ["waited", "unwaited"])
def test_ended_children_count_though_nobody_looked_before(burn, way):
    process = burn(way)
    let_children_end(process)
    assert meter_of(process).read().cpu_s >= PARTS * EACH_S - 2 * TICK_S * PARTS


def test_what_was_seen_of_a_child_counts_when_nobody_waited_for_its_end(burn):
    process = burn("ignored")
    meter = meter_of(process)
    seen = meter.read().cpu_s
    let_children_end(process)
    assert meter_of(process).read().cpu_s < seen - PARTS * EACH_S / 2
    assert meter.read().cpu_s >= seen
