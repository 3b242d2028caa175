"""A short soak; `python -m benchmarks.soak` is the long one."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.namespaces,
    pytest.mark.slow,
    pytest.mark.xdist_group("real_runners"),
]


def test_nothing_is_lost_or_mixed_up_whatever_goes_wrong():
    soak = [sys.executable, "-m", "benchmarks.soak", "--submissions", "300", "--seconds", "200"]
    done = subprocess.run(
        [*soak, "--kill-every", "4"], cwd=ROOT, capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "faults: none" in done.stdout
