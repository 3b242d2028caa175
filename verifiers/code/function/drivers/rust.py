"""The driver for Rust: calls are written out, with the types of the solution's own signatures."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from verifiers.code.function.drivers.base import Driven, Unreadable, driver_text
from verifiers.code.function.drivers.source_text import signature, spelling, without_comments
from verifiers.code.function.reference import FunctionReference

_MOST_BLOCKS = 50
_MAIN = re.compile(r"\bfn\s+main\s*\(")
_USES = "".join(
    f"#[allow(unused_imports)] use std::{name}::*;\n"
    for name in ("cell", "cmp", "collections", "rc")
)
_REFERENCE = re.compile(r"&\s*(?:'\w+\s+)?(mut\s+)?(.+)", re.DOTALL)
_NODES = {
    "ListNode": (
        "LISTS",
        "#[derive(PartialEq, Eq, Clone, Debug)]\n"
        "pub struct ListNode { pub val: i32, pub next: Option<Box<ListNode>> }\n"
        "impl ListNode { pub fn new(val: i32) -> Self { ListNode { val, next: None } } }\n",
    ),
    "TreeNode": (
        "TREES",
        "#[derive(PartialEq, Eq, Debug)]\n"
        "pub struct TreeNode { pub val: i32,\n"
        "    pub left: Option<std::rc::Rc<std::cell::RefCell<TreeNode>>>,\n"
        "    pub right: Option<std::rc::Rc<std::cell::RefCell<TreeNode>>> }\n"
        "impl TreeNode { pub fn new(val: i32) -> Self "
        "{ TreeNode { val, left: None, right: None } } }\n",
    ),
}


@dataclass(frozen=True, slots=True)
class _Argument:
    """How one argument is held and handed over."""

    held: str
    """The type it is read as."""
    passed: str
    """The expression that is passed, with {} for its name."""
    borrowed: bool


def build(solution: str, reference: FunctionReference) -> Driven:
    """One file: the solution, names that it may take for granted, the driver, and the calls."""
    code = without_comments(solution)
    calls = _life(code, reference) if reference.operations else _call(code, reference)
    parts = [
        _MAIN.sub("fn main_of_the_solution(", solution),
        _USES,
        *(text for name, (_, text) in _NODES.items() if _needs(code, name)),
        "" if _struct(code, "Solution") or "impl Solution" not in code else "struct Solution;",
        _driver(tuple(mark for name, (mark, _) in _NODES.items() if name in code)),
        "fn rewardbox_answer(request: &rewardbox_driver::Json) "
        "-> rewardbox_driver::Result<String> {",
        "    use rewardbox_driver::{argument, check_count, Put};",
        "    let mut out = String::new();",
        *calls,
        "    Ok(out)",
        "}",
        "fn main() { rewardbox_driver::run(rewardbox_answer) }",
    ]
    return Driven(source="\n".join(parts) + "\n")


@functools.cache
def _driver(wanted: tuple[str, ...]) -> str:
    """The driver, with lists and trees only where the solution has such types."""
    text = driver_text("driver.rs")
    for mark, end in (("LISTS", "TREES"), ("TREES", "END")):
        if mark not in wanted:
            start = text.index(f"    // {mark}")
            text = text[:start] + text[text.index(f"    // {end}") :]
    return text


def _needs(code: str, name: str) -> bool:
    return name in code and _struct(code, name) is None


def _struct(code: str, name: str) -> re.Match[str] | None:
    return re.search(rf"\bstruct\s+{name}\b\s*(;|\{{\s*\}})?", code)


def _call(code: str, reference: FunctionReference) -> list[str]:
    owner = reference.owner or "Solution"
    body = _implementation(code, owner)
    in_class = spelling(reference.name, body) if body else None
    plain = spelling(reference.name, code)
    if in_class and _signature(in_class, body):
        parameters = _parameters(in_class, body)
        function = f"{owner}::{in_class}"
        if parameters and _is_self(parameters[0]):
            parameters, function = parameters[1:], f"{_instance(code, owner)}.{in_class}"
    elif plain:
        parameters, function = _parameters(plain, code), plain
    else:
        raise Unreadable(f"the program defines no {reference.name}")
    arguments = [_argument(parameter) for parameter in parameters]
    lines = ['    let raw = request.at("args").items();', *_held(arguments)]
    call = f"{function}({_passed(arguments)})"
    if reference.in_place is None:
        return [*lines, f"    {call}.put(&mut out);"]
    if reference.in_place >= len(arguments) or not arguments[reference.in_place].borrowed:
        raise Unreadable(f"argument {reference.in_place} of {function} is no `&mut`")
    return [*lines, f"    let _ = {call};", f"    a{reference.in_place}.put(&mut out);"]


def _life(code: str, reference: FunctionReference) -> list[str]:
    cls = reference.name
    body = _implementation(code, cls)
    if not body or not _signature("new", body):
        raise Unreadable(f"the program defines no `impl {cls}` with `new`")
    made = [_argument(parameter) for parameter in _parameters("new", body)]
    lines = [
        '    let (ops, args) = (request.at("ops").items(), request.at("args").items());',
        "    let raw = args[0].items();",
        *_held(made),
        f"    let mut object = {cls}::new({_passed(made)});",
        '    out.push_str("[null");',
        "    for (op, args) in ops.iter().zip(args).skip(1) {",
        "        let raw = args.items();",
        "        out.push(',');",
        "        match op.text() {",
    ]
    for name in sorted({name for case in reference.operations for name in case.ops[1:]}):
        method = spelling(name, body)
        if method is None or not _signature(method, body):
            raise Unreadable(f"the type {cls} has no method {name}")
        parameters = _parameters(method, body)
        arguments = [_argument(each) for each in parameters if not _is_self(each)]
        call = f"object.{method}({_passed(arguments)}).put(&mut out);"
        lines += [f'        "{name}" => {{', *_held(arguments), f"    {call} }}"]
    lines += ["        _ => {}", "        }", "    }", "    out.push(']');"]
    return ["    #[allow(unused_mut)]", *lines]


def _implementation(code: str, name: str) -> str:
    """All that is in `impl` blocks of a type, without those of traits."""
    opening = rf"\bimpl\s*(?:<[^>]{{0,200}}>)?\s*{name}\b[^{{;]{{0,200}}\{{"
    blocks = islice(re.finditer(opening, code), _MOST_BLOCKS)
    return "\n".join(_braced(code, found.end()) for found in blocks)


def _braced(code: str, start: int) -> str:
    depth = 1
    for brace in re.compile(r"[{}]").finditer(code, start):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return code[start : brace.start()]
    return code[start:]


def _signature(name: str, code: str) -> tuple[list[str], str] | None:
    return signature(name, code, keyword=r"\bfn\s+")


def _parameters(name: str, code: str) -> list[str]:
    found = _signature(name, code)
    if found is None:
        raise Unreadable(f"the signature of {name} cannot be read")
    return found[0]


def _is_self(parameter: str) -> bool:
    return re.fullmatch(r"(?:&\s*(?:'\w+\s+)?)?(?:mut\s+)?self(?:\s*:.*)?", parameter) is not None


def _instance(code: str, owner: str) -> str:
    """An expression that makes an object for a method."""
    struct = _struct(code, owner)
    if struct is None or struct[1] == ";":
        return owner
    if struct[1]:
        return f"{owner} {{}}"
    made = "new" if _signature("new", _implementation(code, owner)) else "default"
    return f"{owner}::{made}()"


def _argument(parameter: str) -> _Argument:
    """Raises Unreadable for a type that no argument can be made for."""
    kind = parameter.partition(":")[2].strip()
    reference = _REFERENCE.fullmatch(kind)
    inner = reference[2].strip() if reference else kind
    mark = "" if reference is None else "&mut " if reference[1] else "&"
    if sliced := re.fullmatch(r"\[(.+)\]", inner, re.DOTALL):
        inner = inner if ";" in sliced[1] else f"Vec<{sliced[1]}>"
    if inner == "str":
        inner = "String"
    passed = f"{mark}{{}}"
    if re.fullmatch(r"Vec<&\s*(?:'\w+\s+)?str>", inner):
        inner = "Vec<String>"
        passed = f"{mark}{{}}.iter().map(|each| each.as_str()).collect::<Vec<_>>()"
    if not kind or "&" in inner or re.search(r"\b(?:impl|dyn|fn)\b", inner):
        raise Unreadable(f"the type of `{parameter}` cannot be read")
    return _Argument(inner, passed, borrowed=mark == "&mut ")


def _held(arguments: Sequence[_Argument]) -> list[str]:
    return [
        f"    check_count(raw, {len(arguments)})?;",
        *(
            f"    #[allow(unused_mut)] let mut a{place}: {each.held} = argument(raw, {place})?;"
            for place, each in enumerate(arguments)
        ),
    ]


def _passed(arguments: Sequence[_Argument]) -> str:
    return ", ".join(each.passed.format(f"a{place}") for place, each in enumerate(arguments))
