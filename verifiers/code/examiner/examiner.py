"""The examiner's process: runs the tests against proxies of the candidate, and alone decides.

It tells what it found on the report pipe, a JSON object a line:

    {"loaded": false, "error": [type, text]}      the program did not load
    {"index": 0, "outcome": ..., "message": ...}  how one test went
    {"done": true}                                every test has been run to its end
    {"fault": ...}                                the tests themselves are broken

Outcomes: "passed", "failed" (an assertion), "raised" (the program raised), "missing" (the program
lacks a name), "uncarriable", "broken" (the candidate sent what is no answer).
"""

import ast
import builtins
import json
import os
import sys
from collections.abc import Callable
from typing import Any

from .codec import Uncarriable
from .link import Link, LinkBroken, LinkClosed
from .peer import Peer
from .proxies import wrap


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
    try:
        _examine(given, Link(link), told)
    except Fault as fault:
        told.tell(fault=str(fault))
    except LinkClosed:
        return  # the candidate's own end tells why
    except LinkBroken as error:
        told.tell(broken=str(error))


def _examine(given: dict[str, Any], link: Link, told: _Report) -> None:
    codes = [_compiled(source, f"<test {index}>") for index, source in enumerate(given["tests"])]
    if not any(map(_asserts, given["tests"])):
        raise Fault("the tests assert nothing")
    preamble = _compiled(given["preamble"], "<prompt>")
    setup = _compiled(given["setup"], "<setup>")
    greeting = link.receive()
    if greeting[0] != "ready":
        told.tell(loaded=False, error=[str(each) for each in greeting[1:3]])
        return
    peer = Peer(link, _OPERATIONS, may_export=_is_plain_function, wrap=wrap)
    names = _Names(peer, given)
    namespace = names.bind([given["preamble"], given["setup"], *given["tests"]])
    _prepare(preamble, namespace)
    # What the prompt defines was given by it, and is not the program's to define.
    names.take_entry_point(namespace)
    outcome = _outcome(lambda: exec(setup, namespace), names)  # noqa: S102 - the task's own code
    if outcome[0] != "passed" and peer.requests <= names.requests and outcome[0] != "missing":
        raise Fault(f"the setup fails: {outcome[1]}")
    for index, code in enumerate(codes):
        if outcome[0] == "passed":
            outcome = _outcome(lambda code=code: _run(code, namespace, given, names), names)
        told.tell(index=index, outcome=outcome[0], message=outcome[1])
        if outcome[0] == "passed" and peer.requests <= names.requests:
            raise Fault("the tests never use the program")
        if outcome[0] != "passed" and given["stop_on_failure"]:
            break
        outcome = ("passed", "")
    told.tell(done=True)


def _compiled(source: str, name: str) -> Any:
    try:
        return compile(source, name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Fault(f"{name} does not compile: {error}") from error


def _asserts(source: str) -> bool:
    """Whether anything in it could fail by intent."""
    return any(isinstance(node, ast.Assert | ast.Raise) for node in ast.walk(ast.parse(source)))


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
        self._peer = peer
        self._entry_point: str | None = given["entry_point"]
        self.missing: set[str] = set()
        self.requests = 0
        """Requests that were made to find names: they test nothing."""
        self.candidate: Any = None

    def bind(self, sources: list[str]) -> dict[str, Any]:
        """A namespace for the tests in which the program's names stand for proxies."""
        wanted = sorted(set().union(*map(_free_names, sources)))
        defined = self._peer.request("define", wanted)
        if type(defined) is not list:
            raise LinkBroken("no list of names")
        found = [name for name in wanted if name in defined]
        self.missing = set(wanted) - set(found)
        namespace: dict[str, Any] = {"__name__": "__tests__", "__builtins__": builtins}
        for name in found:
            namespace[name] = self._peer.request("name", name)
        self.requests = self._peer.requests
        return namespace

    def take_entry_point(self, namespace: dict[str, Any]) -> None:
        """Find what the tests call the candidate: `name`, `Class.method` or `Class().method`."""
        if self._entry_point is None:
            return
        first, *rest = self._entry_point.replace("()", ".()").split(".")
        try:
            value = self._peer.request("name", first)
            namespace[first] = value
            for step in rest:
                value = value() if step == "()" else getattr(value, step)
            self.candidate = value
        except AttributeError:
            self.missing.add(first)
        self.requests = self._peer.requests


def _free_names(source: str) -> set[str]:
    """Names that a source uses and that nothing in it, nor the language, defines."""
    tree = ast.parse(source)
    loaded: set[str] = set()
    bound: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (loaded if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).partition(".")[0])
    return {name for name in loaded - bound if not hasattr(builtins, name)}


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
    try:
        run()
    except AssertionError as error:
        return "failed", _sentence(error)
    except NameError as error:
        if error.name in names.missing or (names.candidate is None and names.missing):
            return "missing", _sentence(error)
        if getattr(error, "from_candidate", False):
            return "raised", _sentence(error)
        raise Fault(f"the tests use a name that nothing defines: {error}") from error
    except Uncarriable as error:
        return "uncarriable", str(error)
    except Exception as error:
        raised = "raised" if getattr(error, "from_candidate", False) else "failed"
        return raised, _sentence(error)
    except SystemExit as error:
        raise Fault("the tests end the process themselves") from error
    return "passed", ""


def _sentence(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:2000]


def _is_plain_function(value: Any) -> bool:
    """What the tests may hand to the program: things to call and things to iterate over."""
    return (callable(value) and not isinstance(value, type)) or hasattr(type(value), "__next__")


def _call(function: Any, /, *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


_OPERATIONS: dict[str, Callable[..., Any]] = {"call": _call, "next": next}

sys.setrecursionlimit(max(sys.getrecursionlimit(), 5000))
