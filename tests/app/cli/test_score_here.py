"""`rewardbox score` without a service: the same scoring in the command's own process."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.namespaces


def program(name, source, **more):
    reference = {"tests": [{"stdin": "1 2\n", "stdout": "3\n"}]}
    return {
        "id": name,
        "verifier": "code.stdio",
        "completion": source,
        "reference": reference,
    } | more


@pytest.fixture(autouse=True)
def launcher(monkeypatch):
    monkeypatch.setenv("REWARDBOX_LAUNCHER", "namespaces")


def test_programs_and_answers_get_their_rewards(rewardbox_process, write_rows):
    path = write_rows(
        program("right", "print(sum(map(int, input().split())))"),
        program("wrong", "print(4)"),
        {"id": "maths", "verifier": "math", "completion": r"\boxed{0.5}", "reference": "1/2"},
        "not JSON",
    )
    done = rewardbox_process("score", path)
    results = {result["line"]: result for result in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 1
    assert {line: result["reward"] for line, result in results.items()} == {
        1: 1.0,
        2: 0.0,
        3: 1.0,
        4: None,
    }
    assert "line 4: not JSON" in done.stderr
    assert "4 rows, mean reward 0.6667" in done.stderr


def test_after_ctrl_c_the_same_command_goes_on(write_rows, read_rows, tmp_path):
    slow = "import time; time.sleep(60)"
    path = write_rows(*(program(number, "print(3)") for number in range(20)), program("slow", slow))
    output = tmp_path / "out.jsonl"
    command = [Path(sys.executable).with_name("rewardbox"), "score", path, "-o", output]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and (not output.exists() or len(read_rows(output)) < 20):
            os.sched_yield()
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "run the same command again to go on" in stderr
    assert "Traceback" not in stderr
    before = output.read_bytes()

    path.write_text(path.read_text().replace("time.sleep(60)", "print(3)"))
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0
    assert "20 of them were there already" in done.stderr
    assert [line["reward"] for line in read_rows(output)] == [1.0] * 21
    assert set(before.splitlines()) < set(output.read_bytes().splitlines())


def test_a_rows_time_and_deadline_count_from_its_own_turn(rewardbox_process, write_rows):
    nap = "import time; time.sleep(0.5); print(3)"
    path = write_rows(*(program(number, f"{nap}  # {number}") for number in range(8)))
    done = rewardbox_process("score", path, REWARDBOX_BATCH_CONCURRENCY="1")
    times = [json.loads(line)["timing"]["total_s"] for line in done.stdout.splitlines()]
    # From the start of the file it would be 2.5 s and more for the second half of the rows.
    assert 0.5 < min(times[4:]) < 2.5


def test_settings_that_are_wrong_are_named(rewardbox_process, write_rows):
    done = rewardbox_process("score", write_rows(program("a", "")), REWARDBOX_SLOTS="many")
    assert done.returncode == 2
    assert "REWARDBOX_SLOTS" in done.stderr
    assert "Traceback" not in done.stderr
