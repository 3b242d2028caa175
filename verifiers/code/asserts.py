"""code.asserts: a program judged by assertions, which run apart from it in an examiner process."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import field_validator

from sandbox import Execution, Limits, Party, Stage, Timed
from verifiers.base import Score, Strict, TestResult, Tools, Verdict
from verifiers.code.appended.judge import judge_appended
from verifiers.code.calls.holding import CallProgram, hold_calls
from verifiers.code.calls.values import NotPlain
from verifiers.code.continuation import continue_prompt
from verifiers.code.examiner import CANDIDATE, EXAMINER
from verifiers.code.extract import extract_program
from verifiers.code.findings import VERDICTS, Finding, Findings, told_by
from verifiers.code.luck import LuckOptions
from verifiers.code.rewards import aggregate, stops_on_failure, test_result
from verifiers.code.tasks import task_of
from verifiers.completion import after_reasoning
from verifiers.errors import VerifierError

_FILE = "solution.py"
_EXAMINER_CPU_S = 20.0
_EXAMINER_MEMORY_BYTES = 1024 * 1024 * 1024
_MOST_TESTS = 10_000
_MOST_DEATHS = 10
"""Times that a program may fail to survive a test; those after that are not run, nor passed."""


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
    summary = "A program, judged by assertions; in Python they run in a process of their own."
    reference_type = AssertsReference
    options_model = LuckOptions
    example: Mapping[str, Any] = {
        "completion": "```python\ndef add(a, b):\n    return a + b\n```",
        "reference": {"tests": ["assert add(1, 2) == 3", "assert add(-1, 1) == 0"]},
    }

    async def verify(
        self, completion: str, reference: AssertsReference, options: LuckOptions, tools: Tools
    ) -> Score:
        if options.language not in (None, "python", "py", "python3"):
            return await judge_appended(
                completion,
                language=options.language,
                prompt=reference.prompt,
                setup=reference.setup,
                tests=_sources(reference),
                entry_point=reference.entry_point,
                options=options,
                tools=tools,
            )
        program = _program(completion, reference, options)
        if program is None:
            return Score(reward=0.0, verdict=Verdict.NO_ANSWER, message="there is no program in it")
        sources = _sources(reference)
        examination = _Examination(program, reference, sources, options, tools)
        results = await examination.hold()
        score = aggregate(results, total=len(sources), options=options)
        return score.model_copy(update={"extracted": program})


def _sources(reference: AssertsReference) -> list[str]:
    return [reference.tests] if isinstance(reference.tests, str) else reference.tests


def _program(completion: str, reference: AssertsReference, options: LuckOptions) -> str | None:
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
        options: LuckOptions,
        tools: Tools,
    ) -> None:
        self._program = program
        self._reference = reference
        self._sources = sources
        self._options = options
        self._tools = tools
        self._limits = options.limits.over(tools.limits)
        self._task = task_of(
            tuple(sources), reference.setup, reference.prompt, reference.entry_point
        )
        self._gift = self._task.for_program(program)
        self._plan = self._task.plan
        if self._gift.records or self._gift.moved or options.seed_for(program) is not None:
            self._plan = None
        self._loads = True

    async def hold(self) -> list[TestResult]:
        """The results of the tests, in order, as far as they are to be run."""
        results: list[TestResult] = []
        deaths = 0
        while len(results) < len(self._sources) and deaths < _MOST_DEATHS:
            part, died = await self._part(len(results))
            # Each test has the limits to itself: what one died of may have been done before it.
            results += part[:-1] if died and len(part) > 1 else part
            deaths += died and len(part) == 1
            failed = results[-1].verdict is not Verdict.ACCEPTED
            if failed and (stops_on_failure(self._options) or not self._loads):
                break
        return results

    async def _part(self, first: int) -> tuple[list[TestResult], bool]:
        """The results of at least one test, from number `first` on, and whether the program failed
        to survive the last of them."""
        findings, candidate = await self._called(first) or await self._examined(first)
        results = [
            self._result(first + index, finding, candidate)
            for index, finding in enumerate(findings.tests)
        ]
        if findings.settled or (findings.done and candidate.cpu_s <= self._limits.cpu_s):
            return results, False
        self._loads = findings.load_error is None
        fault = findings.fault(candidate, self._limits)
        number = first + len(results)
        if findings.done:
            number, results = number - 1, results[:-1]
        return [*results, self._test_result(number, candidate, *fault)], True

    async def _called(self, first: int) -> tuple[Findings, Execution] | None:
        """What the program's calls give, where the tests are no more than calls with plain values.

        None for what an examiner has to find out.
        """
        if self._plan is None:
            return None
        try:
            return await hold_calls(
                self._plan,
                first,
                CallProgram(self._program, self._gift.source, self._options.files, self._limits),
                self._tools,
                stop_on_failure=stops_on_failure(self._options),
            )
        except NotPlain:
            self._plan = None
            return None

    async def _examined(self, first: int) -> tuple[Findings, Execution]:
        """What an examiner finds out, and the end of the program."""
        examiner, candidate = await self._tools.sandbox.run_pair(
            self._examiner(first), self._candidate(), deadline=self._tools.deadline
        )
        with Timed(Stage.CHECK):
            return told_by(examiner), candidate

    def _examiner(self, first: int) -> Party:
        reference = self._reference
        payload = {
            **self._task.payload,
            "first": first,
            "records": self._gift.records,
            "moved": self._gift.moved,
            "stop_on_failure": stops_on_failure(self._options),
            "seed": self._options.seed_for(reference.setup, reference.prompt, *self._sources),
        }
        # Taking what a program hands over costs about as much as handing it over.
        cpu_s = _EXAMINER_CPU_S + 2 * self._limits.cpu_s
        wall_s = 2 * self._limits.wall_backstop_s + 2 * _EXAMINER_CPU_S
        limits = Limits(cpu_s=cpu_s, wall_s=wall_s, memory_bytes=_EXAMINER_MEMORY_BYTES)
        imports = "\n".join((self._program, reference.setup, *self._sources))
        data = json.dumps(payload).encode()
        return Party(harness=EXAMINER, payload=data, limits=limits, imports=imports)

    def _candidate(self) -> Party:
        files = {name: text.encode() for name, text in self._options.files.items()}
        payload = {
            "file": _FILE,
            "given": self._gift.source,
            "records": self._gift.records,
            "seed": self._options.seed_for(self._program, self._gift.source),
        }
        return Party(
            harness=CANDIDATE,
            payload=json.dumps(payload).encode(),
            limits=self._limits,
            files={**files, _FILE: self._program.encode(errors="surrogatepass")},
            imports=f"{self._program}\n{self._gift.source}",
        )

    def _result(self, number: int, finding: Finding, candidate: Execution) -> TestResult:
        if finding.outcome == "uncarriable":
            raise VerifierError(
                f"test {number} cannot be held from another process: {finding.message}"
            )
        message = finding.told(reveal_expected=self._options.reveal_expected)
        return self._test_result(number, candidate, VERDICTS[finding.outcome], message)

    def _test_result(
        self, number: int, candidate: Execution, verdict: Verdict, message: str
    ) -> TestResult:
        preview_bytes = self._options.output_preview_bytes
        return test_result(number, candidate, verdict, message, preview_bytes=preview_bytes)
