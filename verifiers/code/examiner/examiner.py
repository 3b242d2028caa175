"""The examiner's process: runs the tests against proxies of the candidate, and alone decides.

It tells what it found on the report pipe, a JSON object a line:

    {"loaded": false, "error": [type, text]}      the program did not load
    {"index": 0, "outcome": ..., "message": ...}  how one test went
    {"done": true}                                every test has been run to its end
    {"fault": ...}                                the tests themselves are broken

Outcomes: "passed", "failed" (an assertion), "raised" (the program raised), "missing" (the program
lacks a name), "uncarriable", "broken" (the candidate sent what is no answer).
"""

import builtins
import collections
import contextlib
import functools
import importlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any

from .assertions import REACHED, could_fail, counted, must_be_reached
from .codec import CONTAINERS, Uncarriable, elements, unchanged
from .errors import text_of
from .guests import TESTS, kind_of_tests, offered
from .link import Link, LinkBroken, LinkClosed
from .names import asserted_names, bound_names, class_names, module_names, wanted_names
from .peer import Peer, Proxy
from .wrapping import attest, wrap


class Fault(Exception):
    """The tests are broken; no program can be judged by them."""


class _Report:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def tell(self, **what: Any) -> None:
        data = memoryview(json.dumps(what).encode() + b"\n")
        while data:
            data = data[os.write(self._descriptor, data) :]


def main(payload: bytes, link: int, report: int) -> None:
    """Examine; the harness's entry. The payload is what verifiers.code.asserts writes."""
    given = json.loads(payload)
    told = _Report(report)
    _note_streams()
    connection = Link(link)
    try:
        _examine(given, connection, told)
    except Fault as fault:
        told.tell(fault=str(fault))
    except LinkClosed:
        return  # the candidate's own end tells why
    except LinkBroken as error:
        told.tell(broken=str(error))
    finally:
        connection.close()


def _examine(given: dict[str, Any], link: Link, told: _Report) -> None:
    codes = [
        _compiled(source, f"<test {index}>", counted) for index, source in enumerate(given["tests"])
    ]
    if not any(map(could_fail, given["tests"])):
        raise Fault("the tests assert nothing")
    preamble = _compiled(given["preamble"], "<prompt>")
    setup = _compiled(given["setup"], "<setup>")
    greeting = link.receive()
    if greeting[0] == "failed" and len(greeting) == 3:
        told.tell(loaded=False, error=[str(each) for each in greeting[1:]])
        return
    if greeting != ["ready"]:
        raise LinkBroken("no greeting")
    peer = _Asker(link, offered(), kind_of=kind_of_tests, wrap=wrap)
    names = _Names(peer, given)
    namespace = names.bind()
    _prepare(preamble, namespace)
    # What the prompt defines was given by it, and is not the program's to define.
    names.take_entry_point(namespace)
    outcome = _outcome(lambda: exec(setup, namespace), names)  # noqa: S102 - the task's own code
    if outcome[0] != "passed" and peer.requests <= names.requests and outcome[0] != "missing":
        raise Fault(f"the setup fails: {outcome[1]}")
    for index, code in enumerate(codes[given["first"] :]):
        if outcome[0] == "passed":
            outcome = _outcome(lambda code=code: _run(code, namespace, given, names), names)
            if outcome[0] == "passed" and peer.requests > names.requests and not names.reached:
                # A program may give what leads around all that would be asserted of it.
                source = given["tests"][given["first"] + index]
                if must_be_reached(source):
                    outcome = ("failed", "no assertion was reached")
        told.tell(index=index, outcome=outcome[0], message=outcome[1])
        if outcome[0] == "passed" and peer.requests <= names.requests and not names.told:
            raise Fault("the tests never use the program")
        if outcome[0] != "passed" and given["stop_on_failure"]:
            break
        outcome = ("passed", "")
    told.tell(done=True)


def _plainly(source: str, name: str) -> Any:
    return compile(source, name, "exec", dont_inherit=True)


def _compiled(source: str, name: str, how: Callable[[str, str], Any] = _plainly) -> Any:
    try:
        return how(source, name)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Fault(f"{name} does not compile: {error}") from error


def _prepare(preamble: Any, namespace: dict[str, Any]) -> None:
    try:
        exec(preamble, namespace)  # noqa: S102 - the task's own code
    except Exception as error:
        raise Fault(
            f"the prompt's own definitions fail: {type(error).__name__}: {error}"
        ) from error


