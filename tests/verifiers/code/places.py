"""Where tests in this folder run programs for real, and the rows of data that they run."""

import json
import os
from pathlib import Path

import pytest

from sandbox import SandboxConfig

ROOT = Path(__file__).parents[3]
IMAGE = os.environ.get("REWARDBOX_IMAGE", SandboxConfig().image)
CONFIGS = {
    "namespaces": SandboxConfig(
        launcher="namespaces", python=ROOT / ".venv-submissions" / "bin" / "python"
    ),
    "docker": SandboxConfig(launcher="docker", image=IMAGE),
    "gvisor": SandboxConfig(launcher="docker", image=IMAGE, runtime="runsc"),
}
GROUNDS = [
    pytest.param(name, marks=[getattr(pytest.mark, name), pytest.mark.xdist_group(name)])
    for name in CONFIGS
]


def rows(name):
    """Those of the file of that name."""
    path = ROOT / "tests" / "data" / "code" / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]
