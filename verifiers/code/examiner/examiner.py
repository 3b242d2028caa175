"""The examiner's process: runs the tests against proxies of the candidate, and alone decides.

It tells what it found on the report pipe, a JSON object a line:

    {"loaded": false, "error": [type, text]}      the program did not load
    {"index": 0, "outcome": ..., "message": ...}  how one test went
    {"done": true}                                every test has been run to its end
    {"fault": ...}                                the tests themselves are broken
    {"burdened": true}                            what ends it now is what the candidate sent

Outcomes: "passed", "failed" (an assertion), "raised" (the program raised), "missing" (the program
lacks a name), "uncarriable", "broken" (the candidate sent what is no answer).
"""

import builtins
import contextlib
import json
from typing import Any

from .asking import Asker, Fault, Report, hold
from .assertions import HEARD, REACHED, hearing
from .codec import Uncarriable
from .containers import add_record
from .decoys import MADE
from .emptiness import refuse_emptiness
from .errors import text_of
from .guests import kind_of_tests, offered
from .libraries import imported
from .link import Link, LinkBroken, LinkClosed
from .luck import begin
from .peer import Peer, Proxy
from .raisable import TESTS
from .reach import Reach
from .reading import Unreadable, read, without_classes
from .wrapping import believe, made, wrap


def main(payload: bytes, link: int, report: int) -> None:
    """Examine; the harness's entry. The payload is what verifiers.code.asserts writes."""
    given = json.loads(payload)
    hold(lambda connection, told: _examine(given, connection, told), link, report)


def _examine(given: dict[str, Any], link: Link, told: Report) -> None:
    facts = given.get("facts") or _read(given)
    codes = [_compiled(text, f"<test {index}>") for index, text in enumerate(facts["tests"])]
    preamble = _compiled(given["preamble"], "<prompt>")
    setup = _compiled(without_classes(given["setup"], given["moved"]), "<setup>")
    greeting = link.receive()
    if greeting[0] == "failed" and len(greeting) == 3:
        told.tell(loaded=False, error=[str(each) for each in greeting[1:]])
        return
    if greeting != ["ready"]:
        raise LinkBroken("no greeting")
    begin(given["seed"])
    peer = Asker(link, offered(), kind_of=kind_of_tests, wrap=wrap)
    peer.blocks = facts["blocks"]
    if facts["arrays"]:
        refuse_emptiness()
    if facts["seeds"]:
        peer.replaced.watch_luck()
    facts["wanted"] += given["moved"]
    facts["classes"] += given["moved"]
    names = _Names(peer, facts, given["entry_point"])
    namespace = names.bind()
    _prepare(preamble, namespace)
    # What the prompt defines was given by it, and is not the program's to define.
    names.take_entry_point(namespace)
    outcome = _outcome(lambda: exec(setup, namespace), names)  # noqa: S102 - the task's own code
    for name in given["records"]:
        with contextlib.suppress(TypeError):
            add_record(namespace.get(name))
    if outcome[0] != "passed" and peer.requests <= names.requests and outcome[0] != "missing":
        raise Fault(f"the setup fails: {outcome[1]}")
    for index in range(given["first"], len(codes)):
        if outcome[0] == "passed":
            outcome = _outcome(
                lambda code=codes[index]: _run(code, namespace, given["entry_point"], names), names
            )
            used = peer.requests > names.requests
            if outcome[0] == "passed" and used and facts["asserting"][index] and not names.reached:
                # A program may give what leads around all that would be asserted of it.
                outcome = ("failed", "no assertion was reached")
        told.tell(index=index - given["first"], outcome=outcome[0], message=outcome[1])
        if outcome[0] == "passed" and peer.requests <= names.requests and not names.told:
            raise Fault("the tests never use the program")
        if outcome[0] != "passed" and given["stop_on_failure"]:
            break
        outcome = ("passed", "")
    told.tell(done=True)


def _read(given: dict[str, Any]) -> dict[str, Any]:
    try:
        return read(given)
    except Unreadable as error:
        raise Fault(str(error)) from error


def _compiled(source: str, name: str) -> Any:
    try:
        return compile(source, name, "exec", dont_inherit=True)
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

    def __init__(self, peer: Peer, facts: dict[str, Any], entry_point: str | None) -> None:
        self.peer = peer
        self._facts = facts
        self._entry_point = entry_point
        self.bound = frozenset(facts["bound"])
        """What the tests themselves give values to, unless the program keeps them from it."""
        self.missing: set[str] = set()
        self.requests = 0
        """Requests that were made to find names: they test nothing."""
        self.told = False
        """Whether finding names was a test, that of a constant."""
        self.candidate: Any = None
        self.reach = Reach()
        self.reached: list[bool] = []
        """An entry for each assertion of the present test that held."""
        self._found: dict[str, Any] = {}

    def bind(self) -> dict[str, Any]:
        """A namespace for the tests in which the program's names stand for proxies."""
        namespace: dict[str, Any] = {"__name__": TESTS, "__builtins__": builtins}
        reached = namespace[REACHED] = lambda: self.reached.append(True)
        namespace[HEARD] = hearing(reached)
        namespace[MADE] = made
        # What tests forgot to import is not the program's to say.
        trusted = imported(self._facts["modules"], self._facts["libraries"])
        wanted = [name for name in self._facts["wanted"] if name not in trusted]
        first = [] if self._entry_point is None else [self._entry_point.split(".")[0].rstrip("()")]
        found = self.peer.request("names", list(dict.fromkeys([*wanted, *first])))
        if type(found) is not dict:
            raise LinkBroken("no names")
        for name, value in found.items():
            believe(value, attested=name in self._facts["classes"])
        self._found = found
        self.missing = set(wanted) - set(found)
        mine = {name: found[name] for name in wanted if name in found}
        constants = {name for name, value in mine.items() if not issubclass(type(value), Proxy)}
        self.told = bool(constants.intersection(self._facts["asserted"]))
        self.requests = self.peer.requests
        return {**namespace, **trusted, **mine}

    def take_entry_point(self, namespace: dict[str, Any]) -> None:
        """Find what the tests call the candidate: `name`, `Class.method` or `Class().method`."""
        if self._entry_point is None:
            return
        first, *rest = self._entry_point.replace("()", ".()").split(".")
        if first not in self._found:
            self.missing.add(first)
            return
        try:
            value = namespace[first] = self._found[first]
            for step in rest:
                value = value() if step == "()" else getattr(value, step)
            self.candidate = value
        except AttributeError:
            self.missing.add(first)
        self.requests = self.peer.requests


def _run(code: Any, namespace: dict[str, Any], entry_point: str | None, names: _Names) -> None:
    """Run one test: its statements, and then `check` if it defines that."""
    namespace.pop("check", None)
    exec(code, namespace)  # noqa: S102 - the task's own code
    check = namespace.get("check")
    if entry_point is not None and check is not None:
        if names.candidate is None:
            raise NameError(f"name {entry_point!r} is not defined")
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
        if names.reach.beyond:
            raise Fault(
                f"the tests {names.reach.beyond}, which another process, that of the program, does "
                f"not see; one then fails: {outcome[1]}"
            ) from error
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
