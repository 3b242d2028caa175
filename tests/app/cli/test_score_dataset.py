"""`rewardbox score --dataset`: rows as they were downloaded, with a column of completions."""

import json

import pyarrow
import pytest
from pyarrow import parquet

pytestmark = pytest.mark.namespaces

GSM8K = {"question": "How many?", "answer": "48 + 24 = 72\n#### 72", "number": 7, "prompt_id": "p"}
TACO = {"input_output": json.dumps({"inputs": ["1\n"], "outputs": ["2\n"]}), "source": "x"}


@pytest.fixture(autouse=True)
def launcher(monkeypatch):
    monkeypatch.setenv("REWARDBOX_LAUNCHER", "namespaces")


def results(done):
    return [json.loads(line) for line in sorted(done.stdout.splitlines())]


def test_rows_of_several_datasets_are_scored_by_their_keys(rewardbox_process, write_rows):
    path = write_rows(
        GSM8K | {"response": "\\boxed{72}"},
        GSM8K | {"response": "\\boxed{27}"},
        TACO | {"response": "print(int(input()) + 1)"},
        {"colour": "red", "response": "?"},
        {"question": "?", "answer": "1"},
    )
    done = rewardbox_process(
        "score", path, "--dataset", "auto", "--completion", "response",
        "--id", "number", "--group", "prompt_id",
    )  # fmt: skip
    by_line = {result["line"]: result for result in results(done)}
    assert [by_line[line]["reward"] for line in range(1, 6)] == [1.0, 0.0, 1.0, None, None]
    assert [by_line[line]["verifier"] for line in range(1, 5)] == [
        "math", "math", "code.stdio", "dataset",
    ]  # fmt: skip
    assert by_line[1]["id"] == 7
    assert by_line[4]["error"]["kind"] == "reference"
    assert "no column `response` (--completion); there are question, answer" in done.stderr
    assert done.returncode == 1


def test_options_hold_for_every_row(rewardbox_process, write_rows):
    path = write_rows(TACO | {"completion": "while True: pass"})
    options = json.dumps({"limits": {"cpu_s": 0.2}})
    done = rewardbox_process("score", path, "--dataset", "taco", "--options", options)
    assert results(done)[0]["verdict"] == "time_limit_exceeded"


def test_a_service_gets_the_same_items(rewardbox_process, serving, write_rows):
    path = write_rows(
        GSM8K | {"response": "\\boxed{72}"}, {"input_output": {"inputs": []}, "response": "?"}
    )
    with serving() as url:
        done = rewardbox_process(
            "score", path, "--url", url, "--dataset", "auto", "--completion", "response"
        )
    sound, broken = sorted(results(done), key=lambda result: result["line"])
    assert (sound["reward"], sound["verifier"]) == (1.0, "math")
    assert broken["error"]["kind"] == "reference"
    assert "input_output" in broken["error"]["message"]


def test_a_json_list_is_as_good_as_lines(rewardbox_process, tmp_path):
    path = tmp_path / "rows.json"
    path.write_text(json.dumps([GSM8K | {"completion": "\\boxed{72}"}] * 2, indent=1))
    done = rewardbox_process("score", path, "--dataset", "gsm8k")
    assert [result["reward"] for result in results(done)] == [1.0, 1.0]


def test_parquet_is_read(rewardbox_process, tmp_path):
    path = tmp_path / "rows.parquet"
    contests = {
        "public_tests": {"input": ["1 2\n"], "output": ["3\n"]},
        "completion": "print(sum(map(int, input().split())))",
    }
    parquet.write_table(pyarrow.Table.from_pylist([contests]), path)
    done = rewardbox_process("score", path, "--dataset", "auto")
    assert [result["reward"] for result in results(done)] == [1.0]


def test_mistakes_are_named(rewardbox, write_rows, tmp_path):
    path = write_rows(GSM8K | {"completion": "72"})
    assert "none that is known" in rewardbox("score", path, "--dataset", "gms8k").stderr
    options = rewardbox("score", path, "--dataset", "gsm8k", "--options", "[]")
    assert "--options must be a JSON object" in options.stderr
    broken = tmp_path / "rows.json"
    broken.write_text("[{]")
    assert "is none" in rewardbox("score", broken, "--dataset", "gsm8k").stderr
    torn = tmp_path / "rows.parquet"
    torn.write_bytes(b"PAR1 and no more")
    found = rewardbox("score", torn, "--dataset", "gsm8k")
    assert found.exit_code == 2
    assert "Parquet" in found.stderr
