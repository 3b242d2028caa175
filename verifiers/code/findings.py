"""What was found out about a program's tests, and what is to be said when that is not all."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox import Execution, Limits, Status
from verifiers.base import Verdict
from verifiers.code.rewards import end_of, fault_of
from verifiers.errors import InvalidReference

_OF_LOADING = {
    "SyntaxError": Verdict.COMPILE_ERROR,
    "IndentationError": Verdict.COMPILE_ERROR,
    "TabError": Verdict.COMPILE_ERROR,
    "MemoryError": Verdict.MEMORY_LIMIT_EXCEEDED,
}
"""Verdicts by what kept a program from loading."""

VERDICTS = {
    "passed": Verdict.ACCEPTED,
    "failed": Verdict.WRONG_ANSWER,
    "missing": Verdict.WRONG_ANSWER,
    "raised": Verdict.RUNTIME_ERROR,
    "skipped": Verdict.WRONG_ANSWER,
}
"""By the words of verifiers.code.examiner.examiner for how a test went."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How one test went."""

    outcome: str
    message: str = ""

    def told(self, *, reveal_expected: bool) -> str:
        """The message, without what the text of an assertion may say of what was expected."""
        if self.outcome == "failed" and not reveal_expected:
            return self.message.partition(":")[0]
        return self.message


@dataclass(slots=True)
class Findings:
    tests: list[Finding] = field(default_factory=list)
    """In order, from the first that was held."""
    done: bool = False
    """Whether these are all that were to be held."""
    settled: bool = False
    """Whether nothing that the program did after these could matter."""
    load_error: tuple[str, str] | None = None
    """Type and text of what kept the program from loading."""
    broken: str | None = None
    """What the program sent in place of an answer."""
    examiner_end: str | None = None
    """How the examiner ended, if not well."""
    burdened: bool = False
    """Whether it was then busy with what the program had sent, and that was large."""

    def fault(self, candidate: Execution, limits: Limits) -> tuple[Verdict, str]:
        """Why the tests did not come to their end, when that was the program's doing.

        Raises InvalidReference when it was that of the tests.
        """
        if candidate.cpu_s > limits.cpu_s:
            return Verdict.TIME_LIMIT_EXCEEDED, f"used more than {limits.cpu_s:g} s of CPU time"
        if self.load_error is not None:
            kind, text = self.load_error
            verdict = _OF_LOADING.get(kind, Verdict.RUNTIME_ERROR)
            return _fault_of_limit(candidate) or verdict, f"{kind}: {text}"
        if self.broken is not None:
            return Verdict.VIOLATION, f"sent the examiner {self.broken}"
        if self.examiner_end is not None and self.burdened:
            return Verdict.RUNTIME_ERROR, f"gave more than could be taken: {self.examiner_end}"
        if self.examiner_end is not None:
            raise InvalidReference(f"the tests did not come to an end: {self.examiner_end}")
        return (
            fault_of(candidate) or Verdict.RUNTIME_ERROR,
            f"the program ended before its tests did: {end_of(candidate)}",
        )


def _fault_of_limit(execution: Execution) -> Verdict | None:
    """The verdict of a run that a limit ended; None for any other end."""
    if execution.status in (Status.EXITED, Status.SIGNALLED):
        return None
    return fault_of(execution)


def told_by(examiner: Execution) -> Findings:
    """Raises InvalidReference when the examiner found the tests broken."""
    findings = Findings(examiner_end=None if examiner.succeeded else end_of(examiner))
    for line in _lines(examiner.report):
        if "fault" in line:
            raise InvalidReference(line["fault"])
        if "index" in line:
            findings.tests.append(Finding(line["outcome"], line["message"]))
        elif "error" in line:
            findings.load_error = (line["error"][0], line["error"][1])
        elif "burdened" in line:
            findings.burdened = line["burdened"]
        elif "broken" in line:
            findings.broken = line["broken"]
        else:
            findings.done = line["done"] is True and examiner.succeeded
    return findings


def _lines(report: bytes) -> Iterator[dict[str, Any]]:
    """The whole lines of a report, which may have been cut off with its writer."""
    whole, _, _ = report.rpartition(b"\n")
    for line in whole.splitlines():
        yield json.loads(line)
