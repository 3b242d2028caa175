"""The examiner's process for a Python test file; alone it decides which tests passed.

It tells what it found on the report pipe in the words of verifiers.code.examiner.examiner, with one
more outcome, "skipped".
"""

import ast
import builtins
import json
import types
import unittest
from typing import Any

from ...examiner.asking import Asker, Fault, Report, hold
from ...examiner.assertions import HEARD, REACHED, blocks, counted, hearing
from ...examiner.codec import Uncarriable
from ...examiner.decoys import MADE
from ...examiner.emptiness import refuse_emptiness
from ...examiner.errors import text_of
from ...examiner.guests import kind_of_tests, offered
from ...examiner.libraries import imported, library_names, module_names
from ...examiner.link import Link, LinkBroken, LinkClosed
from ...examiner.luck import begin
from ...examiner.names import bound_names, builtin_under_test, class_names, wanted_names
from ...examiner.raisable import TESTS
from ...examiner.reach import Reach
from ...examiner.reading import speaks_of_arrays
from ...examiner.wrapping import made, wrap
from .cases import Runner, Skipped, count_assertions
from .mocking import listen
from .stand_in import Program, ProgramModule, install, make_pytest

Outcome = tuple[str, str]

_FILE = "test_solution.py"


def main(payload: bytes, link: int, report: int) -> None:
    """Examine; the harness's entry. The payload is what verifiers.code.unittest.python writes."""
    given = json.loads(payload)
    hold(lambda connection, told: _examine(given, connection, told), link, report)


def _examine(given: dict[str, Any], link: Link, told: Report) -> None:
    source = given["tests"] = _absolute(given["tests"], given["module"])
    try:
        code = counted(source, _FILE)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Fault(f"the test file does not compile: {error}") from error
    greeting = link.receive()
    if greeting[0] == "failed" and len(greeting) == 3:
        told.tell(loaded=False, error=[str(each) for each in greeting[1:]])
        return
    if greeting != ["ready"]:
        raise LinkBroken("no greeting")
    begin(given["seed"])
    peer = Asker(link, offered(), kind_of=kind_of_tests, wrap=wrap)
    peer.blocks = {_FILE: blocks(ast.parse(source))}
    if speaks_of_arrays([source]):
        refuse_emptiness()
    if "seed(" in source:
        peer.replaced.watch_luck()
    _File(given, peer, code).examine(told)


def _absolute(source: str, module: str) -> str:
    """The source with the program imported by its plain name only."""
    return source.replace(f"from .{module} import", f"from {module} import")


def _names_what_it_imports(source: str, module: str) -> bool:
    """Whether it says what it wants of the program, in any other way than by a star."""
    return any(
        (isinstance(node, ast.Import) and any(each.name == module for each in node.names))
        or (
            isinstance(node, ast.ImportFrom) and node.module == module and node.names[0].name != "*"
        )
        for node in ast.walk(ast.parse(source))
    )


