"""What drivers read out of a solution's text."""

import contextlib
import time

import pytest

from verifiers.code.function.drivers import BUILDERS, Unreadable
from verifiers.code.function.drivers.source_text import (
    body_of,
    signature,
    spelling,
    split_at_commas,
    without_comments,
)
from verifiers.code.function.reference import FunctionReference


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a // f(\nb", "a  \nb"),
        ("a /* class X {\n */ b", "a   b"),
        ("a /* never closed", "a  "),
        ('"// no" // yes', '""  '),
        (r'"a \" // b" c', '"" c'),
        ("fn f<'a>(x: &'a str, y: &'a str)", "fn f<'a>(x: &'a str, y: &'a str)"),
        ("x = '{'; y = '\\n'; z = 1'000'000", 'x = ""; y = ""; z = 1\'000\'000'),
        ("`raw // {` b", '"" b'),
    ],
)  # fmt: skip
def test_comments_and_literals_go(text, code):
    assert without_comments(text) == code


def test_scripts_have_texts_in_single_quotes():
    assert without_comments("f('// {', 'b')", script=True) == 'f("", "")'


def test_a_body_ends_with_its_brace():
    code = "class A { int x; }; class B { void f() { if (1) {} } }; int g;"
    assert body_of(code, r"\bclass\s+B\b").strip() == "void f() { if (1) {} }"
    assert body_of(code, r"\bclass\s+C\b") is None


@pytest.mark.parametrize(
    ("name", "code", "found"),
    [
        ("twoSum", "int twoSum(int x)", "twoSum"),
        ("twoSum", "fn two_sum(x: i32)", "two_sum"),
        ("two_sum", "int twoSum(int x)", "twoSum"),
        ("get", "func (this *C) Get(key int)", "Get"),
        ("get", "int forget(int x) { budget; }", None),
        ("addNum", "var addNum = function(x)", "addNum"),
    ],
)
def test_names_are_found_as_the_language_spells_them(name, code, found):
    assert spelling(name, code) == found


@pytest.mark.parametrize(
    ("name", "code", "found"),
    [
        ("f", "function f(a: number, b: Array<[number, string]>): number[] {",
         (["a: number", "b: Array<[number, string]>"], "number[]")),
        ("f", "const f = async (a: ListNode | null): ListNode => a",
         (["a: ListNode | null"], "ListNode")),
        ("f", "fn f<'a>(&self, a: HashMap<i32, Vec<(i32, i32)>>) -> Option<Box<T>> {",
         (["&self", "a: HashMap<i32, Vec<(i32, i32)>>"], "Option<Box<T>>")),
        ("f", "x = f(1); function f() {", ([], "")),
        ("f", "g(f(1, 2));", None),
        ("f", "function f(", None),
    ],
)  # fmt: skip
def test_signatures(name, code, found):
    assert signature(name, code) == found


def test_commas_in_brackets_do_not_part():
    assert split_at_commas("a: Fn(i32, i32) -> i32, b: (A<B, C>, D)") == [
        "a: Fn(i32, i32) -> i32",
        "b: (A<B, C>, D)",
    ]


NASTY = [
    *("/*", "/**", "f(", "f <", "'", "f = ", "{", '"\\', "class A ", "f : ", "f (", "impl S {"),
    *("static ", "export {", "import ", "import (", "@param {", "/** @param {", "\n", " "),
    *("struct S<", "fn f<", "class Solution", "func f(", "func (s *Solution) f", "public "),
    *("`", "f\n=\n", "package ", "\\"),
]


@pytest.mark.parametrize("piece", NASTY, ids=repr)
@pytest.mark.parametrize("build", BUILDERS.values(), ids=BUILDERS)
def test_no_text_takes_long(build, piece):
    reference = FunctionReference.model_validate(
        {"entry_point": "Solution.f", "tests": [{"args": [1], "expected": 1}]}
    )
    for text in (piece * (100_000 // len(piece)), f"import {piece * 20_000}\nfn f("):
        started = time.process_time()
        with contextlib.suppress(Unreadable):
            build(text, reference)
        assert time.process_time() - started < 2
