"""What is wrong with a task, told from how its solutions and trivial programs are judged."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.audit.tasks import AuditedTask
from app.audit.trivial import EMPTY, trivial_programs
from sandbox import Limits

Score = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
"""Scores an item, as `POST /v1/score` does."""

_TIGHT = 0.5
"""Share of a limit that a solution may use before the limit is too tight for others."""
_LIMITS = {"cpu_s": "CPU time", "memory_bytes": "memory"}


class Fault(StrEnum):
    """What may be wrong with a task."""

    BROKEN = "broken"
    """It cannot be judged at all: its row or reference is at fault."""
    NO_TESTS = "no_effective_tests"
    """There are no tests, or none that a program has to do anything for."""
    SOLUTION_FAILS = "solution_fails"
    UNSTABLE = "unstable"
    """The same solution gets different verdicts."""
    TIGHT_LIMIT = "tight_limit"
    """The solution uses more than half of what is allowed."""
    TRIVIAL_PASSES = "trivial_passes"
    """A program that solves nothing is accepted."""
    NOT_AUDITED = "not_audited"
    """Judging failed for a reason that is not the task's."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of one task."""

    fault: Fault
    message: str


async def findings_of(
    task: AuditedTask, score: Score, *, limits: Limits, repeats: int, solutions: int
) -> list[Finding]:
    """The faults of a task.

    `limits` are those of the server, for what the task leaves out. Each of the first `solutions`
    is judged `repeats` times.
    """
    found: list[Finding] = []
    for solution in task.solutions[:solutions]:
        options = {} if solution.language is None else {"language": solution.language}
        item = task.item(solution.completion, **options)
        results = [await score(item) for _ in range(repeats)]
        found += _of_solution(results, task, limits)
    if not any(finding.fault in (Fault.BROKEN, Fault.NO_TESTS) for finding in found):
        found += [finding async for finding in _of_trivial_programs(task, score)]
    return list(dict.fromkeys(found))


def _of_solution(
    results: Sequence[Mapping[str, Any]], task: AuditedTask, limits: Limits
) -> list[Finding]:
    if failed := next((result for result in results if result["error"]), None):
        return [_of_error(failed["error"], task)]
    verdicts = Counter(str(result["verdict"]) for result in results)
    if len(verdicts) > 1:
        said = ", ".join(f"{verdict} {count} times" for verdict, count in verdicts.most_common())
        return [Finding(Fault.UNSTABLE, f"the same solution is {said}")]
    if not results[0]["passed"]:
        message = f"{results[0]['verdict']}: {results[0]['message']}"
        return [Finding(Fault.SOLUTION_FAILS, message)]
    return _of_usage(results, task, limits)


def _of_usage(
    results: Sequence[Mapping[str, Any]], task: AuditedTask, limits: Limits
) -> list[Finding]:
    asked = task.options.get("limits") or {}
    found = []
    for name, words in _LIMITS.items():
        limit = asked.get(name) or getattr(limits, name)
        # What one run needed less of than another was a busy machine's doing.
        used = min(_most(result, name) for result in results)
        if used > _TIGHT * limit:
            message = f"the solution uses {used / limit:.0%} of the {words} that is allowed"
            found.append(Finding(Fault.TIGHT_LIMIT, message))
    return found


def _most(result: Mapping[str, Any], name: str) -> float:
    return max((getattr(test, name) or 0 for test in result["tests"]), default=0)


async def _of_trivial_programs(task: AuditedTask, score: Score) -> AsyncIterator[Finding]:
    passed: list[str] = []
    for program in trivial_programs(task):
        result = await score(task.item(program.source, language="python"))
        if result["error"]:
            yield _of_error(result["error"], task)
            return
        if result["passed"]:
            passed.append(program.name)
    if EMPTY in passed:
        yield Finding(Fault.NO_TESTS, "an empty program passes")
    elif passed:
        yield Finding(Fault.TRIVIAL_PASSES, f"passes: a program that {', or '.join(passed)}")


def _of_error(error: Mapping[str, Any], task: AuditedTask) -> Finding:
    if error["kind"] in ("request", "reference"):
        fault = Fault.NO_TESTS if _has_no_tests(task, error["message"]) else Fault.BROKEN
        return Finding(fault, error["message"])
    return Finding(Fault.NOT_AUDITED, f"{error['kind']}: {error['message']}")


def _has_no_tests(task: AuditedTask, message: str) -> bool:
    reference = task.reference
    if isinstance(reference, Mapping) and not reference.get("operations"):
        tests = reference.get("tests")
        if not tests or (isinstance(tests, str) and not tests.strip()):
            return True
    return any(said in message for said in ("assert nothing", "never use the program"))
