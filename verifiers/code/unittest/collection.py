"""Which tests a Python test file has, read from its text alone.

What must pass is known before anything runs, so no program can take a test away.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeGuard

_TEST_CASES = ("TestCase", "IsolatedAsyncioTestCase")
_SKIPS = ("skip", "xfail", "expectedFailure")
_ASSERTING = ("raises", "warns", "fail", "approx")


@dataclass(frozen=True, slots=True)
class CollectedTest:
    """One test function of a file."""

    group: str | None
    """The class that it is in."""
    name: str
    asserts: bool
    """Whether it asserts anything, by itself or by a function of the file that it calls."""

    def __str__(self) -> str:
        return self.name if self.group is None else f"{self.group}.{self.name}"


def collect(source: str) -> list[CollectedTest]:
    """The tests of a pytest or unittest file, in the order in which they are run.

    Those that the file itself marks as skipped, or as expected to fail, are none. Raises what
    ast.parse raises.
    """
    tree = ast.parse(source)
    classes = {node.name: node for node in _statements(tree.body) if isinstance(node, ast.ClassDef)}
    helpers = _asserting_functions(tree)
    found: dict[tuple[str | None, str], CollectedTest] = {}
    for node in _statements(tree.body):
        if isinstance(node, ast.ClassDef):
            tests: Iterable[_Function] = _tests_of_class(node, classes)
        else:
            tests = [node] if _is_test(node) else []
        group = node.name if isinstance(node, ast.ClassDef) else None
        for test in tests:
            asserts = _asserts_itself(test) or not helpers.isdisjoint(_called(test))
            found[group, test.name] = CollectedTest(group, test.name, asserts)
    return list(found.values())


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of a module, those under a condition too; not what only a main program does."""
    for node in body:
        if isinstance(node, ast.If):
            if "__main__" not in ast.unparse(node.test):
                yield from _statements([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            yield from _statements([*node.body, *node.orelse, *node.finalbody])
        else:
            yield node


def _tests_of_class(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> Iterator["_Function"]:
    lineage = list(_lineage(node, classes))
    is_case = any(_last_name(base) in _TEST_CASES for each in lineage for base in each.bases)
    methods: dict[str, _Function] = {}
    for each in reversed(lineage):
        methods |= {member.name: member for member in each.body if isinstance(member, _FUNCTIONS)}
    is_group = node.name.startswith("Test") and "__init__" not in methods
    if not (is_case or is_group) or any(map(_is_left_out, lineage)):
        return
    tests = [method for method in methods.values() if _is_test(method)]
    yield from sorted(tests, key=lambda test: test.name) if is_case else tests


def _lineage(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> Iterator[ast.ClassDef]:
    """A class and what it derives from in the same file, each once."""
    waiting, seen = [node], set()
    while waiting:
        each = waiting.pop(0)
        if each.name in seen:
            continue
        seen.add(each.name)
        yield each
        names = [_last_name(base) for base in each.bases]
        waiting += [classes[name] for name in names if name in classes]


_Function = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def _is_test(node: ast.stmt) -> TypeGuard[_Function]:
    return (
        isinstance(node, _FUNCTIONS)
        and node.name.startswith("test")
        and not _is_left_out(node)
        and not any("fixture" in ast.unparse(each) for each in node.decorator_list)
    )


def _is_left_out(node: ast.stmt) -> bool:
    decorators = getattr(node, "decorator_list", [])
    names = (_last_name(each.func if isinstance(each, ast.Call) else each) for each in decorators)
    return any(name in _SKIPS for name in names)


def _asserting_functions(tree: ast.Module) -> set[str]:
    """Names of functions and methods that assert something, or call one that does."""
    functions = [node for node in ast.walk(tree) if isinstance(node, _FUNCTIONS)]
    found = {node.name for node in functions if _asserts_itself(node)}
    calls = {node.name: _called(node) for node in functions}
    while more := {name for name in calls.keys() - found if calls[name] & found}:
        found |= more
    return found


def _called(function: _Function) -> set[str]:
    """Names of what could be functions of the file, or methods of the same class."""
    found = set()
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Name(id=name)):
                found.add(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name)):
                found.add(name)
    return found


def _asserts_itself(function: _Function) -> bool:
    return any(map(_asserts, ast.walk(function)))


def _asserts(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return not isinstance(node.test, ast.Constant)
    if not isinstance(node, ast.Call):
        return False
    name = _last_name(node.func)
    return name.startswith("assert") or name in _ASSERTING


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
