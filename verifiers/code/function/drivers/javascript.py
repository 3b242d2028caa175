"""The drivers for JavaScript and TypeScript, which share one text.

Lists and trees are found by the types that the solution declares: in JSDoc, or in TypeScript.
"""

import json
import re
from typing import Any

from verifiers.code.function.drivers.base import Driven, driver_text
from verifiers.code.function.drivers.source_text import signature, spelling, without_comments
from verifiers.code.function.reference import FunctionReference

_FILE = "solution.js"
_PARAMETERS = '"require", "stdin", "load", "declared", "spelt"'
_EXPORT = re.compile(r"^export\s+(?:default\s+)?(?=[\w{*])", re.MULTILINE)
_EXPORT_LIST = re.compile(r"^export\s*\{[^}]{0,2000}\}[^\n]*", re.MULTILINE)
_IMPORT = re.compile(
    r"^import[ \t]{1,9}(?:\*\s{1,9}as\s{1,9})?([^\n;]{1,300}?)\s{1,9}from\s{1,9}"
    r"([\"'][^\"'\n]+[\"'])",
    re.MULTILINE,
)
_DOC = re.compile(r"/\*\*(.*?)(?:\*/\s*|\Z)", re.DOTALL)
_DOC_PARAM = re.compile(r"@param\s*\{([^}\n]{0,200})\}")
_DOC_RETURN = re.compile(r"@returns?\s*\{([^}\n]{0,200})\}")
_NODE_CLASSES = {
    "ListNode": (
        "class ListNode { val: any; next: ListNode | null; "
        "constructor(val?: any, next?: ListNode | null) "
        "{ this.val = val ?? 0; this.next = next ?? null; } }"
    ),
    "TreeNode": (
        "class TreeNode { val: any; left: TreeNode | null; right: TreeNode | null; "
        "constructor(val?: any, left?: TreeNode | null, right?: TreeNode | null) "
        "{ this.val = val ?? 0; this.left = left ?? null; this.right = right ?? null; } }"
    ),
}
_GLOBAL_NODES = """
globalThis.ListNode = function ListNode(val, next) {
  this.val = val === undefined ? 0 : val;
  this.next = next === undefined ? null : next;
};
globalThis.TreeNode = function TreeNode(val, left, right) {
  this.val = val === undefined ? 0 : val;
  this.left = left === undefined ? null : left;
  this.right = right === undefined ? null : right;
};
"""


def build_javascript(solution: str, reference: FunctionReference) -> Driven:
    """The solution is a CommonJS module of its own, in which `eval` finds what it defines."""
    names = _called(reference)
    declared = {name: found for name in names if (found := _documented(name, solution))}
    spelt = _spelt(names, without_comments(solution, script=True))
    load = (
        "() => { const solution = new module.constructor('solution.js', module); "
        "solution.filename = __dirname + '/solution.js'; solution.paths = module.paths; "
        "solution._compile(fs.readFileSync('solution.js', 'utf8'), solution.filename); "
        "return solution.exports; }"
    )
    source = (
        "const fs = require('fs'); const stdin = fs.readFileSync(0, 'utf8');"
        + _GLOBAL_NODES
        + f"new Function({_PARAMETERS}, {json.dumps(driver_text('driver.js'))})"
        + f"(require, stdin, {load}, {json.dumps(declared)}, {json.dumps(spelt)});\n"
    )
    # What the file gives is a function that finds its names, whatever else it would give.
    module = _as_common_js(solution) + f"\n;module.exports = {_FINDER};\n"
    return Driven(source=source, files={_FILE: module})


_FINDER = "(name) => { try { return eval(name); } catch { return undefined; } }"


def build_typescript(solution: str, reference: FunctionReference) -> Driven:
    """One file: the solution, then the driver as text, which no type checker looks at."""
    code = without_comments(solution, script=True)
    names = _called(reference)
    declared = {
        name: {"args": types, "returns": returns}
        for name in names
        for types, returns in [_typed(name, code, reference)]
    }
    nodes = " ".join(
        text for name, text in _NODE_CLASSES.items() if not re.search(rf"\bclass\s+{name}\b", code)
    )
    call = (
        f"new Function({_PARAMETERS}, {json.dumps(driver_text('driver.js'))})"
        f"(require, rewardboxStdin, () => {_FINDER.replace('(name)', '(name: string): any', 1)}, "
        f"{json.dumps(declared)}, {json.dumps(_spelt(names, code))});"
    )
    head = f"const rewardboxStdin: string = require('fs').readFileSync(0, 'utf8'); {nodes} "
    return Driven(source=f"{head}{solution}\n;{call}\n")


def _called(reference: FunctionReference) -> list[str]:
    """Names of all functions, methods and classes that tests call."""
    if reference.operations:
        return sorted({name for case in reference.operations for name in case.ops})
    return [reference.name]


def _spelt(names: list[str], code: str) -> dict[str, str]:
    found = {name: spelling(name, code) for name in names}
    return {name: spelt for name, spelt in found.items() if spelt not in (None, name)}


def _documented(name: str, text: str) -> dict[str, Any] | None:
    """Types in the JSDoc comment in front of a definition."""
    definition = re.compile(
        rf"(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:static\s+)?(?:var|let|const|function)?\s*"
        rf"(?:\w+\.prototype\.)?{re.escape(name)}\b"
    )
    for comment in _DOC.finditer(text):
        if definition.match(text, comment.end()):
            returns = _DOC_RETURN.search(comment[1])
            return {
                "args": _DOC_PARAM.findall(comment[1]),
                "returns": returns[1] if returns else None,
            }
    return None


def _typed(
    name: str, code: str, reference: FunctionReference
) -> tuple[list[str | None], str | None]:
    """Types in the signature of a definition in TypeScript."""
    is_class = bool(reference.operations) and name == reference.name
    found = signature("constructor" if is_class else (spelling(name, code) or name), code)
    if found is None:
        return [], None
    parameters, returns = found
    types = [parameter.partition(":")[2].strip() or None for parameter in parameters]
    return list(types), returns or None


def _as_common_js(text: str) -> str:
    """The module without the words that only ES modules have, on the same lines."""
    text = _EXPORT_LIST.sub("", text)
    text = _EXPORT.sub("", text)
    return _IMPORT.sub(
        lambda found: f"const {found[1].replace(' as ', ': ')} = require({found[2]})", text
    )
