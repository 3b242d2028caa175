"""Assertions in the tests: whether there are any, and whether one was ever held."""

import ast
from collections.abc import Callable, Iterator, Set
from typing import Any

from .decoys import MADE
from .peer import Proxy

REACHED = "__rewardbox_reached__"
"""The function that a test calls after each assertion that held."""
HEARD = "__rewardbox_heard__"
"""The function that a test calls with each function that asserts, and that gives what is called in
its place."""
_EQUALITIES = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)


def could_fail(tree: ast.AST, of_program: Set[str]) -> bool:
    """Whether anything in it could fail by intent, but for functions that the program defines."""
    return any(
        isinstance(node, ast.Assert | ast.Raise)
        or _has_to_raise(node)
        or _is_call_of_assertion(node, of_program)
        for node in ast.walk(tree)
    )


def must_be_reached(tree: ast.AST, of_program: Set[str]) -> bool:
    """Whether it asserts anything of a value, but for functions that the program defines."""
    apart = of_program | _defined(tree)
    return any(_is_assertion(node) or _is_call_of_assertion(node, apart) for node in ast.walk(tree))


def blocks(tree: ast.AST) -> list[list[int]]:
    """With statements that hold assertions: first line, last line, line of the last of these."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.With | ast.AsyncWith):
            lines = [
                each.lineno
                for each in ast.walk(node)
                if isinstance(each, ast.stmt)
                and (_is_assertion(each) or _is_call_of_assertion(each, frozenset()))
            ]
            if lines:
                found.append([node.lineno, node.end_lineno or node.lineno, max(lines)])
    return found


def _is_assertion(node: ast.AST) -> bool:
    """`assert False` is none: it is where a test must not come to."""
    return isinstance(node, ast.Assert) and not isinstance(node.test, ast.Constant)


def _is_call_of_assertion(node: ast.AST, apart: Set[str]) -> bool:
    """Whether it is a statement like `assert_allclose(a, b)` or `mock.assert_called()`; functions
    of these names are apart."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name))):
            return name.startswith("assert") and name not in apart
    return False


def _has_to_raise(node: ast.AST) -> bool:
    """Whether it is a with statement, or a call, that fails if nothing is raised."""
    match node:
        case ast.withitem(context_expr=call) | ast.Expr(value=call):
            return isinstance(call, ast.Call) and _last_name(call.func) in _RAISING
    return False


_RAISING = ("raises", "assertRaises", "assertRaisesRegex", "assert_raises", "assert_raises_regex")


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _defined(tree: ast.AST) -> Set[str]:
    """Names of its functions, whose own assertions tell."""
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    return {node.name for node in ast.walk(tree) if isinstance(node, functions)}


def hearing(reached: Callable[[], None]) -> Callable[[Any], Any]:
    """What stands under HEARD."""

    def heard(function: Any) -> Any:
        # What the program has under such a name asserts nothing.
        return function if issubclass(type(function), Proxy) else heard_of(function, reached)

    return heard


def heard_of(function: Callable[..., Any], reached: Callable[[], None]) -> Callable[..., Any]:
    """The same function, which tells whenever it was called and raised nothing."""

    def tell(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if result is None:  # and no block that is still to be entered
            reached()
        return result

    return tell


def telling(source: str, tree: ast.AST) -> str:
    """The source, with a call of REACHED behind each assertion, with HEARD around functions that
    assert, and with MADE around classes whose objects are compared at once; all on the same lines.
    """
    added = [
        (node.end_lineno or 1, node.end_col_offset or 0, f"; {REACHED}()")
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert)
    ]
    around: list[tuple[str, ast.expr]] = [(MADE, name) for name in _classes_compared(tree)]
    around += [(HEARD, function) for function in _asserting_functions(tree)]
    for name, node in around:
        added.append((node.lineno, node.col_offset, f"{name}("))
        added.append((node.end_lineno or 1, node.end_col_offset or 0, ")"))
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


def _asserting_functions(tree: ast.AST) -> Iterator[ast.expr]:
    own = _defined(tree)
    for node in ast.walk(tree):
        if _is_call_of_assertion(node, own):
            yield node.value.func  # type: ignore[attr-defined] # of a statement that is a call


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
