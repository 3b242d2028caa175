"""Puts a Python completion and the prompt that it answers together into one program.

Decided by syntax alone: nothing is ever executed.
"""

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator

_LONGEST = 262_144
"""Characters that are parsed; what is longer is judged by patterns only."""
_INDENT = "    "
_FUTURE = re.compile(r"^from[ \t]+__future__[ \t]+import\b", re.MULTILINE)
_DEFINITION = re.compile(r"^(?:async[ \t]+def|def|class)[ \t]+(\w+)", re.MULTILINE)


def continue_prompt(prompt: str, program: str, entry_point: str | None = None) -> str:
    """The whole program, from a prompt (imports, helpers, a signature) and what answers it.

    A `program` that defines `entry_point` by itself, as one that repeats the prompt does, is taken
    as it is, behind what the prompt has before its own definition of it. Any other is the body that
    the prompt lacks, indented or not. Without an `entry_point` it is the last function or class
    that the prompt begins. What fits neither way gives a program with a syntax error, which is for
    the run to find.
    """
    name, start = _last_definition(prompt, entry_point)
    if name is None:
        return _joined(prompt if _tree(prompt) else "", program)
    if _defines(program, name):
        preamble = prompt[:start]
        return _joined(preamble if _tree(preamble) else "", program)
    whole = [_joined(prompt, body) for body in _bodies(program)]
    return next((text for text in whole if _tree(text)), whole[0])


def _last_definition(prompt: str, entry_point: str | None) -> tuple[str | None, int]:
    """The name that the prompt begins to define last, and where; decorators belong to it."""
    if entry_point is not None:  # of a method, what counts is its class
        entry_point = entry_point.partition(".")[0].removesuffix("()")
    name, start = entry_point, len(prompt)
    for definition in _DEFINITION.finditer(prompt):
        if entry_point in (None, definition[1]):
            name, start = definition[1], definition.start()
    while (line := prompt.rfind("\n", 0, start - 1) + 1) < start and prompt[line] == "@":
        start = line
    return name, start


def _defines(program: str, name: str) -> bool:
    tree = _tree(program)
    if tree is None:  # cut off, or wrong: then its first words count
        return any(found[1] == name for found in _DEFINITION.finditer(program))
    return any(name in _names(statement) for statement in tree.body)


def _names(statement: ast.stmt) -> Iterator[str]:
    """What a statement of a module gives a name to."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield statement.name
        case ast.Assign(targets=targets):
            yield from (target.id for target in targets if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (alias.asname or alias.name for alias in names)
        case ast.If() | ast.Try():
            yield from (name for inner in ast.iter_child_nodes(statement) for name in _inner(inner))


def _inner(node: ast.AST) -> Iterator[str]:
    """The same for a statement under a condition, however deep."""
    nodes = [node]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.If | ast.Try | ast.ExceptHandler):
            nodes += ast.iter_child_nodes(node)
        elif isinstance(node, ast.stmt):
            yield from _names(node)


def _bodies(program: str) -> Iterator[str]:
    """Ways to read a program as the body of a function, the likeliest first."""
    text = program.strip("\n")
    if text[:1].isspace():
        yield text
    yield textwrap.indent(textwrap.dedent(text), _INDENT)
    # Only the white space before the first line was lost.
    yield _INDENT + text.lstrip()


def _joined(first: str, second: str) -> str:
    """Two pieces of source, one after the other."""
    if not first.strip():
        return second
    future = _FUTURE.search(second)
    if future and not _FUTURE.search(first):
        # It may only stand at the top, where the second piece has it.
        tree = _tree(second)
        last = max(map(_future_line, tree.body), default=0) if tree else 0
        lines = second.splitlines(keepends=True)
        return "".join(lines[:last]).rstrip("\n") + "\n" + _joined(first, "".join(lines[last:]))
    return first.rstrip("\n") + "\n" + second


def _future_line(statement: ast.stmt) -> int:
    """The last line of an import from __future__; 0 for other statements."""
    if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
        return statement.end_lineno or 0
    return 0


def _tree(source: str) -> ast.Module | None:
    """The syntax tree; None if there is none, or the source is too large or deep to tell."""
    if len(source) > _LONGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about somebody else's backslashes
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
