"""The driver for C++, where types are those that templates deduce from the solution itself."""

import re

from verifiers.code.function.drivers.base import Driven, Unreadable, driver_text
from verifiers.code.function.drivers.source_text import body_of, spelling, without_comments
from verifiers.code.function.reference import FunctionReference

_DRIVER = "rewardbox_driver.hpp"
_SOLUTION = "solution.hpp"
_NODES = {
    "ListNode": (
        "struct ListNode { int val; ListNode *next; ListNode() : val(0), next(nullptr) {} "
        "ListNode(int x) : val(x), next(nullptr) {} "
        "ListNode(int x, ListNode *next) : val(x), next(next) {} };"
    ),
    "TreeNode": (
        "struct TreeNode { int val; TreeNode *left, *right; "
        "TreeNode() : val(0), left(nullptr), right(nullptr) {} "
        "TreeNode(int x) : val(x), left(nullptr), right(nullptr) {} "
        "TreeNode(int x, TreeNode *left, TreeNode *right) : val(x), left(left), right(right) {} };"
    ),
}


def build(solution: str, reference: FunctionReference) -> Driven:
    """One program of three parts, in which the solution has a file, and lines, of its own."""
    code = without_comments(solution)
    nodes = [text for name, text in _NODES.items() if not _defines_class(code, name)]
    calls, main = _life(code, reference) if reference.operations else _call(code, reference)
    parts = [
        f'#include "{_DRIVER}"',
        *(["using namespace std;"] if _leaves_std_to_us(code) else []),
        *nodes,
        *calls,
        "#define main main_of_the_solution",
        f'#include "{_SOLUTION}"',
        "#undef main",
        f"signed main() {{ {main} }}",
    ]
    files = {_DRIVER: driver_text("driver.hpp"), _SOLUTION: solution}
    return Driven(source="\n".join(parts) + "\n", files=files)


def _leaves_std_to_us(code: str) -> bool:
    """Whether the solution uses names of the library as if that were declared, as LeetCode does."""
    return "#include" not in code or ("std::" not in code and "using" not in code)


def _call(code: str, reference: FunctionReference) -> tuple[list[str], str]:
    owner = reference.owner or "Solution"
    body = body_of(code, _class_pattern(owner))
    in_class = None if body is None else spelling(reference.name, body)
    plain = spelling(reference.name, code)
    if in_class and (reference.owner or plain == in_class):
        target = f"::{owner}::{in_class}"
    elif plain:
        target = f"::{plain}"  # not that of the library with the same name
    else:
        raise Unreadable(f"the program defines no {reference.name}")
    return [_callers(len(reference.tests[0].args))], f"rewardbox_driver::call(&{target});"


def _life(code: str, reference: FunctionReference) -> tuple[list[str], str]:
    cls = reference.name
    body = body_of(code, _class_pattern(cls))
    if body is None:
        raise Unreadable(f"the program defines no class {cls}")
    counts = {
        name: len(args)
        for case in reference.operations
        for name, args in zip(case.ops[1:], case.args[1:], strict=True)
    }
    adders = [_adders(count) for count in sorted(set(counts.values()))]
    main = f"rewardbox_driver::Life<{cls}> life; "
    for name, count in counts.items():
        spelt = spelling(name, body)
        if spelt is None:
            raise Unreadable(f"the class {cls} has no method {name}")
        main += f'rewardbox_driver::add{count}(life, "{name}", &::{cls}::{spelt}); '
    return adders, main + f"life.answer<{len(reference.operations[0].args[0])}>();"


def _class_pattern(name: str) -> str:
    return rf"\b(?:class|struct)\s+{name}\b(?!\s*[;*&>,)])"


def _defines_class(code: str, name: str) -> bool:
    return body_of(code, _class_pattern(name)) is not None and bool(
        re.search(rf"{_class_pattern(name)}[^;{{]{{0,500}}\{{", code)
    )


def _callers(count: int) -> str:
    """Functions that deduce the types of whichever overload takes `count` arguments."""
    types, classes, listed = _parameters(count)
    return f"""namespace rewardbox_driver {{
template <class R{classes}> void call(R (*function)({types})) {{
  answer_call<R{listed}>(function);
}}
template <class R, class C{classes}> void call(R (C::*method)({types})) {{
  answer_call<R{listed}>(bind_method<C>(method));
}}
template <class R, class C{classes}> void call(R (C::*method)({types}) const) {{
  answer_call<R{listed}>(bind_method<C>(method));
}}
}}"""


def _adders(count: int) -> str:
    types, classes, listed = _parameters(count)
    each = f"""template <class L, class R, class C{classes}>
void add{count}(L &life, const char *name, R (C::*method)({types})CONST) {{
  life.template add<R{listed}>(name, method);
}}
"""
    both = each.replace("CONST", "") + each.replace("CONST", " const")
    return f"namespace rewardbox_driver {{\n{both}}}"


def _parameters(count: int) -> tuple[str, str, str]:
    """`A0, A1`, `, class A0, class A1` and `, A0, A1`."""
    names = [f"A{number}" for number in range(count)]
    classes = "".join(f", class {name}" for name in names)
    return ", ".join(names), classes, "".join(f", {name}" for name in names)
