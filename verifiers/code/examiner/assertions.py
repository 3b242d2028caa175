"""Assertions in the tests: whether there are any, and whether one was ever held."""

import ast
from typing import Any

REACHED = "__rewardbox_reached__"
"""The function that a test calls after each assertion that held."""


def could_fail(source: str) -> bool:
    """Whether anything in it could fail by intent."""
    return any(isinstance(node, ast.Assert | ast.Raise) for node in ast.walk(ast.parse(source)))


def must_be_reached(source: str) -> bool:
    """Whether it asserts anything of a value; `assert False` is where a test must not come to."""
    return any(
        isinstance(node, ast.Assert) and not isinstance(node.test, ast.Constant)
        for node in ast.walk(ast.parse(source))
    )


def counted(source: str, name: str) -> Any:
    """The code of a source that tells of each assertion that held.

    Raises what compile raises.
    """
    tree = _Counting().visit(ast.parse(source, name))
    return compile(ast.fix_missing_locations(tree), name, "exec", dont_inherit=True)


class _Counting(ast.NodeTransformer):
    def visit_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        told = ast.Expr(ast.Call(ast.Name(REACHED, ast.Load()), [], []))
        return [node, ast.copy_location(told, node)]
