"""Runs one test of a file: every case of it, with its fixtures, setup and teardown."""

import asyncio
import contextlib
import inspect
import unittest
from collections.abc import Callable, Iterator
from typing import Any

from ...examiner.asking import Fault
from ...examiner.assertions import heard_of
from .fixtures import Fixtures, Values, parameters
from .marks import Mark, combinations, marks_of

_SKIPPING = ("skip", "skipif", "xfail")


class Skipped(Exception):
    """A test, or one case of it, that was not held to its end."""


class Runner:
    """Runs the tests of one module, in order; knows which module and class is set up."""

    def __init__(self, module: Any) -> None:
        self._module = module
        self._fixtures = Fixtures(module)
        self._group: Any = None
        self._module_is_up = False

    def run(self, group_name: str | None, name: str) -> None:
        """Raises whatever keeps the test from passing."""
        group = None if group_name is None else getattr(self._module, group_name)
        self._enter_module()
        self._enter_group(group)
        if group is not None and issubclass(group, unittest.TestCase):
            self._run_case(group, name)
        else:
            self._run_function(group, name)

    def close(self) -> None:
        """Take down what is still up."""
        self._enter_group(None)
        for scope in ("module", "package", "session"):
            self._fixtures.leave(scope)
        if self._module_is_up:
            _call(self._module, ("tearDownModule", "teardown_module"), self._module)

    def _enter_module(self) -> None:
        if not self._module_is_up:
            _call(self._module, ("setUpModule", "setup_module"), self._module)
            self._module_is_up = True

    def _enter_group(self, group: Any) -> None:
        if group is self._group:
            return
        former, self._group = self._group, None
        if former is not None:
            self._fixtures.leave("class")
            _call(former, ("tearDownClass", "teardown_class"), former)
            if issubclass(former, unittest.TestCase):
                former.doClassCleanups()
        if group is not None:
            _call(group, ("setUpClass", "setup_class"), group)
        self._group = group

    def _run_case(self, group: type[unittest.TestCase], name: str) -> None:
        marks = [*marks_of(getattr(group, name)), *marks_of(group, self._module)]
        _refuse_to_skip(marks)
        case = group(name)
        result = _Result()
        with self._autouse(group, case):
            case.run(result)
        if result.problem is not None:
            raise result.problem
        if not result.passed:
            raise Skipped("it was not run to its end")

    @contextlib.contextmanager
    def _autouse(self, group: Any, instance: Any) -> Iterator[None]:
        try:
            for name in self._fixtures.wanted(lambda: None, group, {}, []):
                self._fixtures.value(name, group, instance, {})
            yield
        finally:
            self._fixtures.leave("function")

    def _run_function(self, group: Any, name: str) -> None:
        function = getattr(self._module if group is None else group, name)
        marks = [*marks_of(function)]
        if group is not None:
            marks += marks_of(group)
        marks += marks_of(self._module)
        cases = 0
        for values, own in combinations(marks):
            _refuse_to_skip([*marks, *own])
            more = [arg for mark in marks if mark.name == "usefixtures" for arg in mark.args]
            wanted = self._fixtures.wanted(function, group, values, more)
            for chosen in self._fixtures.choices(wanted, group):
                self._run_function_once(group, name, values, wanted, chosen)
                cases += 1
        if cases == 0:
            raise Fault(f"{name} has no parameters to be run with")

    def _run_function_once(
        self, group: Any, name: str, values: Values, wanted: list[str], chosen: Values
    ) -> None:
        instance = None if group is None else group()
        function = getattr(self._module if instance is None else instance, name)
        try:
            made = {each: self._fixtures.value(each, group, instance, chosen) for each in wanted}
            if instance is None:
                _call(self._module, ("setup_function",), function)
            else:
                _call(instance, ("setup_method", "setup"), function)
            try:
                arguments = {each: made[each] for each in parameters(function) if each in made}
                _finish(function(**arguments, **values))
            finally:
                if instance is None:
                    _call(self._module, ("teardown_function",), function)
                else:
                    _call(instance, ("teardown_method", "teardown"), function)
        finally:
            self._fixtures.leave("function")


def _call(holder: Any, names: tuple[str, ...], argument: Any) -> None:
    """Call the first of these functions that is there, with as much as it takes."""
    for name in names:
        function = getattr(holder, name, None)
        if function is not None:
            function(*([argument] if parameters(function) else []))
            return


def _finish(result: Any) -> None:
    if inspect.iscoroutine(result):
        asyncio.run(result)
    elif inspect.isgenerator(result):
        raise Fault("a test is a generator, and would never be run")


def _refuse_to_skip(marks: list[Mark]) -> None:
    for mark in marks:
        if mark.name in _SKIPPING and (mark.name != "skipif" or mark.args[0]):
            raise Skipped(f"the file marks it {mark.name}")


class _Result(unittest.TestResult):
    """What a TestCase tells of itself."""

    def __init__(self) -> None:
        super().__init__()
        self.problem: BaseException | None = None
        self.passed = False

    def _note(self, error: Any) -> None:
        self.problem = self.problem or error[1]

    def addError(self, test: Any, err: Any) -> None:
        self._note(err)

    def addFailure(self, test: Any, err: Any) -> None:
        self._note(err)

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        if err is not None:
            self._note(err)

    def addSuccess(self, test: Any) -> None:
        self.passed = True

    def addSkip(self, test: Any, reason: str) -> None:
        self.problem = self.problem or Skipped(reason)

    def addExpectedFailure(self, test: Any, err: Any) -> None:
        self.problem = self.problem or Skipped("it is expected to fail")

    def addUnexpectedSuccess(self, test: Any) -> None:
        self.problem = self.problem or Skipped("it is expected to fail")


def count_assertions(reached: Callable[[], None]) -> None:
    """Have the methods of unittest.TestCase tell of each assertion that held."""
    for name in dir(unittest.TestCase):
        if name.startswith("assert") and name not in _BLOCKS:
            setattr(unittest.TestCase, name, heard_of(getattr(unittest.TestCase, name), reached))
    for name in _BLOCKS:
        setattr(unittest.TestCase, name, _telling_block(getattr(unittest.TestCase, name), reached))


_BLOCKS = (
    "assertRaises",
    "assertRaisesRegex",
    "assertWarns",
    "assertWarnsRegex",
    "assertLogs",
    "assertNoLogs",
)


def _telling_block(method: Callable[..., Any], reached: Callable[[], None]) -> Callable[..., Any]:
    def tell(*args: Any, **kwargs: Any) -> Any:
        block = method(*args, **kwargs)
        if block is None:  # it was given something to call, and that has raised
            reached()
            return None
        leave = block.__exit__

        def leaving(*how: Any) -> Any:
            answer = leave(*how)
            if how[0] is None or answer:
                reached()
            return answer

        return _Block(block, leaving)

    return tell


class _Block:
    """A with statement's manager whose end is listened to."""

    def __init__(self, block: Any, leaving: Callable[..., Any]) -> None:
        self._block = block
        self._leaving = leaving

    def __enter__(self) -> Any:
        return self._block.__enter__()

    def __exit__(self, *how: Any) -> Any:
        return self._leaving(*how)
