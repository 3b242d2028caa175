"""What can be told of tests by reading them: computed once a task, before anything is run.

The service reads the tests of a task and sends what it found along with them; an examiner reads
them itself where the service could not (its Python may be another).
"""

import ast
from collections.abc import Sequence
from typing import Any

from .assertions import blocks, could_fail, must_be_reached, telling
from .libraries import library_names, module_names
from .names import asserted_names, bound_names, builtin_under_test, class_names, wanted_names

_OF_ARRAYS = ("numpy", "np.", "allclose", "array_equ", "almost_equal")
"""What sources have in them that use NumPy, also where they forgot to import it."""


class Unreadable(Exception):
    """The tests are no tests."""


def read(given: dict[str, Any]) -> dict[str, Any]:
    """What an examiner wants to know of the tests in a payload, as JSON. Raises Unreadable."""
    tests: list[str] = list(given["tests"])
    entry_point: str | None = given["entry_point"]
    trees = [_tree(source, f"<test {index}>") for index, source in enumerate(tests)]
    before: Sequence[tuple[str, str]] = (("<prompt>", "preamble"), ("<setup>", "setup"))
    for name, part in before:
        _tree(given[part], name)
    sources = [given["preamble"], given["setup"], *tests]
    try:
        wanted = wanted_names(sources)
        wanted |= builtin_under_test(tests, wanted, entry_point)
        bound = bound_names(sources)
    except SyntaxError as error:  # such as a return outside of any function
        raise Unreadable(f"the tests do not compile: {error}") from error
    modules = {name: of for name, of in module_names(sources).items() if name in wanted}
    libraries = library_names(sources, wanted - set(modules), entry_point)
    of_program = wanted - modules.keys() - libraries.keys()
    if not any(could_fail(tree, of_program) for tree in trees):
        raise Unreadable("the tests assert nothing")
    return {
        "tests": [telling(source, tree) for source, tree in zip(tests, trees, strict=True)],
        "asserting": [must_be_reached(tree, of_program) for tree in trees],
        "blocks": {f"<test {index}>": blocks(tree) for index, tree in enumerate(trees)},
        "wanted": sorted(wanted - set(modules)),
        "modules": modules,
        "libraries": libraries,
        "classes": sorted(class_names(given["prompt"], tests, entry_point)),
        "asserted": sorted(asserted_names(sources)),
        "bound": sorted(bound),
        "seeds": any("seed(" in source for source in sources),
        "arrays": speaks_of_arrays(sources),
    }


def speaks_of_arrays(sources: Sequence[str]) -> bool:
    """Whether they may compare arrays of NumPy."""
    return any(word in source for word in _OF_ARRAYS for source in sources)


def without_classes(source: str, names: Sequence[str]) -> str:
    """The source without its definitions of these classes."""
    if not names:
        return source
    tree = ast.parse(source)
    tree.body = [
        node for node in tree.body if not (isinstance(node, ast.ClassDef) and node.name in names)
    ]
    return ast.unparse(tree)


def _tree(source: str, name: str) -> ast.Module:
    try:
        return ast.parse(source, name)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(f"{name} does not compile: {error}") from error
