"""Every file of code begins by saying what it is for."""

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
DATA = PROJECT / "tests" / "data"
FOLDERS = ["app", "benchmarks", "examples", "sandbox", "tests", "verifiers"]
MODULES = [
    path
    for folder in FOLDERS
    for path in sorted((PROJECT / folder).rglob("*.py"))
    if DATA not in path.parents
]
OTHERS = [
    path
    for folder in ["sandbox/headstart", "verifiers/code/function/drivers"]
    for path in sorted((PROJECT / folder).iterdir())
    if path.is_file() and path.suffix != ".py"
]


def name(path):
    return str(path.relative_to(PROJECT))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_has_a_docstring(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree) or not tree.body


@pytest.mark.parametrize("path", OTHERS, ids=name)
def test_a_file_in_another_language_has_a_comment_first(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    first = next(line for line in lines if not line.startswith("#!"))
    assert first.startswith(("// ", "# "))