class _Names:
    """The names of the candidate's that tests use."""

    def __init__(self, peer: Peer, given: dict[str, Any]) -> None:
        self.peer = peer
        self._entry_point: str | None = given["entry_point"]
        self._sources = [given["preamble"], given["setup"], *given["tests"]]
        self._classes = class_names(given["prompt"], given["tests"], self._entry_point)
        self.bound = bound_names(self._sources)
        """What the tests themselves give values to, unless the program keeps them from it."""
        self.missing: set[str] = set()
        self.requests = 0
        """Requests that were made to find names: they test nothing."""
        self.told = False
        """Whether finding names was a test, that of a constant."""
        self.candidate: Any = None
        self.reached: list[bool] = []
        """An entry for each assertion of the present test that held."""

    def bind(self) -> dict[str, Any]:
        """A namespace for the tests in which the program's names stand for proxies."""
        wanted = sorted(wanted_names(self._sources))
        defined = self.peer.request("define", wanted)
        if type(defined) is not list:
            raise LinkBroken("no list of names")
        found = [name for name in wanted if name in defined]
        self.missing = set(wanted) - set(found)
        namespace: dict[str, Any] = {"__name__": TESTS, "__builtins__": builtins}
        namespace[REACHED] = lambda: self.reached.append(True)
        modules = self._modules(wanted)
        found = [name for name in found if name not in modules]
        namespace.update(modules)
        for name in found:
            namespace[name] = self._named(name)
        constants = {name for name in found if not issubclass(type(namespace[name]), Proxy)}
        self.told = bool(constants & asserted_names(self._sources))
        self.requests = self.peer.requests
        return namespace

    def _modules(self, wanted: list[str]) -> dict[str, Any]:
        modules = {}
        for name, module in module_names(self._sources).items():
            if name in wanted:
                with contextlib.suppress(ImportError):
                    modules[name] = importlib.import_module(module)
        self.missing -= set(modules)
        return modules

    def _named(self, name: str) -> Any:
        value = self.peer.request("name", name)
        if name in self._classes:
            attest(value)
        return value

    def take_entry_point(self, namespace: dict[str, Any]) -> None:
        """Find what the tests call the candidate: `name`, `Class.method` or `Class().method`."""
        if self._entry_point is None:
            return
        first, *rest = self._entry_point.replace("()", ".()").split(".")
        try:
            value = self._named(first)
            namespace[first] = value
            for step in rest:
                value = value() if step == "()" else getattr(value, step)
            self.candidate = value
        except AttributeError:
            self.missing.add(first)
        self.requests = self.peer.requests


def _run(code: Any, namespace: dict[str, Any], given: dict[str, Any], names: _Names) -> None:
    """Run one test: its statements, and then `check` if it defines that."""
    namespace.pop("check", None)
    exec(code, namespace)  # noqa: S102 - the task's own code
    check = namespace.get("check")
    if given["entry_point"] is not None and check is not None:
        if names.candidate is None:
            raise NameError(f"name {given['entry_point']!r} is not defined")
        check(names.candidate)


def _outcome(run: Any, names: _Names) -> tuple[str, str]:
    """How it went, in the report's words."""
    names.peer.refused = None
    names.reached.clear()
    outcome = "passed", ""
    try:
        run()
    except (LinkBroken, LinkClosed, Fault):
        raise
    except BaseException as error:  # whatever a test raises is its outcome
        outcome = _failure(error, names)
    if names.peer.link.failure is not None:  # which a test may have swallowed
        raise names.peer.link.failure
    return outcome


def _failure(error: BaseException, names: _Names) -> tuple[str, str]:
    """What kept a test from passing, and whose doing it is."""
    sentence = _sentence(error)
    if names.peer.refused is not None:
        return "uncarriable", names.peer.refused
    if isinstance(error, Uncarriable):
        return "uncarriable", sentence
    if getattr(error, "from_candidate", False) is True:
        # (An assertion of the program's own is none of the tests'.)
        return "raised", sentence
    if isinstance(error, NameError):
        if error.name in names.missing or (names.candidate is None and names.missing):
            return "missing", sentence
        if error.name not in names.bound:
            raise Fault(f"the tests use a name that nothing defines: {error}") from error
    if isinstance(error, ImportError):
        raise Fault(f"the tests import what is not there: {error}") from error
    if isinstance(error, OSError):
        raise Fault(f"the tests need what a runner does not have: {sentence}") from error
    if isinstance(error, SystemExit):
        raise Fault("the tests end the process themselves") from error
    return "failed", sentence


def _sentence(error: BaseException) -> str:
    """The error in words, some of which may be the program's."""
    return f"{type(error).__name__}: {text_of(error)}"[:2000]


class _Asker(Peer):
    """The examiner's side of the link."""

    _WATCHED = 16
    _LARGEST_WATCHED = 1000

    def request(self, operation: str, *operands: Any, **keywords: Any) -> Any:
        """Raises Uncarriable where tests did what the program would have to see, and cannot."""
        for name, (holder, original) in _STREAMS.items():
            if getattr(holder, name) is not original:
                self._refuse(f"the tests replace {name}, which is not that of the program")
        for container, before in self._attributes:
            if not unchanged(container, before):
                self._refuse("the tests change a container that is an attribute of an object")
        value = super().request(operation, *operands, **keywords)
        is_copy = operation == "getattr" and type(value) in CONTAINERS
        if is_copy and len(value) <= self._LARGEST_WATCHED:
            self._attributes.append((value, elements(value)))
        return value

    @functools.cached_property
    def _attributes(self) -> collections.deque[tuple[Any, list[Any]]]:
        """Containers that came as attributes, and so are copies, with what was in them."""
        return collections.deque(maxlen=self._WATCHED)

    def _refuse(self, reason: str) -> None:
        self.refused = reason
        raise Uncarriable(reason)


_STREAMS: dict[str, tuple[Any, Any]] = {}


def _note_streams() -> None:
    for holder, name in ((sys, "stdin"), (sys, "stdout"), (sys, "stderr"), (builtins, "input")):
        _STREAMS[name] = (holder, getattr(holder, name))


sys.setrecursionlimit(max(sys.getrecursionlimit(), 5000))
