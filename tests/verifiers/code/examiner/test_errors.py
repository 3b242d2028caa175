"""Exceptions that cross: which class they are of on the other side."""

import dataclasses
import decimal
import json
import queue
import re
import sqlite3
import subprocess
import sys
import types
import unittest

import pytest

from verifiers.code.examiner.asking import Fault
from verifiers.code.examiner.errors import Errors, Refused, names_of
from verifiers.code.examiner.raisable import TESTS


def crossed(error, **claimed):
    """What becomes of an exception, whose class the other side may give any name."""
    ours, theirs = Errors(), Errors()
    return ours.decoded({**theirs.encoded(error), **claimed}, iterating=False)


def of_a_program(base):
    return type("Own", (base,), {"__module__": "solution"})


def raised(function, *args):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - any will do
        function(*args)
    return caught.value


LIBRARIES = [
    raised(json.loads, "{"),
    raised(decimal.Decimal, "x"),
    raised(re.compile, "("),
    raised(queue.Queue().get_nowait),
    raised(sqlite3.connect(":memory:").execute, "x"),
    subprocess.CalledProcessError(2, "ls"),
    dataclasses.FrozenInstanceError("cannot assign to field 'x'"),
]


@pytest.mark.parametrize("error", LIBRARIES, ids=lambda error: type(error).__name__)
def test_an_exception_of_a_library_is_of_its_very_class(error):
    told = crossed(error)
    assert type(told) is type(error)
    assert str(told) == str(error)
    assert told.from_candidate


def test_what_its_class_says_of_itself_crosses():
    assert crossed(raised(json.loads, "{")).pos == 1
    assert crossed(subprocess.CalledProcessError(2, "ls")).returncode == 2


def test_a_class_of_the_programs_derives_from_that_of_the_library():
    told = crossed(of_a_program(queue.Empty)("gone"))
    assert isinstance(told, queue.Empty)
    assert type(told).__name__ == "Own"
    assert crossed(told, names=names_of(type(told))).args == ("gone",)


def test_a_class_of_the_programs_is_not_the_built_in_one_whose_name_it_has():
    own = type("ValueError", (Exception,), {"__module__": "solution"})
    assert not isinstance(crossed(own("x")), ValueError)


def test_where_not_all_crosses_the_text_does():
    told = crossed(raised(open, "nowhere"))
    assert isinstance(told, FileNotFoundError)
    assert "'nowhere'" in str(told)


@pytest.mark.parametrize("base", [UnicodeDecodeError, ExceptionGroup])
def test_an_exception_that_wants_more_than_its_text(base):
    names = ["solution.Own", *names_of(base)]
    assert str(crossed(ValueError("text"), names=names)) == "text"


@pytest.mark.parametrize(
    "kind",
    [
        unittest.SkipTest,
        vars(unittest.case)["_ShouldStop"],
        pytest.fail.Exception,
        pytest.UsageError,
        Fault,
        Refused,
        KeyboardInterrupt,
        SystemExit,
        GeneratorExit,
    ],
)
def test_nothing_that_decides_about_a_test_is_raised(kind):
    told = crossed(ValueError("x"), names=names_of(kind))
    assert not isinstance(told, kind)
    assert isinstance(told, Exception)


def test_only_what_a_module_defines_itself_and_publicly(monkeypatch):
    place = types.ModuleType("place")
    private = type("_Private", (Exception,), {"__module__": "place"})
    special = type("Special", (Exception,), {"__module__": "place", "__new__": lambda cls: 1})
    vars(place).update(
        Skip=unittest.SkipTest, SkipTest=unittest.SkipTest, _Private=private, Special=special
    )
    monkeypatch.setitem(sys.modules, "place", place)
    for name in ("Skip", "SkipTest", "_Private", "Special"):
        told = crossed(ValueError("x"), names=[f"place.{name}"])
        assert not isinstance(told, unittest.SkipTest | private | special)


def test_classes_of_the_tests_are_theirs_to_raise(monkeypatch):
    tests = types.ModuleType(TESTS)
    found = vars(tests)["Found"] = type("Found", (Exception,), {"__module__": TESTS})
    monkeypatch.setitem(sys.modules, TESTS, tests)
    assert not isinstance(crossed(ValueError("x"), names=[f"{TESTS}.Found"]), found)


def test_nothing_is_imported_to_find_a_class():
    modules = dict(sys.modules)
    crossed(ValueError("x"), names=["this.Zen"])
    assert sys.modules.keys() == modules.keys()


def test_a_class_to_catch_by_is_that_of_the_library_and_never_one_of_failed_assertions():
    errors = Errors()
    assert errors.class_to_catch(names_of(json.JSONDecodeError)) is json.JSONDecodeError
    caught = errors.class_to_catch(names_of(AssertionError))
    assert not issubclass(AssertionError, caught)
