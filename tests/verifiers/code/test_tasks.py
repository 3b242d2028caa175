"""What a task's tests, prompt and setup tell before any program is run."""

import ast
import unittest
from typing import Any
from unittest.mock import ANY, Mock

import pytest

from verifiers.code.examiner.assertions import HEARD, REACHED, counted, hearing, telling
from verifiers.code.examiner.libraries import library_names
from verifiers.code.examiner.names import builtin_under_test, wanted_names
from verifiers.code.examiner.peer import Proxy
from verifiers.code.tasks import task_of
from verifiers.errors import InvalidReference

NODE = "class Node:\n    def __init__(self, v):\n        self.v = v\n"
SHAPE = "class Shape:\n    def area(self):\n        return Unit\n"
UNIT = "class Unit:\n    def name(self):\n        return 'u'\n"
ORACLE = "def oracle(x):\n    return x\n"


def task(*tests, setup="", prompt="", entry_point=None):
    return task_of(tests or ("assert f(1) == 2",), setup, prompt, entry_point)


class TestWhatAProgramIsGiven:
    def test_nothing_where_it_uses_nothing(self):
        gift = task(setup=NODE + SHAPE + ORACLE).for_program("def f(x): return x")
        assert (gift.source, list(gift.records), list(gift.moved)) == ("", [], [])

    def test_the_classes_that_it_uses(self):
        gift = task(setup=NODE + ORACLE).for_program("def f(x): return Node(oracle(x))")
        assert "class Node" in gift.source
        assert "oracle" not in gift.source
        assert gift.records == ["Node"]
        assert gift.moved == []

    def test_classes_that_these_use(self):
        gift = task(setup=UNIT + SHAPE).for_program("class Square(Shape): pass")
        assert "class Unit" in gift.source
        assert sorted(gift.moved) == ["Shape", "Unit"]
        assert gift.records == []

    def test_no_class_that_it_defines_itself(self):
        gift = task(setup=NODE).for_program(f"{NODE}def f(x): return Node(x)")
        assert gift.source == ""
        assert gift.records == ["Node"]

    @pytest.mark.parametrize(
        ("setup", "given"),
        [
            ("import math", True),
            ("import cmath as math", True),
            ("from typing import List, math", True),
            ("from somewhere import *", True),
            ("import numpy", False),
        ],
    )
    def test_imports_that_it_uses(self, setup, given):
        gift = task(setup=setup).for_program("def f(x): return math.sqrt(x)")
        assert bool(gift.source) is given

    def test_nothing_for_what_is_no_program(self):
        assert task(setup=NODE).for_program("def Node(").source == ""


@pytest.mark.parametrize(
    ("tests", "wrong"),
    [
        (("assert f(",), "does not compile"),
        (("f(1)", "print(f(2))"), "assert nothing"),
        (("x: int = 1\nglobal x\nassert f(x)",), "do not compile"),
    ],
)
def test_tests_that_are_none(tests, wrong):
    with pytest.raises(InvalidReference, match=wrong):
        task(*tests)


def test_tests_too_long_to_be_read_by_the_service_are_left_to_the_examiner():
    payload = task("assert f([" + "1, " * 100_000 + "]) == 1").payload
    assert "facts" not in payload
    assert payload["tests"]


@pytest.mark.parametrize(
    "source",
    [
        "assert f(1) == 1",
        "if f(1): assert f(2), 'two'; x = 1",
        "for x in 'äöü': assert f(x) == 'é', (\n    'over lines'\n)\n",
        "assert f('''\n; ''')\nassert (f(1)\n    == 2); assert f(3)\n",
        "assert f(1)  # a comment; assert nothing\r\nassert f(2)\r\n",
        "def check(c):\n    assert c(1)\n    assert c(2)\n",
    ],
)
def test_each_assertion_that_holds_is_told_of(source):
    told = []
    names: dict[str, Any] = {"f": lambda _: ANY, REACHED: lambda: told.append(1)}
    exec(counted(source, "<test>"), names)
    if "check" in names:
        names["check"](names["f"])
    tree = ast.parse(source)
    rounds = 3 if "for" in source else 1
    assert len(told) == rounds * sum(isinstance(node, ast.Assert) for node in ast.walk(tree))
    assert len(telling(source, tree).splitlines()) == len(source.splitlines())


def test_an_assertion_that_does_not_hold_is_not_told_of():
    told = []
    with pytest.raises(AssertionError):
        exec(counted("assert 1 == 2", "<test>"), {REACHED: lambda: told.append(1)})
    assert told == []


