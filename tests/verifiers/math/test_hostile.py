"""Answers that try to get a reward without being right, or to cost more than they may."""

import json
import os
import re
from pathlib import Path

import pytest

from verifiers import InvalidReference
from verifiers.math.policies import MathOptions
from verifiers.math.verifier import EXPLAIN, MathVerifier

pytestmark = pytest.mark.anyio

PATH = Path(__file__).parents[2] / "data" / "math" / "hostile.jsonl"
ROWS = [json.loads(line) for line in PATH.read_text(encoding="utf-8").split("\n") if line]
MAX_CPU_S = 0.25
KILLED_LATE_S = 0.1
"""How far a check that is killed for its golds may come past its budget on a busy machine."""
MAX_BYTES = 50 * 1024 * 1024


def completion(row):
    if "completion" in row:
        return row["completion"]
    return "".join(text * times for text, times in row["parts"])


def children(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def cpu_s(pid):
    """Of a worker and the process that makes its calls now, and of those that ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return own + sum(map(cpu_s, children(pid)))


def peak_bytes(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert peak is not None
    return int(peak[1]) * 1024


async def ready_worker(tools):
    """The pid of the only worker, which has loaded all that it may need."""
    await MathVerifier().verify(r"\boxed{\int_0^1 x dx}", "1", MathOptions(), tools)
    await tools.workers.call(EXPLAIN, "", ["1"], "auto", "{}", cpu_s=1)
    (worker,) = tools.workers.pids
    return worker


async def test_no_hostile_answer_gets_a_reward_or_costs_much(tools):
    worker = await ready_worker(tools)
    rewarded, slow, large = [], [], []
    for row in ROWS:
        text = completion(row)
        before_s = cpu_s(worker)
        score = await MathVerifier().verify(text, row["gold"], MathOptions(), tools)
        if score.reward != 0.0:
            rewarded.append((row["gold"], text[:80], score.message))
        if cpu_s(worker) - before_s > MAX_CPU_S:
            slow.append((row["gold"], text[:80]))
        if any(peak_bytes(child) - peak_bytes(worker) > MAX_BYTES for child in children(worker)):
            large.append((row["gold"], text[:80]))
    assert rewarded == []
    assert slow == []
    assert large == []


async def test_a_check_has_one_budget_however_many_golds_it_has(tools):
    hard = r"\prod_{k=1}^{10^9} \frac{k}{k+\sin (%d k)}"
    worker = await ready_worker(tools)
    before_s = cpu_s(worker)
    golds = [hard % number for number in range(1, 60)]
    with pytest.raises(InvalidReference, match="cannot be evaluated"):
        await MathVerifier().verify(r"\boxed{5}", golds, MathOptions(), tools)
    assert cpu_s(worker) - before_s < MAX_CPU_S + KILLED_LATE_S


def test_there_are_enough_of_them_and_each_has_its_source():
    assert len(ROWS) >= 150
    assert all(row["source"] for row in ROWS)
