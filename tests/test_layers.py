"""Imports only point downwards: app, then verifiers, then sandbox; the agent stands alone."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
LAYERS = ["app", "verifiers", "sandbox"]
AGENT = PROJECT / "sandbox" / "agent"


def sources(folder):
    found = sorted(folder.rglob("*.py"))
    assert found, f"{folder} has no modules"
    return found


def imports(path, text=None) -> Iterator[str]:
    """The absolute name of everything that a module imports, wherever in it."""
    package = path.relative_to(PROJECT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(text or path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package[: len(package) - node.level + 1] if node.level else ()
            yield ".".join([*parents, *([node.module] if node.module else [])])


def top(name):
    return name.partition(".")[0]


@pytest.mark.parametrize(("layer", "above"), [("sandbox", LAYERS[:2]), ("verifiers", LAYERS[:1])])
def test_no_layer_knows_those_above_it(layer, above):
    upward = [
        f"{path.relative_to(PROJECT)} imports {name}"
        for path in sources(PROJECT / layer)
        for name in imports(path)
        if top(name) in above
    ]
    assert upward == []


def test_the_agent_needs_nothing_but_a_standard_library():
    foreign = [
        f"{path.name} imports {name}"
        for path in sources(AGENT)
        for name in imports(path)
        if top(name) not in sys.stdlib_module_names and not f"{name}.".startswith("sandbox.agent.")
    ]
    assert foreign == []


def test_nothing_that_is_shipped_imports_tests_or_benchmarks():
    outside = {"tests", "benchmarks", "examples", "pytest", "hypothesis"}
    found = [
        f"{path.relative_to(PROJECT)} imports {name}"
        for layer in LAYERS
        for path in sources(PROJECT / layer)
        for name in imports(path)
        if top(name) in outside
    ]
    assert found == []


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("import app.main", "app.main"),
        ("from app import main", "app"),
        ("def f():\n    from app.x import y", "app.x"),
        ("from . import pool", "sandbox"),
        ("from .agent import stream", "sandbox.agent"),
        ("from .. import app", ""),
        ("if True:\n    import os.path as p", "os.path"),
    ],
)
def test_imports_are_found_wherever_they_are(statement, name):
    assert list(imports(PROJECT / "sandbox" / "pool.py", statement)) == [name]
