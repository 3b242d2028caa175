"""The driver for Java, which finds classes and types by reflection.

The solution is in a package of its own, so that it may have a class Main too.
"""

import json
import re

from verifiers.code.function.drivers.base import Driven, Unreadable, driver_text
from verifiers.code.function.drivers.source_text import spelling, without_comments
from verifiers.code.function.reference import FunctionReference

_PACKAGE = "candidate"
_IMPORTS = "".join(
    f" import java.{name}.*;"
    for name in ("util", "util.function", "util.stream", "util.concurrent", "math", "io")
)
_PACKAGE_CLAUSE = re.compile(r"^[ \t]*package\s+[\w.]+\s*;", re.MULTILINE)
_CLASS = re.compile(
    r"(\bpublic\s+)?(?:\b(?:final|abstract|static)\s+){0,3}\b(?:class|record)\s+(\w+)"
)
_NODES = {
    "ListNode": (
        "public class ListNode { public int val; public ListNode next; public ListNode() {} "
        "public ListNode(int val) { this.val = val; } "
        "public ListNode(int val, ListNode next) { this.val = val; this.next = next; } }"
    ),
    "TreeNode": (
        "public class TreeNode { public int val; public TreeNode left, right; "
        "public TreeNode() {} public TreeNode(int val) { this.val = val; } "
        "public TreeNode(int val, TreeNode left, TreeNode right) "
        "{ this.val = val; this.left = left; this.right = right; } }"
    ),
}


def build(solution: str, reference: FunctionReference) -> Driven:
    """A main file, the solution in its package, and a class by which the one finds the other."""
    code = without_comments(solution)
    found = _CLASS.findall(code)
    if not found:
        solution, found = f"class Solution {{ {solution}\n}}", [("", "Solution")]
    classes = [name for _, name in found]
    shown = next((name for public, name in found if public), classes[0])
    if reference.operations and reference.name not in classes:
        raise Unreadable(f"the program defines no class {reference.name}")
    solution = _PACKAGE_CLAUSE.sub("", solution, count=1)
    files = {
        f"{_PACKAGE}/{shown}.java": f"package {_PACKAGE};{_IMPORTS} {solution}\n",
        f"{_PACKAGE}/Seen.java": _seen(shown, classes, _spelt(code, reference)),
    }
    for name, text in _NODES.items():
        if name not in classes:
            files[f"{_PACKAGE}/{name}.java"] = f"package {_PACKAGE}; {text}\n"
    return Driven(source=driver_text("Main.java"), files=files)


def _seen(shown: str, classes: list[str], spelt: dict[str, str]) -> str:
    """What the driver has to know of the solution."""
    listed = ", ".join(map(json.dumps, classes))
    pairs = ", ".join(f'Map.entry("{name}", "{other}")' for name, other in spelt.items())
    return (
        f"package {_PACKAGE};\n"
        "import java.util.Map;\n"
        "public class Seen {\n"
        f"  static final Class<?> SHOWN = {shown}.class;\n"
        f"  public static final String[] CLASSES = {{{listed}}};\n"
        f"  public static final Map<String, String> SPELT = Map.ofEntries({pairs});\n"
        "}\n"
    )


def _spelt(code: str, reference: FunctionReference) -> dict[str, str]:
    """Names that the solution spells in another way."""
    names = {name for case in reference.operations for name in case.ops[1:]} or {reference.name}
    found = {name: spelling(name, code) for name in sorted(names)}
    return {name: other for name, other in found.items() if other not in (None, name)}
