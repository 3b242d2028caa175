"""Programs that solve nothing. Tests that one of them passes would teach a model to write it."""

import ast
import builtins
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.audit.tasks import AuditedTask

_VALUES = {
    "returns None": "None",
    "returns its first argument": "(args or [*kwargs.values(), None])[0]",
    "returns 0": "0",
    'returns ""': "''",
    "returns []": "[]",
    "returns NaN": "float('nan')",
}
_PRINTS = {
    "prints its input": "import sys\nsys.stdout.write(sys.stdin.read())\n",
    "prints 0": "print(0)\n",
    "prints []": "print([])\n",
    "prints NaN": "print('nan')\n",
    "prints None": "print(None)\n",
}
_FUNCTION = "def {name}(*args, **kwargs):\n    return {value}\n"
_METHOD = "class {owner}:\n    def {name}(self, *args, **kwargs):\n        return {value}\n"
_OBJECT = """\
class {name}:
    def __init__(self, *args, **kwargs):
        pass
    def __getattr__(self, name):
        return lambda *args, **kwargs: {value}
"""
EMPTY = "an empty program"


@dataclass(frozen=True, slots=True)
class Trivial:
    """A Python program, and what it does."""

    name: str
    source: str


def trivial_programs(task: AuditedTask) -> list[Trivial]:
    """The programs to try on a task; none where only answers or other languages are judged."""
    reference = task.reference if isinstance(task.reference, Mapping) else {}
    match task.verifier:
        case "code.stdio":
            return [Trivial(EMPTY, "pass\n"), *_printing(reference)]
        case "code.function":
            return _returning(_templates(str(reference.get("entry_point")), reference))
        case "code.asserts" if _is_python(task):
            return _returning(_asserted(reference))
        case "code.unittest" if _is_python(task):
            return _returning(_imported(reference))
    return []


def _printing(reference: Mapping[str, Any]) -> Iterator[Trivial]:
    for name, source in _PRINTS.items():
        yield Trivial(name, source)
    tests = reference.get("tests")
    first = tests[0] if isinstance(tests, list) and tests else None
    sample = first.get("stdout") if isinstance(first, Mapping) else None
    if isinstance(sample, str) and sample.strip():
        source = f"import sys\nsys.stdout.write({sample!r})\n"
        yield Trivial("prints the sample's output", source)


def _returning(templates: Iterable[str]) -> list[Trivial]:
    text = "".join(templates)
    empty = Trivial(EMPTY, "pass\n")
    if not text:
        return [empty]
    return [
        empty,
        *(Trivial(name, text.replace("{value}", value)) for name, value in _VALUES.items()),
    ]


def _templates(entry_point: str, reference: Mapping[str, Any]) -> Iterator[str]:
    owner, _, name = entry_point.replace("()", "").rpartition(".")
    if reference.get("operations"):
        yield _OBJECT.replace("{name}", name)
    elif owner:
        yield _METHOD.replace("{owner}", owner).replace("{name}", name)
    else:
        yield _FUNCTION.replace("{name}", name)


def _asserted(reference: Mapping[str, Any]) -> Iterator[str]:
    if entry_point := reference.get("entry_point"):
        yield from _templates(str(entry_point), {})
        return
    tests = reference.get("tests")
    sources = [tests] if isinstance(tests, str) else tests if isinstance(tests, list) else []
    text = "\n".join([str(reference.get("setup") or ""), *map(str, sources)])
    for name in _names_from_outside(text):
        yield _FUNCTION.replace("{name}", name)


def _imported(reference: Mapping[str, Any]) -> Iterator[str]:
    module = str(reference.get("module") or "solution")
    names: list[str] = []
    for node in _nodes(str(reference.get("tests") or "")):
        match node:
            case ast.ImportFrom(module=name, names=aliases) if name == module:
                names += [alias.name for alias in aliases]
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name == module:
                names.append(attribute)
    for name in dict.fromkeys(name for name in names if name.isidentifier()):
        yield _FUNCTION.replace("{name}", name)


def _names_from_outside(source: str) -> list[str]:
    """Names that a source calls and does not define: those of the program under test."""
    called: dict[str, None] = {}
    own = set(dir(builtins))
    for node in _nodes(source):
        match node:
            case ast.Call(func=ast.Name(id=name)):
                called[name] = None
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                own.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                own.add(name)
            case ast.alias(name=name, asname=other):
                own.add(other or name.partition(".")[0])
    return [name for name in called if name not in own]


def _nodes(source: str) -> Iterator[ast.AST]:
    try:
        yield from ast.walk(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return


def _is_python(task: AuditedTask) -> bool:
    return task.options.get("language") in (None, "python", "python3", "py")
