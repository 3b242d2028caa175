"""Names in the tests: which of them are the program's, and what the tests say of these."""

import ast
import builtins
import symtable
import sys
from collections.abc import Iterator

_MODULES = {"np": "numpy", "numpy": "numpy", "pd": "pandas", "pandas": "pandas"}
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
    """Names that are tested for, or whose results have attributes that no plain value has."""
    made: dict[str, str] = {}
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and (name := _called(node.value)):
            made.update({each.id: name for each in node.targets if isinstance(each, ast.Name)})
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr not in _OF_DATA:
            value = node.value
            name = made.get(value.id) if isinstance(value, ast.Name) else _called(value)
            found |= {name} if name and name[:1].isupper() else set()
        elif isinstance(node, ast.Call) and _name(node.func) in ("isinstance", "issubclass"):
            found |= {name for each in node.args[1:] if (name := _name(each))}
    return found


def _called(node: ast.expr) -> str | None:
    return _name(node.func) if isinstance(node, ast.Call) else None


def _name(node: ast.expr) -> str | None:
    return node.id if isinstance(node, ast.Name) else None


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
