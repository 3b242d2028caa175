"""The driver for Go, which finds types by reflection, and functions by generated code."""

import re

from verifiers.code.function.drivers.base import Driven, Unreadable, driver_text
from verifiers.code.function.drivers.source_text import spelling, without_comments
from verifiers.code.function.reference import FunctionReference

_PACKAGE_CLAUSE = re.compile(r"^[ \t]*package\s+\w+[ \t]*;?", re.MULTILINE)
_MAIN = re.compile(r"^func\s+main\s*\(", re.MULTILINE)
_IMPORTS = re.compile(r'^import\s*(?:\(([^)]{0,5000})\)|([^\n]*"))', re.MULTILINE)
_QUOTED = re.compile(r'"([^"\n]+)"')
_DRIVERS = ("bytes", "encoding/json", "fmt", "io", "math", "os", "reflect", "strconv")
_DRIVERS_TOO = ("strings", "syscall")
#: Imported for a solution that uses but does not import them, as judges of functions do.
_USUAL = (
    *("bufio", "bytes", "cmp", "container/heap", "container/list", "container/ring", "errors"),
    *("fmt", "maps", "math", "math/big", "math/bits", "math/rand", "os", "regexp", "slices"),
    *("sort", "strconv", "strings", "sync", "time", "unicode", "unicode/utf8"),
)
_NODES = {
    "ListNode": "type ListNode struct { Val int; Next *ListNode };",
    "TreeNode": "type TreeNode struct { Val int; Left *TreeNode; Right *TreeNode };",
}


def build(solution: str, reference: FunctionReference) -> Driven:
    """One file: the solution, on the same lines, then the driver and the calls."""
    code = without_comments(solution)
    main = _life(code, reference) if reference.operations else _call(code, reference)
    text = _MAIN.sub("func mainOfTheSolution(", _PACKAGE_CLAUSE.sub("", solution, count=1))
    head = f"package main; {_imports(code, solution)}"
    nodes = [
        definition
        for name, definition in _NODES.items()
        if not re.search(rf"\btype\s+{name}\b|^[ \t]+{name}\s+struct\b", code, re.MULTILINE)
    ]
    return Driven(source="\n".join([head + text, *nodes, driver_text("driver.go"), main]) + "\n")


def _imports(code: str, solution: str) -> str:
    """What the driver needs, under names of its own, and what the solution forgot."""
    ours = [f'rewardbox_{path.split("/")[-1]} "{path}"' for path in (*_DRIVERS, *_DRIVERS_TOO)]
    present = {
        path
        for group, line in _IMPORTS.findall(solution)
        for path in _QUOTED.findall(group or line)
    }
    for path in _USUAL:
        name = path.split("/")[-1]
        is_used = re.search(rf"(?<![\w.]){name}\.[A-Z]", code)
        if is_used and all(name != other.split("/")[-1] for other in present):
            present.add(path)
            ours.append(f'"{path}"')
    return f"import ({'; '.join(ours)}); "


def _call(code: str, reference: FunctionReference) -> str:
    plain = _function(reference.name, code)
    owner = reference.owner or "Solution"
    if plain is None:
        method = _method(owner, reference.name, code)
        if method is None:
            raise Unreadable(f"the program defines no {reference.name}")
        plain = f"new({owner}).{method}"
    return (
        "func main() { rewardboxRun(func(request map[string]any) string "
        f"{{ return rewardboxCallOnce(request, {plain}) }}) }}"
    )


def _life(code: str, reference: FunctionReference) -> str:
    cls = reference.name
    names = (f"New{cls}", f"new{cls}", "Constructor", f"Constructor{cls}", "New")
    made = next((name for name in names if re.search(rf"\bfunc\s+{name}\s*\(", code)), None)
    if made is None:
        raise Unreadable(f"the program defines no constructor of {cls}: {', '.join(names)}")
    table = []
    for name in sorted({name for case in reference.operations for name in case.ops[1:]}):
        method = _method(cls, name, code)
        if method is None:
            raise Unreadable(f"the type {cls} has no method {name}")
        table.append(f'"{name}": it.{method}')
    return (
        "func main() { rewardboxRun(func(request map[string]any) string { "
        f"return rewardboxLive(request, {made}, func(object any) map[string]any {{ "
        f"it := object.(*{cls}); return map[string]any{{{', '.join(table)}}} }}) }}) }}"
    )


def _function(name: str, code: str) -> str | None:
    found = re.findall(r"\bfunc\s+(\w+)\s*[(\[]", code)
    return spelling(name, "".join(f" {each}(" for each in found))


def _method(owner: str, name: str, code: str) -> str | None:
    found = re.findall(rf"\bfunc\s*\(\s*\w*\s*\*?\s*{owner}\s*\)\s*(\w+)\s*\(", code)
    return spelling(name, "".join(f" {each}(" for each in found))