class _File:
    """A test file on its way: loaded, then run test by test."""

    def __init__(self, given: dict[str, Any], peer: Asker, code: Any) -> None:
        self._given = given
        self._peer = peer
        self._code = code
        self._reached: list[bool] = []
        source = given["tests"]
        wanted = wanted_names([source])
        modules = {name: of for name, of in module_names([source]).items() if name in wanted}
        self._modules = modules
        self._libraries = library_names([source], wanted - modules.keys(), None)
        if not _names_what_it_imports(source, given["module"]):
            wanted |= builtin_under_test([source], wanted, None)
        self._wanted = sorted(wanted - modules.keys() - self._libraries.keys())
        self._bound = bound_names([source])
        classes = class_names("", [source], None)
        self._program = Program(peer, classes)
        self._imported = ProgramModule(given["module"], self._program, self._wanted)
        self._module = types.ModuleType(TESTS)
        self._reach = Reach()
        listen(self._reach.note)

    def examine(self, told: Report) -> None:
        reached = lambda: self._reached.append(True)  # noqa: E731 - handed to several
        count_assertions(reached)
        install(self._module, self._imported, make_pytest(reached))
        names = {REACHED: reached, HEARD: hearing(reached), MADE: made}
        vars(self._module).update(__builtins__=builtins, **names)
        load = self._outcome(self._load)
        runner = Runner(self._module)
        for index, (group, name, asserts) in enumerate(
            self._given["names"][self._given["first"] :]
        ):
            outcome = load
            if load[0] == "passed":
                outcome = self._outcome(lambda g=group, n=name: runner.run(g, n))
                if outcome[0] == "passed" and asserts and not self._reached:
                    # A program may give what leads around all that would be asserted of it.
                    outcome = ("failed", "no assertion was reached")
            told.tell(index=index, outcome=outcome[0], message=outcome[1])
            if outcome[0] != "passed" and self._given["stop_on_failure"]:
                break
        else:
            self._leave(runner)
        if self._peer.requests <= self._program.looking:
            raise Fault("the tests never use the program")
        told.tell(done=True)

    def _leave(self, runner: Runner) -> None:
        """Teardown is part of the last test as little as of any; but it may not hang or lie."""
        self._outcome(runner.close)

    def _load(self) -> None:
        vars(self._module).update(imported(self._modules, self._libraries))
        if not self._given["imports_module"]:
            names = self._program.defined(self._wanted)
            vars(self._module).update({name: self._program.value(name) for name in names})
        exec(self._code, vars(self._module))  # noqa: S102 - the task's own code
        for group, name, _ in self._given["names"]:
            holder = getattr(self._module, group, None) if group else self._module
            if not hasattr(holder, name):
                raise Fault(f"the file does not define {group or ''} {name} when it is run")

    def _outcome(self, run: Any) -> Outcome:
        """How it went, in the report's words."""
        before = self._peer.requests
        self._peer.refused = None
        self._reached.clear()
        outcome = "passed", ""
        try:
            run()
        except (LinkBroken, LinkClosed):
            raise
        except BaseException as error:  # whatever a test raises is its outcome
            outcome = self._failure(error, asked=self._peer.requests > before)
            if self._reach.beyond:
                raise Fault(
                    f"the tests {self._reach.beyond}, which another process, that of the program, "
                    f"does not see; one then fails: {outcome[1]}"
                ) from error
        if self._peer.link.failure is not None:  # which a test may have swallowed
            raise self._peer.link.failure
        if self._peer.refused is not None:
            outcome = "uncarriable", self._peer.refused
        return outcome

    def _failure(self, error: BaseException, *, asked: bool) -> Outcome:
        """What kept a test from passing, and whose doing it is."""
        sentence = f"{type(error).__name__}: {text_of(error)}"[:2000]
        if isinstance(error, Fault):
            raise error
        if isinstance(error, Uncarriable):
            return "uncarriable", sentence
        if getattr(error, "from_candidate", False) is True:
            return "raised", sentence
        missing = self._program.missing
        if isinstance(error, ImportError):
            if missing and error.name == self._given["module"]:
                return "missing", sentence
            raise Fault(f"the tests import what is not there: {error}") from error
        if isinstance(error, AttributeError) and error.name in missing:
            return "missing", sentence
        if isinstance(error, NameError) and error.name not in self._bound:
            if error.name in self._wanted and not self._given["imports_module"]:
                return "missing", sentence
            raise Fault(f"the tests use a name that nothing defines: {error}") from error
        if isinstance(error, Skipped | unittest.SkipTest):
            if not asked:
                raise Fault(f"a test is skipped, whatever the program does: {error}") from error
            return "skipped", sentence
        if isinstance(error, OSError):
            raise Fault(f"the tests need what a runner does not have: {sentence}") from error
        if isinstance(error, SystemExit):
            raise Fault("the tests end the process themselves") from error
        return "failed", sentence
