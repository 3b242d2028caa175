"""code.asserts: a program judged by assertions, which run apart from it in an examiner process."""

import ast
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import field_validator

from sandbox import Execution, Limits, Party, Status
from verifiers.base import Options, Score, Strict, TestResult, Tools, Verdict
from verifiers.code.continuation import continue_prompt
from verifiers.code.examiner import CANDIDATE, EXAMINER
from verifiers.code.extract import extract_program
from verifiers.code.rewards import (
    aggregate,
    end_of,
    fault_of,
    stops_on_failure,
    test_result,
)
from verifiers.completion import after_reasoning
from verifiers.errors import InvalidOptions, InvalidReference, VerifierError

_FILE = "solution.py"
_EXAMINER_CPU_S = 20.0
_EXAMINER_MEMORY_BYTES = 1024 * 1024 * 1024
_MOST_TESTS = 10_000
_MOST_DEATHS = 10
"""Times that a program may fail to survive a test; those after that are not run, nor passed."""

_VERDICTS = {
    "passed": Verdict.ACCEPTED,
    "failed": Verdict.WRONG_ANSWER,
    "missing": Verdict.WRONG_ANSWER,
    "raised": Verdict.RUNTIME_ERROR,
}


class AssertsReference(Strict):
    """Tests as Python source, in the shapes of HumanEval (`check`) and MBPP (a list)."""

    tests: str | list[str]
    """Source that is run as one test, or a list of tests. Where a test defines `check` and there is
    an entry point, `check` is called with it."""
    entry_point: str | None = None
    """What the tests call: `name`, `Class.method` or `Class().method`."""
    prompt: str = ""
    """Signature and docstring that a completion with only the body continues. What else it defines
    is taken from here, never from the program."""
    setup: str = ""
    """Source that is run before the tests, and sees the program's names as they do."""

    @field_validator("tests")
    @classmethod
    def _some(cls, tests: str | list[str]) -> str | list[str]:
        sources = [tests] if isinstance(tests, str) else tests
        if not sources or not all(source.strip() for source in sources):
            raise ValueError("there must be at least one test, and none may be empty")
        if len(sources) > _MOST_TESTS:
            raise ValueError(f"there may be at most {_MOST_TESTS} tests")
        return tests


class AssertsVerifier:
    name = "code.asserts"
    summary = "A Python program, judged by assertions that run in a process of their own."
    reference_type = AssertsReference
    options_model = Options
    example: Mapping[str, Any] = {
        "completion": "```python\ndef add(a, b):\n    return a + b\n```",
        "reference": {"tests": ["assert add(1, 2) == 3", "assert add(-1, 1) == 0"]},
    }

    async def verify(
        self, completion: str, reference: AssertsReference, options: Options, tools: Tools
    ) -> Score:
        if options.language not in (None, "python", "py", "python3"):
            raise InvalidOptions(
                f"options.language: code.asserts judges Python, not {options.language}"
            )
        program = _program(completion, reference, options)
        if program is None:
            return Score(reward=0.0, verdict=Verdict.NO_ANSWER, message="there is no program in it")
        sources = [reference.tests] if isinstance(reference.tests, str) else reference.tests
        examination = _Examination(program, reference, sources, options, tools)
        results = await examination.hold()
        score = aggregate(results, total=len(sources), options=options)
        return score.model_copy(update={"extracted": program})


def _program(completion: str, reference: AssertsReference, options: Options) -> str | None:
    program = extract_program(completion, how=options.extract, language="python")
    if not reference.prompt:
        return program
    if program is None and options.extract == "auto":
        program = after_reasoning(completion)
    if program is None or not program.strip():
        return None
    return continue_prompt(reference.prompt, program, reference.entry_point)


