"""Holds tests by a plan: has the calls made in one process, and says what they gave is worth."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sandbox import Execution, Invocation, Limits, Program, Stage, Timed
from sandbox.languages.imports import import_hint
from verifiers.base import Tools
from verifiers.code.calls.plan import Assertion, Plan
from verifiers.code.calls.values import CONTAINERS, NotPlain, decoded
from verifiers.code.calls.wire import Reply, question
from verifiers.code.findings import Finding, Findings

_FILE = "solution.py"
_DRIVER = "main.py"
_MODULE = "rewardbox_calls"


@dataclass(frozen=True, slots=True)
class CallProgram:
    """A program to be called."""

    source: str
    given: str
    """Source to be run before it."""
    files: Mapping[str, str]
    limits: Limits

    def driven(self) -> Program:
        """Raises NotPlain for files that are in the way of ours."""
        if not self.files.keys().isdisjoint((_FILE, _DRIVER)):
            raise NotPlain("files of the same name")
        files = {**self.files, _FILE: self.source}
        hint = import_hint("\n".join((self.source, self.given)))
        return Program(
            language="python",
            source=f"{hint}import {_MODULE}\n{_MODULE}.main()",
            files={name: text.encode(errors="surrogatepass") for name, text in files.items()},
            modules=_driver(),
        )


@functools.cache
def _driver() -> tuple[tuple[str, str], ...]:
    return ((_MODULE, Path(__file__).with_name("driver.py").read_text("utf-8")),)


async def hold_calls(
    plan: Plan, first: int, program: CallProgram, tools: Tools, *, stop_on_failure: bool
) -> tuple[Findings, Execution]:
    """What is found out about the tests from number `first` on, and how the program ended.

    Raises NotPlain where the program gave something else than plain values, so that nothing can be
    said.
    """
    calls = plan.calls[plan.first_call_of(first) :]
    asked = question(calls, program.given, stop_on_raise=stop_on_failure)
    opening = tools.sandbox.open(program.driven(), limits=program.limits, deadline=tools.deadline)
    async with opening as session:
        execution = await session.run(Invocation(stdin=asked.stdin))
    with Timed(Stage.CHECK):
        replies, printed = asked.read(execution.stdout)
        findings = findings_of(replies, plan, first, stop_on_failure=stop_on_failure)
    return findings, replace(execution, stdout=printed)


def findings_of(
    replies: Sequence[Reply], plan: Plan, first: int, *, stop_on_failure: bool
) -> Findings:
    """What the replies say of the tests from number `first` on. Raises NotPlain."""
    findings = Findings()
    match replies:
        case []:
            return findings
        case [["unloadable", kind, text]]:
            findings.load_error = kind, text
            return findings
        case [["ready"], *_]:
            results = _Results(replies[1:], plan.first_call_of(first))
        case _:
            raise NotPlain("no greeting")
    for test in plan.tests[first:]:
        try:
            finding, calls_made = _held(test, results)
        except _Unanswered:
            return findings
        findings.tests.append(finding)
        if finding.outcome != "passed" and (stop_on_failure or calls_made < test[-1].end):
            # In one process with its tests the program would not have been called again.
            findings.settled = True
            return findings
    findings.done = True
    return findings


class _Unanswered(Exception):
    """A call of which the program told nothing."""


class _Raised(Exception):
    """What the program raised, in words."""


class _Results:
    """What calls gave, by number."""

    def __init__(self, replies: Sequence[Reply], first: int) -> None:
        self._replies = replies
        self._first = first

    def of(self, assertion: Assertion) -> Mapping[int, Any]:
        """Raises _Unanswered, _Raised and NotPlain."""
        found = {number: self._result(number) for number in range(assertion.first, assertion.end)}
        if len(found) > 1 and any(type(each) in CONTAINERS for each in found.values()):
            raise NotPlain("results that could be one and the same")
        return found

    def _result(self, number: int) -> Any:
        if number - self._first >= len(self._replies):
            raise _Unanswered
        match self._replies[number - self._first]:
            case ["value", value]:
                return decoded(value)
            case ["raised", kind, text]:
                raise _Raised(f"{kind}: {text}"[:2000])
        raise NotPlain("no value")


def _held(test: Sequence[Assertion], results: _Results) -> tuple[Finding, int]:
    """How a test went, and up to which call it came. Raises _Unanswered and NotPlain."""
    for assertion in test:
        try:
            if not _holds(assertion, results.of(assertion)):
                return Finding("failed", _sentence(assertion)), assertion.end
        except _Raised as error:
            return Finding("raised", str(error)), assertion.end
    return Finding("passed"), test[-1].end


def _holds(assertion: Assertion, results: Mapping[int, Any]) -> bool:
    try:
        return bool(assertion.holds(results))
    except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise NotPlain("a test that fails in another way") from error


def _sentence(assertion: Assertion) -> str:
    if assertion.message is None:
        raise NotPlain("a message that has to be found out")
    return f"AssertionError: {assertion.message}"
