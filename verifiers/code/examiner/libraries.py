"""Names that tests use as those of libraries and forgot to import: not the program's to give.

Else a program's own `Counter`, or `isclose`, would decide what is equal.
"""

import ast
import contextlib
import importlib
import sys
from collections.abc import Iterator, Set
from typing import Any

_MODULES = {
    **{"np": "numpy", "numpy": "numpy", "pd": "pandas", "pandas": "pandas"},
    **{name: name for name in ("pytest", "scipy", "sympy")},
}


def _of(module: str, *names: str) -> dict[str, str]:
    return {name: module for name in names}


_DECIDING = {
    **_of("math", "isclose", "isnan", "isinf", "isfinite", "inf", "nan"),
    **_of("numpy", "allclose", "array_equal", "array_equiv"),
    **_of("numpy.testing", "assert_allclose", "assert_array_equal", "assert_almost_equal"),
    **_of("unittest.mock", "ANY", "Mock", "MagicMock", "patch"),
    **_of("pytest", "approx", "raises"),
    **_of("collections", "Counter", "OrderedDict", "defaultdict", "deque", "namedtuple"),
    **_of("decimal", "Decimal"),
    **_of("fractions", "Fraction"),
    **_of("datetime", "timedelta"),
    **_of("copy", "deepcopy"),
    **_of("io", "StringIO", "BytesIO"),
}
"""What decides whether a test passes, and makes what results are compared with; each with the
module that has it. The program's only where tests are about nothing else."""
_COMPUTING = {
    **_of("math", "ceil", "comb", "cos", "exp", "factorial", "floor", "gcd", "hypot", "log"),
    **_of("math", "perm", "pi", "prod", "sin", "sqrt", "tan"),
    **_of("datetime", "date", "datetime"),
    **_of("functools", "partial", "reduce"),
    **_of("itertools", "accumulate", "chain", "combinations", "groupby", "islice"),
    **_of("itertools", "permutations", "product", "zip_longest"),
    **_of("operator", "attrgetter", "itemgetter"),
    **_of("copy", "copy"),
    **_of("numpy", "array"),
}
"""Functions that a program may just as well be asked for: they are the library's where tests use
them beside what they are about."""

_CONSTANTS = frozenset(("inf", "nan", "pi"))


def imported(modules: dict[str, str], things: dict[str, str]) -> dict[str, Any]:
    """What these names stand for: modules, and things in modules. Those that are not there are
    left out."""
    found: dict[str, Any] = {}
    for name, module in modules.items():
        with contextlib.suppress(ImportError):
            found[name] = importlib.import_module(module)
    for name, module in things.items():
        with contextlib.suppress(ImportError, AttributeError):
            found[name] = getattr(importlib.import_module(module), name)
    return found


def module_names(sources: list[str]) -> dict[str, str]:
    """Names of well-known modules that the sources use as modules, and what to import for each.

    A test that forgot its import means the module, and not what a program gives for one.
    """
    only_asked: set[int] = set()
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            only_asked.add(id(node.value))
    other_uses = {
        node.id for node in nodes if isinstance(node, ast.Name) and id(node) not in only_asked
    }
    loaded = {node.id for node in nodes if isinstance(node, ast.Name)} - other_uses
    known = {name: name for name in sys.stdlib_module_names} | _MODULES
    return {name: known[name] for name in loaded if name in known}


def library_names(sources: list[str], wanted: Set[str], entry_point: str | None) -> dict[str, str]:
    """Names among the wanted that are those of things in libraries, with the module of each.

    A test that forgot its import means these; unless they are what the task itself is about.
    """
    known = _COMPUTING | _DECIDING
    found = {name: module for name, module in known.items() if name in wanted}
    for name in _CONSTANTS & found.keys() & _called(sources):
        del found[name]
    if entry_point:
        found.pop(entry_point.partition(".")[0].removesuffix("()"), None)
        return found
    others = wanted - found.keys()
    for names in _named_together(sources):
        if others.isdisjoint(names):
            for name in names & found.keys() & _COMPUTING.keys():
                del found[name]
    return found if wanted - found.keys() else {}


def _named_together(sources: list[str]) -> Iterator[set[str]]:
    """Names in each statement that has no other in it."""
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.stmt) and not hasattr(node, "body"):
                yield {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _called(sources: list[str]) -> set[str]:
    return {
        node.func.id
        for source in sources
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
