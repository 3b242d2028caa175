"""What a task of code.asserts is to an examiner and to a program: found once for all programs."""

import ast
import functools
import symtable
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from verifiers.code.calls.plan import Plan, plan_of
from verifiers.code.examiner.reading import Unreadable, read
from verifiers.errors import InvalidReference

_SAFE_MODULES = frozenset(
    (
        *("bisect", "collections", "copy", "datetime", "decimal", "fractions", "functools"),
        *("heapq", "itertools", "math", "operator", "re", "string", "sys", "typing"),
    )
)
"""Whose import neither fails nor does anything."""
_LONGEST = 200_000
"""Characters of tests that are read here; longer ones are left to the examiner's process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """What of a task's own definitions a program gets."""

    source: str = ""
    """To be run before the program."""
    records: Sequence[str] = ()
    """Names of classes that both sides have, and whose objects are data."""
    moved: Sequence[str] = ()
    """Names of classes that only the program's side has, because they have methods."""


@dataclass(frozen=True, slots=True)
class Task:
    payload: dict[str, Any]
    """What the examiner is told of the tests."""
    classes: dict[str, str]
    """Source of the classes that `setup` defines, by name."""
    records: frozenset[str]
    """Names of classes of the task that have no methods but special ones."""
    imports: list[tuple[frozenset[str], str]]
    """What `setup` imports: the names that it gives to it, and its source."""
    plan: Plan | None
    """How to hold the tests without an examiner, where they allow that."""

    def for_program(self, program: str) -> Gift:
        """What a program is given: what it uses and does not define of the classes and imports of
        `setup`, with what these use of each other."""
        if not (self.classes or self.records or self.imports):
            return Gift()
        free, made = _names(program)
        wanted = [name for name in self.classes if name in free]
        for name in wanted:  # which grows
            more = _names(self.classes[name])[0] & self.classes.keys()
            wanted += [each for each in more if each not in wanted]
        given = [source for name, source in self.classes.items() if name in wanted]
        for source in given:
            free |= _names(source)[0]
        imports = [source for names, source in self.imports if names & (free | {"*"})]
        return Gift(
            source="\n".join([*imports, *given]),
            records=sorted(self.records & (free | made | set(wanted))),
            moved=[name for name in wanted if name not in self.records],
        )


@functools.lru_cache(maxsize=512)
def task_of(tests: tuple[str, ...], setup: str, prompt: str, entry_point: str | None) -> Task:
    """Raises InvalidReference for tests that are none."""
    preamble = _definitions(prompt, entry_point)
    payload: dict[str, Any] = {
        "tests": list(tests),
        "setup": setup,
        "prompt": prompt,
        "preamble": preamble,
        "entry_point": entry_point,
    }
    if sum(map(len, (setup, prompt, *tests))) <= _LONGEST:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about somebody else's backslashes
                payload = {**payload, "facts": read(payload), "tests": [], "prompt": ""}
        except Unreadable as error:
            raise InvalidReference(str(error)) from error
    own = {node.name: node for node in _classes(setup)}
    records = [node.name for node in (*own.values(), *_classes(preamble)) if _is_record(node)]
    imports = [node for node in _body(setup) if isinstance(node, ast.Import | ast.ImportFrom)]
    return Task(
        payload=payload,
        classes={name: ast.unparse(node) for name, node in own.items()},
        records=frozenset(records),
        imports=[
            (frozenset(each.asname or each.name for each in node.names), ast.unparse(node))
            for node in imports
        ],
        plan=_plan(payload, tests),
    )


def _plan(payload: dict[str, Any], tests: Sequence[str]) -> Plan | None:
    """Only for tests to which nothing but the program's names matters."""
    facts, entry_point = payload.get("facts"), payload["entry_point"]
    before = [*_body(payload["setup"]), *_body(payload["preamble"])]
    if facts is None or not all(map(_is_harmless, before)):
        return None
    names = frozenset(facts["wanted"]) - facts["libraries"].keys()
    return plan_of(
        [ast.parse(source) for source in tests],
        names,
        entry_point,
        taken={name for node in before for name in _bound_by(node)},
    )


def _is_harmless(node: ast.stmt) -> bool:
    """Whether it can neither fail nor do anything to the tests but define names."""
    match node:
        case ast.Import(names=names):
            return all(each.name.partition(".")[0] in _SAFE_MODULES for each in names)
        case ast.ImportFrom(module=str() as module, names=names, level=0):
            return module.partition(".")[0] in _SAFE_MODULES and names[0].name != "*"
        case ast.FunctionDef(decorator_list=[]):
            return True
    return False


def _bound_by(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [each.asname or each.name for each in node.names]
    return [node.name] if isinstance(node, _DEFINITIONS) else []


def _definitions(prompt: str, entry_point: str | None) -> str:
    """What a prompt defines beside what it asks for, as source; "" if it is no program."""
    for text in (prompt, f"{prompt.rstrip()}\n    pass\n"):
        body = _body(text)
        if not body:
            continue
        names = [node.name for node in body if isinstance(node, _DEFINITIONS)]
        asked = (entry_point or (names or [""])[-1]).partition(".")[0].removesuffix("()")
        kept = [node for node in body if getattr(node, "name", None) != asked]
        return ast.unparse(ast.Module(body=kept, type_ignores=[]))
    return ""


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _classes(source: str) -> Iterator[ast.ClassDef]:
    return (node for node in _body(source) if isinstance(node, ast.ClassDef))


def _is_record(node: ast.ClassDef) -> bool:
    """Whether its objects are nothing but their attributes."""
    names = [each.name for each in node.body if isinstance(each, _DEFINITIONS)]
    return all(name.startswith("__") and name.endswith("__") for name in names) and not (
        node.bases or node.keywords or "__slots__" in ast.unparse(node)
    )


def _body(source: str) -> list[ast.stmt]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _names(source: str) -> tuple[set[str], set[str]]:
    """Global names that a source uses without giving them a value, and those that it gives one."""
    free: set[str] = set()
    made: set[str] = set()
    try:
        tables = [symtable.symtable(source, "<program>", "exec")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return free, made
    top = tables[0]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            if table is top and (symbol.is_assigned() or symbol.is_imported()):
                made.add(symbol.get_name())
            elif symbol.is_global() or table is top:
                free.add(symbol.get_name())
    return free - made, made
