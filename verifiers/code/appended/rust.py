"""Tests appended to programs in Rust."""

import re
from typing import NamedTuple

from verifiers.code.appended.lexing import Tokens, without_comments
from verifiers.code.appended.parts import NamedTest, Parts

_RUST_MAIN = re.compile(r"\b(?:pub\s+)?fn\s+main\s*\(\s*\)")
_RUST_ASSERT = re.compile(r"(?<![\w:!])((?:debug_)?assert(?:_eq|_ne)?|panic)!")
_ATTRIBUTE = r"#\[(?:[^\[\]\"]|\"(?:[^\"\\]|\\.)*\"|\[[^\[\]]*\])*\]"
_RUST_TEST = re.compile(
    rf"((?:{_ATTRIBUTE}\s*)*#\[test\]\s*(?:{_ATTRIBUTE}\s*)*)(?:pub\s+)?fn\s+(\w+)"
)
_RUST_MODULE = re.compile(r"(?:pub(?:\([^)]*\))?\s+)?\bmod\s+(\w+)\s*(?=\{)")
_RUST_ONLY_TESTS = re.compile(r"#\[cfg\(test\)\]")
_RUST_INNER = re.compile(r"^#!\[[^\]]*\][ \t]*$", re.MULTILINE)
_RUST_PANICS = re.compile(
    r"#\[should_panic(?:\s*\(\s*expected\s*=\s*(\"(?:[^\"\\]|\\.)*\")\s*\))?\s*\]"
)
_RUST_IGNORED = re.compile(r"#\[ignore\b")


class _Test(NamedTuple):
    path: str
    """Its name with those of the modules that it is in."""
    attributes: str
    start: int
    end: int


def named_tests(tests: str) -> list[NamedTest]:
    """The functions that `rustc --test` would run."""
    return [NamedTest(test.path, test.start, test.end) for test in _tests(tests)]


def _tests(tests: str) -> list[_Test]:
    tokens = Tokens(tests, "rust")
    code = without_comments(tests, "rust")
    modules = [
        (found[1], found.start(), tokens.end_of_body(found.end()))
        for found in _RUST_MODULE.finditer(code)
    ]
    found_tests = []
    for found in _RUST_TEST.finditer(code):
        if _RUST_IGNORED.search(found[1]):
            continue
        path = [name for name, start, end in modules if start <= found.start() < end]
        end = tokens.end_of_body(found.end())
        found_tests.append(_Test("::".join([*path, found[2]]), found[1], found.start(), end))
    return found_tests


def join_rust(parts: Parts) -> str:
    key = parts.key[24:]
    tests, program = parts.tests, parts.program
    inner = "\n".join(_RUST_INNER.findall(program + parts.setup))
    program = _RUST_MAIN.sub(f"fn own_main_{key}()", _RUST_INNER.sub("", program))
    found = _tests(tests)
    calls = []
    for index, test in enumerate(found):
        first, second = parts.halves(index)
        panics = _RUST_PANICS.search(test.attributes)
        wanted = "None" if panics is None else "Some({})".format(panics[1] or '""')
        calls.append(
            f"let ran = holds_{key}(|| outcome_{key}(tests_{key}::{test.path}()), {wanted});\n"
            f'    ended &= ran; if ran {{ tell("{first}", "{second}"); }}'
        )
    if found:
        tests = _RUST_MODULE.sub(r"pub mod \1 ", tests)
        tests = _RUST_TEST.sub(_plain_function, tests)
    else:
        tests = _RUST_MAIN.sub(f"pub fn main_{key}()", tests)
        first, second = parts.halves(0)
        calls = [
            f"if outcome_{key}(tests_{key}::main_{key}()) {{ "
            f'tell("{first}", "{second}"); }} else {{ ended = false; }}'
        ]
    tests = _RUST_ASSERT.sub(r"::std::\1!", _RUST_ONLY_TESTS.sub("", tests))
    lines = "\n    ".join(calls)
    return f"""#![allow(warnings)]
{inner}
{_RUST_INNER.sub("", parts.setup)}
{program}
mod tests_{key} {{
use super::*;
{tests}
}}
fn outcome_{key}(result: impl ::std::process::Termination) -> bool {{
    let success = ::std::process::ExitCode::SUCCESS;
    ::std::format!("{{:?}}", result.report()) == ::std::format!("{{:?}}", success)
}}
fn holds_{key}(test: impl FnOnce() -> bool, panics: Option<&str>) -> bool {{
    let result = ::std::panic::catch_unwind(::std::panic::AssertUnwindSafe(test));
    match (result, panics) {{
        (Ok(held), None) => held,
        (Err(error), Some(expected)) => {{
            let said = error.downcast_ref::<String>().map(|text| text.as_str());
            said.or(error.downcast_ref::<&str>().copied()).unwrap_or("").contains(expected)
        }}
        _ => false,
    }}
}}
fn main() {{
    let mut ended = true;
    let tell = |first: &str, second: &str| {{
        use ::std::io::Write;
        let mut out = ::std::io::stdout();
        let _ = ::std::write!(out, "\\n{{}}-{{}}\\n", first, second);
        let _ = out.flush();
    }};
    {lines}
    if !ended {{ ::std::process::exit(101); }}
}}
"""


def _plain_function(found: re.Match[str]) -> str:
    """A test as a function that can be called, with the attributes that are not the framework's."""
    attributes = re.sub(
        r"#\[(?:test|ignore|should_panic)\b(?:[^\[\]\"]|\"[^\"]*\")*\]", "", found[1]
    )
    return f"{attributes}pub fn {found[2]}"
