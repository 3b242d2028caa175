"""Assertions in the tests: whether there are any, and whether one was ever held."""

import ast
from collections.abc import Iterator
from typing import Any, TypeGuard

from .decoys import MADE

REACHED = "__rewardbox_reached__"
"""The function that a test calls after each assertion that held."""
_EQUALITIES = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)


def could_fail(tree: ast.AST) -> bool:
    """Whether anything in it could fail by intent."""
    return any(isinstance(node, ast.Assert | ast.Raise) for node in ast.walk(tree))


def must_be_reached(tree: ast.AST) -> bool:
    """Whether it asserts anything of a value."""
    return any(map(_is_assertion, ast.walk(tree)))


def blocks(tree: ast.AST) -> list[list[int]]:
    """With statements that hold assertions: first line, last line, line of the last of these."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.With | ast.AsyncWith):
            lines = [each.lineno for each in ast.walk(node) if _is_assertion(each)]
            if lines:
                found.append([node.lineno, node.end_lineno or node.lineno, max(lines)])
    return found


def _is_assertion(node: ast.AST) -> TypeGuard[ast.Assert]:
    """`assert False` is none: it is where a test must not come to."""
    return isinstance(node, ast.Assert) and not isinstance(node.test, ast.Constant)


def telling(source: str, tree: ast.AST) -> str:
    """The source, with a call of REACHED behind each assertion, and with MADE around classes whose
    objects are compared at once; all on the same lines."""
    added = [
        (node.end_lineno or 1, node.end_col_offset or 0, f"; {REACHED}()")
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert)
    ]
    for name in _classes_compared(tree):
        added.append((name.lineno, name.col_offset, f"{MADE}("))
        added.append((name.end_lineno or 1, name.end_col_offset or 0, ")"))
    # The parser counts lines as these characters end them, and columns in bytes.
    lines = source.replace("\r\n", "\n").replace("\r", "\n").encode(errors="surrogatepass")
    rows = lines.split(b"\n")
    for row, column, text in sorted(added, reverse=True):
        line = rows[row - 1]
        rows[row - 1] = line[:column] + text.encode() + line[column:]
    return b"\n".join(rows).decode(errors="surrogatepass")


def _classes_compared(tree: ast.AST) -> Iterator[ast.Name]:
    """Names like those of classes, where what they are called for is part of what is compared."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            for each in ast.walk(node.test):
                # (Whether two are one object, identity says.)
                if isinstance(each, ast.Compare) and isinstance(each.ops[0], _EQUALITIES):
                    yield from _called(each.left, *each.comparators)
        elif isinstance(node, ast.Call) and _is_assertion_method(node.func):
            yield from _called(*node.args)


def _is_assertion_method(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr.startswith("assert")


def _called(*nodes: ast.expr) -> Iterator[ast.Name]:
    for node in nodes:
        match node:
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Dict(values=items):
                yield from _called(*items)
            case ast.Call(func=ast.Name(id=name) as called) if name[:1].isupper():
                yield called


def counted(source: str, name: str) -> Any:
    """The code of a source that tells of each assertion that held.

    Raises what compile raises.
    """
    return compile(telling(source, ast.parse(source, name)), name, "exec", dont_inherit=True)