def told_of(source, **names):
    """How often a source tells of assertions that held."""
    told = []

    def reached():
        told.append(1)

    exec(counted(source, "<test>"), {REACHED: reached, HEARD: hearing(reached), **names})
    return len(told)


class TestFunctionsThatAssert:
    @pytest.mark.parametrize(
        ("source", "times"),
        [
            ("m.assert_called_once_with(1)", 1),
            ("for _ in range(3):\n    m.assert_called(\n    ); x = 1", 3),
            ("unittest.TestCase().assertEqual('äöü', 'äöü'); assert True", 2),
            ("unittest.TestCase().assertRaises(ValueError, int, 'x')", 1),
            ("unittest.TestCase().assertRaises(ValueError)", 0),
            ("def assert_it(x): pass\nassert_it(1)", 0),
            ("def assert_it(x): assert x\nassert_it(1)", 1),
        ],
    )
    def test_a_call_that_raised_nothing_is_told_of(self, source, times):
        mock = Mock()
        mock(1)
        assert told_of(source, m=mock, unittest=unittest) == times

    def test_one_that_raised_is_not(self):
        with pytest.raises(AssertionError):
            told_of("m.assert_called()", m=Mock())

    def test_what_the_program_has_under_such_a_name_asserts_nothing(self):
        class Function(Proxy):
            def __call__(self, x):
                return None

        assert told_of("assert_it(1)", assert_it=Function()) == 0

    @pytest.mark.parametrize(
        ("test", "asserting"),
        [
            ("assert_allclose(f(1), 2)", True),
            ("m = Mock(); f(m); m.assert_called()", True),
            ("unittest.TestCase().assertEqual(f(), 1)", True),
            ("with pytest.raises(ValueError): f()", False),
            ("import numpy as np\nnp.testing.assert_raises(ValueError, f)", True),
            ("def assert_it(x): x()\nassert_it(f)\nassert False", False),
        ],
    )
    def test_tests_that_assert_by_them_alone(self, test, asserting):
        assert task_of((test,), "", "", None).payload["facts"]["asserting"] == [asserting]

    @pytest.mark.parametrize("test", ["assert_it(1)", "f(1)", "with f(1): pass"])
    def test_functions_of_the_programs_are_no_assertions(self, test):
        with pytest.raises(InvalidReference, match="assert nothing"):
            task_of((test,), "", "", None)


class TestNamesOfBuiltins:
    @pytest.mark.parametrize(
        ("tests", "found"),
        [
            (["assert sum(10, 15) == 6", "assert sum(4, 6) == 3"], {"sum"}),
            (["assert set(max([1, 2], 1)) == {2}"], {"max"}),
            (["assert list(filter(lambda x: x, [1])) == [1]"], set()),
            (["assert sorted(x) == [1]", "assert min(3) == 2"], set()),
            (["assert divmod(pow(2, 3)) == 1"], set()),
        ],
    )
    def test_only_one_may_be_the_programs(self, tests, found):
        assert builtin_under_test(tests, set(), None) == found

    def test_none_is_where_another_name_is_tested(self):
        assert builtin_under_test(["assert sum(f(1)) == 2"], {"f"}, None) == set()
        assert builtin_under_test(["def check(c):\n    assert sum(c(1)) == 2"], set(), "f") == set()


class TestNamesOfLibraries:
    @pytest.mark.parametrize(
        ("test", "found"),
        [
            ("assert isclose(root(4), 2)", {"isclose"}),
            ("assert isclose(1, 2)", set()),
            ("assert Counter(f('aab')) == Counter(['a', 'b'])", {"Counter"}),
            ("found = f('aab')\nassert Counter(found) == Counter('ab')", {"Counter"}),
            ("assert sqrt(f(4)) == 2", {"sqrt"}),
            ("assert f(4) == inf", {"inf"}),
            ("assert f(4) == inf()", set()),
            ("assert lcm(4, 6) == 12\nassert gcd(4, 6) == 2", set()),
            (
                "def same(a, b):\n    return Counter(a) == Counter(b)\nassert same(f(1), [1])",
                {"Counter"},
            ),
            ("expected = product([1], [2])\nassert f() == list(expected)", set()),
        ],
    )
    def test_they_are_the_librarys_beside_what_is_tested(self, test, found):
        assert library_names([test], wanted_names([test]), None).keys() == found

    def test_only_the_entry_point_is_the_programs(self):
        tests = ["def check(candidate):\n    assert isclose(gcd(candidate(1), 4), 2)"]
        wanted = wanted_names(tests)
        assert library_names(tests, wanted, "root").keys() == {"isclose", "gcd"}
        assert library_names(tests, wanted, "gcd").keys() == {"isclose"}
