"""Names in the tests: which of them are the program's, and what the tests say of these."""

import ast
import builtins
import symtable
import sys
from collections.abc import Iterator

_USED_AROUND = frozenset(
    (
        *("abs", "all", "any", "bool", "bytes", "dict", "enumerate", "filter", "float"),
        *("frozenset", "getattr", "hasattr", "int", "isinstance", "issubclass", "iter", "len"),
        *("list", "map", "next", "open", "print", "range", "repr", "round", "set", "sorted"),
        *("str", "sum", "tuple", "type", "zip"),
    )
)
"""Built-in functions that tests use around what they test."""
_OF_DATA = frozenset(
    name for kind in (str, bytes, int, float, complex, list, dict, set, tuple) for name in dir(kind)
) | frozenset(
    (
        *("all", "any", "astype", "dtype", "equals", "flatten", "item", "mean", "ndim"),
        *("shape", "size", "std", "T", "tolist"),
    )
)


def wanted_names(sources: list[str]) -> set[str]:
    """Global names that the sources use and that nothing in them, nor the language, defines."""
    used: set[str] = set()
    defined: set[str] = set()
    for source in sources:
        module = symtable.symtable(source, "<tests>", "exec")
        for table in _tables(module):
            for symbol in table.get_symbols():
                if table is module or symbol.is_declared_global():
                    made = symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
                    (defined if made else used).add(symbol.get_name())
                elif symbol.is_global():
                    used.add(symbol.get_name())
    return {name for name in used - defined if not hasattr(builtins, name)}


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


def class_names(prompt: str, tests: list[str], entry_point: str | None) -> set[str]:
    """Names that the task itself uses as names of classes, whatever the program makes of them."""
    found: set[str] = set()
    if entry_point and "." in entry_point:
        found.add(entry_point.partition(".")[0].removesuffix("()"))
    for source in (prompt, *tests):
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            continue
        if source is prompt:
            found |= {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
        else:
            found |= _used_as_classes(tree)
    return found


def _used_as_classes(tree: ast.Module) -> set[str]:
    """Names that are tested for; and those that are called like classes, in tests that use
    attributes which no plain value has."""
    nodes = list(ast.walk(tree))
    imported = {
        (each.asname or each.name).partition(".")[0]
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for each in node.names
    }
    found: set[str] = set()
    called: set[str] = set()
    has_attributes = False
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr not in _OF_DATA:
            of_module = (
                _name(node.value) in imported or _name(node.value) in sys.stdlib_module_names
            )
            has_attributes |= not of_module
        elif isinstance(node, ast.Call):
            name = _name(node.func) or ""
            if name in ("isinstance", "issubclass"):
                found |= {each.id for each in node.args[1:] if isinstance(each, ast.Name)}
            called |= {name} if name[:1].isupper() else set()
    return found | (called if has_attributes else set())


def _name(node: ast.expr) -> str | None:
    return node.id if isinstance(node, ast.Name) else None


def asserted_names(sources: list[str]) -> set[str]:
    """Names in assertions that no test can pass without having reached."""
    asserts = [
        node
        for source in sources
        for node in ast.parse(source).body
        if isinstance(node, ast.Assert)
    ]
    return {
        each.id for node in asserts for each in ast.walk(node.test) if isinstance(each, ast.Name)
    }


def bound_names(sources: list[str]) -> set[str]:
    """Names that anything in the sources gives a value to, at whatever time."""
    names: set[str] = set()
    for source in sources:
        for table in _tables(symtable.symtable(source, "<tests>", "exec")):
            names |= {each.get_name() for each in table.get_symbols() if each.is_local()}
    return names


def builtin_under_test(tests: list[str], wanted: set[str], entry_point: str | None) -> set[str]:
    """The built-in function whose name the program was to give its own, if tests are about one.

    That is so where the tests name nothing else that a program could define, and all of them call
    that one; one that tests use around a call only if they call no other.
    """
    if wanted or entry_point:
        return set()
    called: list[set[str]] = []
    for source in tests:
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
        names = {name for node in calls if (name := _name(node.func)) and hasattr(builtins, name)}
        called.append(names)
    everywhere = set.intersection(*called)
    likely = (everywhere - _USED_AROUND) or everywhere
    return likely if len(likely) == 1 else set()
