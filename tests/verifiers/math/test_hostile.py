"""Answers that try to get a reward without being right, or to cost more than they may."""

import json
import resource
import time
from pathlib import Path

import pytest

from verifiers.math.policies import MathOptions
from verifiers.math.verifier import MathVerifier

pytestmark = pytest.mark.anyio

PATH = Path(__file__).parents[2] / "data" / "math" / "hostile.jsonl"
ROWS = [json.loads(line) for line in PATH.read_text(encoding="utf-8").split("\n") if line]
MAX_CPU_S = 1.0  # four times what is promised: that is measured by benchmarks/maths.py
MAX_BYTES = 50 * 1024 * 1024


def completion(row):
    if "completion" in row:
        return row["completion"]
    return "".join(text * times for text, times in row["parts"])


async def test_no_hostile_answer_gets_a_reward(tools):
    rewarded, slow = [], []
    for row in ROWS:
        text = completion(row)
        started = time.process_time()
        score = await MathVerifier().verify(text, row["gold"], MathOptions(), tools)
        if score.reward != 0.0:
            rewarded.append((row["gold"], text[:80], score.message))
        if time.process_time() - started > MAX_CPU_S:
            slow.append((row["gold"], text[:80]))
    assert rewarded == []
    assert slow == []


async def test_hostile_answers_take_little_memory(tools):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for row in ROWS:
        await MathVerifier().verify(completion(row), row["gold"], MathOptions(), tools)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown * 1024 < MAX_BYTES


def test_there_are_enough_of_them_and_each_has_its_source():
    assert len(ROWS) >= 150
    assert all(row["source"] for row in ROWS)