class _Examination:
    """The tests of one task, held as often as the candidate dies of one of them."""

    def __init__(
        self,
        program: str,
        reference: AssertsReference,
        sources: Sequence[str],
        options: Options,
        tools: Tools,
    ) -> None:
        self._program = program
        self._reference = reference
        self._sources = sources
        self._options = options
        self._tools = tools
        self._limits = options.limits.over(tools.limits)

    async def hold(self) -> list[TestResult]:
        """The results of the tests, in order, as far as they are to be run."""
        results: list[TestResult] = []
        for _ in range(_MOST_DEATHS):
            results += await self._part(len(results))
            if len(results) == len(self._sources):
                break
            failed = results[-1].verdict is not Verdict.ACCEPTED
            if failed and stops_on_failure(self._options):
                break
        return results

    async def _part(self, first: int) -> list[TestResult]:
        """The results of at least one test, from number `first` on."""
        examiner, candidate = await self._tools.sandbox.run_pair(
            self._examiner(first), self._candidate(), deadline=self._tools.deadline
        )
        findings = _read(examiner)
        results = [
            self._result(first + index, finding, candidate)
            for index, finding in enumerate(findings.tests)
        ]
        if findings.done and candidate.cpu_s <= self._limits.cpu_s:
            return results
        fault = self._fault(findings, examiner, candidate)
        number = first + len(results)
        if findings.done:
            number, results = number - 1, results[:-1]
        return [*results, self._test_result(number, candidate, *fault)]

    def _examiner(self, first: int) -> Party:
        reference = self._reference
        payload = {
            "tests": list(self._sources),
            "first": first,
            "setup": reference.setup,
            "prompt": reference.prompt,
            "preamble": _definitions(reference.prompt, reference.entry_point),
            "entry_point": reference.entry_point,
            "stop_on_failure": stops_on_failure(self._options),
        }
        # Taking what a program hands over costs about as much as handing it over.
        cpu_s = _EXAMINER_CPU_S + 2 * self._limits.cpu_s
        wall_s = self._limits.wall_backstop_s + 2 * _EXAMINER_CPU_S
        limits = Limits(cpu_s=cpu_s, wall_s=wall_s, memory_bytes=_EXAMINER_MEMORY_BYTES)
        imports = "\n".join((self._program, reference.setup, *self._sources))
        data = json.dumps(payload).encode()
        return Party(harness=EXAMINER, payload=data, limits=limits, imports=imports)

    def _candidate(self) -> Party:
        files = {name: text.encode() for name, text in self._options.files.items()}
        return Party(
            harness=CANDIDATE,
            payload=json.dumps({"file": _FILE}).encode(),
            limits=self._limits,
            files={**files, _FILE: self._program.encode(errors="surrogatepass")},
            imports=self._program,
        )

    def _result(self, number: int, finding: Mapping[str, Any], candidate: Execution) -> TestResult:
        outcome, message = finding["outcome"], finding["message"]
        if outcome == "uncarriable":
            raise VerifierError(f"test {number} cannot be held from another process: {message}")
        if outcome == "failed" and not self._options.reveal_expected:
            message = message.partition(":")[0]  # the text may say what was expected
        return self._test_result(number, candidate, _VERDICTS[outcome], message)

    def _fault(
        self, findings: "_Findings", examiner: Execution, candidate: Execution
    ) -> tuple[Verdict, str]:
        """Why the examination did not come to its end, when that was the program's doing."""
        if candidate.cpu_s > self._limits.cpu_s:
            return (
                Verdict.TIME_LIMIT_EXCEEDED,
                f"used more than {self._limits.cpu_s:g} s of CPU time",
            )
        if findings.load_error is not None:
            kind, text = findings.load_error
            syntax = kind in ("SyntaxError", "IndentationError", "TabError")
            verdict = Verdict.COMPILE_ERROR if syntax else Verdict.RUNTIME_ERROR
            return fault_of_limit(candidate) or verdict, f"{kind}: {text}"
        if findings.broken is not None:
            return Verdict.VIOLATION, f"sent the examiner {findings.broken}"
        if not examiner.succeeded:
            raise InvalidReference(f"the tests did not come to an end: {end_of(examiner)}")
        return (
            fault_of(candidate) or Verdict.RUNTIME_ERROR,
            f"the program ended before its tests did: {end_of(candidate)}",
        )

    def _test_result(
        self, number: int, candidate: Execution, verdict: Verdict, message: str
    ) -> TestResult:
        preview_bytes = self._options.output_preview_bytes
        return test_result(number, candidate, verdict, message, preview_bytes=preview_bytes)


def fault_of_limit(execution: Execution) -> Verdict | None:
    """The verdict of a run that a limit ended; None for any other end."""
    if execution.status in (Status.EXITED, Status.SIGNALLED):
        return None
    return fault_of(execution)


@dataclass(slots=True)
class _Findings:
    """What an examiner told."""

    tests: list[dict[str, Any]]
    done: bool = False
    load_error: tuple[str, str] | None = None
    broken: str | None = None


def _read(examiner: Execution) -> _Findings:
    """Raises InvalidReference when the examiner found the tests broken."""
    findings = _Findings(tests=[])
    for line in _lines(examiner.report):
        if "fault" in line:
            raise InvalidReference(line["fault"])
        if "index" in line:
            findings.tests.append(line)
        elif "error" in line:
            findings.load_error = (line["error"][0], line["error"][1])
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


def _definitions(prompt: str, entry_point: str | None) -> str:
    """What a prompt defines beside the entry point, as source; "" if it is no program."""
    for text in (prompt, f"{prompt.rstrip()}\n    pass\n"):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        first = (entry_point or "").partition(".")[0].removesuffix("()")
        kept = [node for node in tree.body if getattr(node, "name", None) != first]
        return ast.unparse(ast.Module(body=kept, type_ignores=[]))
    return ""
