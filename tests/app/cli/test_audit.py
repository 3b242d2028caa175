"""`rewardbox audit` finds the faults that were planted in a file of tasks, and nothing else."""

import json
from pathlib import Path

import pytest

pytestmark = [pytest.mark.namespaces, pytest.mark.xdist_group("audit")]

TASKS = Path(__file__).parents[2] / "data" / "audit" / "tasks.jsonl"
REPEATS = 10
"""The unstable solution has three verdicts by chance: one in 20,000 audits sees only one."""


@pytest.fixture(autouse=True)
def launcher(monkeypatch):
    monkeypatch.setenv("REWARDBOX_LAUNCHER", "namespaces")


def test_it_finds_the_planted_faults_all_of_them_and_nothing_else(rewardbox_process):
    rows = [json.loads(line) for line in TASKS.read_text(encoding="utf-8").splitlines()]
    planted = {row["id"]: row["planted"] for row in rows}
    done = rewardbox_process("audit", TASKS, "--json", "--repeats", REPEATS)
    report = json.loads(done.stdout)
    found = {name: [] for name in planted}
    for fault in report["faults"]:
        found[fault["id"]].append(fault["fault"])
    assert found == planted, report["faults"]
    assert report["tasks"] == len(planted) == 30
    assert done.returncode == 1


def test_a_table_names_the_task_and_what_is_wrong(rewardbox_process, write_rows):
    reference = {"tests": [{"stdin": "", "stdout": "[bold]1[/]\n"}, {"stdout": "2\n"}]}
    item = {"verifier": "code.stdio", "reference": reference, "solution": "print('[bold]1[/]')"}
    done = rewardbox_process("audit", write_rows({"id": "task [7]", **item}), "--repeats", 1)
    assert "task [7]" in done.stdout
    assert "solution_fails" in done.stdout
    assert "line 1 differs" in " ".join(done.stdout.split())
    assert "1 tasks, 1 of them with faults" in done.stderr
    assert done.returncode == 1


def test_a_sound_dataset_passes_a_pipeline(rewardbox_process, write_rows):
    row = {
        "input_output": {"inputs": ["1\n", "5\n"], "outputs": ["2\n", "6\n"]},
        "solutions": ["print(int(input()) + 1)"],
    }
    unsolved = {**row, "solutions": []}
    path = write_rows(row, unsolved)
    done = rewardbox_process("audit", path, "--dataset", "taco", "--json", "--repeats", 1)
    assert json.loads(done.stdout) == {
        "tasks": 2,
        "without_solution": 1,
        "counts": {},
        "faults": [],
    }
    assert done.returncode == 0


def test_mistakes_end_in_a_sentence(rewardbox, write_rows, tmp_path):
    unknown = rewardbox("audit", write_rows({"a": 1}), "--dataset", "no such")
    assert unknown.exit_code == 2
    assert "none that is known" in unknown.stderr
    assert rewardbox("audit", tmp_path / "missing.jsonl").exit_code == 2
