"""What other people rely on: the names packages export, entry points, and their documentation."""

import importlib
import re
from importlib.metadata import distribution
from pathlib import Path

import pytest

from verifiers.registry import GROUP, Registry

PROJECT = Path(__file__).parents[1]
PAGE = (PROJECT / "docs" / "verifiers.md").read_text(encoding="utf-8")
BUILT_IN = [info for info in Registry.load().describe() if info.source.built_in]


@pytest.mark.parametrize("package", ["sandbox", "verifiers"])
def test_a_package_exports_what_it_imports_in_order(package):
    module = importlib.import_module(package)
    public = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and not isinstance(value, type(module))
    }
    assert list(module.__all__) == sorted(module.__all__)
    assert set(module.__all__) == public


@pytest.mark.parametrize("info", BUILT_IN, ids=[info.name for info in BUILT_IN])
def test_a_built_in_verifier_loads(info):
    assert info.available, info.error


def test_entry_points_are_declared_in_order():
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    table = text.partition(f'[project.entry-points."{GROUP}"]\n')[2].partition("\n\n")[0]
    declared = re.findall(r'^"([\w.]+)" = ', table, re.MULTILINE)
    installed = distribution("rewardbox").entry_points.select(group=GROUP).names
    assert declared == sorted(declared)
    assert set(declared) == installed, "run `pip install --no-deps -e .` again"


@pytest.mark.parametrize("name", [info.name for info in BUILT_IN])
def test_a_verifier_has_its_section(name):
    assert re.search(rf"^## `{re.escape(name)}`", PAGE, re.MULTILINE)
