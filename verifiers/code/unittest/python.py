"""Python test files: held by an examiner, with the program in a candidate process."""

import ast
import json
from collections.abc import Sequence

from sandbox import Execution, Limits, Party, Stage, Timed
from verifiers.base import Score, TestResult, Tools, Verdict
from verifiers.code.extract import extract_program
from verifiers.code.findings import VERDICTS, Finding, told_by
from verifiers.code.luck import LuckOptions
from verifiers.code.rewards import aggregate, stops_on_failure, test_result
from verifiers.code.unittest.collection import CollectedTest, collect
from verifiers.code.unittest.harness import TEST_FILE_CANDIDATE, TEST_FILE_EXAMINER
from verifiers.errors import InvalidReference, VerifierError

_FILE = "solution.py"
_EXAMINER_CPU_S = 20.0
_EXAMINER_MEMORY_BYTES = 1024 * 1024 * 1024
_MOST_DEATHS = 10
"""Times that a program may fail to survive a test; those after that are not run, nor passed."""


async def judge_python(
    completion: str, source: str, module: str, options: LuckOptions, tools: Tools
) -> Score:
    """The score of a completion by a pytest or unittest file that imports it as `module`."""
    tests = _collected(source)
    program = extract_program(completion, how=options.extract, language="python")
    if program is None:
        return Score(reward=0.0, verdict=Verdict.NO_ANSWER, message="there is no program in it")
    results = await _Examination(program, source, module, tests, options, tools).hold()
    score = aggregate(results, total=len(tests), options=options)
    return score.model_copy(update={"extracted": program})


def _collected(source: str) -> list[CollectedTest]:
    try:
        tests = collect(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise InvalidReference(f"reference.tests is not Python: {error}") from error
    if not tests:
        raise InvalidReference(
            "reference.tests has no tests: no function test_*, no class Test*, no TestCase; tests "
            "that are marked to be skipped are none"
        )
    return tests


class _Examination:
    """The tests of one file, held as often as the candidate dies of one of them."""

    def __init__(
        self,
        program: str,
        source: str,
        module: str,
        tests: Sequence[CollectedTest],
        options: LuckOptions,
        tools: Tools,
    ) -> None:
        self._program = program
        self._source = source
        self._module = module
        self._tests = tests
        self._options = options
        self._tools = tools
        self._limits = options.limits.over(tools.limits)
        self._stops = stops_on_failure(options)
        self._loads = True

    async def hold(self) -> list[TestResult]:
        """The results of the tests, in order, as far as they are to be run."""
        results: list[TestResult] = []
        deaths = 0
        while len(results) < len(self._tests) and deaths < _MOST_DEATHS:
            part, died = await self._part(len(results))
            # Each test has the limits to itself: what one died of may have been done before it.
            results += part[:-1] if died and len(part) > 1 else part
            deaths += died and len(part) == 1
            failed = results[-1].verdict is not Verdict.ACCEPTED
            if failed and (self._stops or not self._loads):
                break
        return results

    async def _part(self, first: int) -> tuple[list[TestResult], bool]:
        """The results of at least one test, from number `first` on, and whether the program failed
        to survive the last of them."""
        examiner, candidate = await self._tools.sandbox.run_pair(
            self._examiner(first), self._candidate(), deadline=self._tools.deadline
        )
        with Timed(Stage.CHECK):
            findings = told_by(examiner)
        if findings.done and not findings.tests:
            raise VerifierError("the examiner told of no test")
        results = [
            self._result(first + index, finding, candidate)
            for index, finding in enumerate(findings.tests)
        ]
        if findings.done and candidate.cpu_s <= self._limits.cpu_s:
            return results, False
        self._loads = findings.load_error is None
        fault = findings.fault(candidate, self._limits)
        number = first + len(results)
        if findings.done or number == len(self._tests):
            number, results = number - 1, results[:-1]
        return [*results, self._test_result(number, candidate, *fault)], True

    def _examiner(self, first: int) -> Party:
        payload = {
            "tests": self._source,
            "module": self._module,
            "imports_module": _is_imported(ast.parse(self._source), self._module),
            "names": [[test.group, test.name, test.asserts] for test in self._tests],
            "first": first,
            "stop_on_failure": self._stops,
            "seed": self._options.seed_for(self._source),
        }
        # Taking what a program hands over costs about as much as handing it over.
        cpu_s = _EXAMINER_CPU_S + 2 * self._limits.cpu_s
        wall_s = 2 * self._limits.wall_backstop_s + 2 * _EXAMINER_CPU_S
        return Party(
            harness=TEST_FILE_EXAMINER,
            payload=json.dumps(payload).encode(),
            limits=Limits(cpu_s=cpu_s, wall_s=wall_s, memory_bytes=_EXAMINER_MEMORY_BYTES),
            imports=f"{self._program}\n{self._source}",
        )

    def _candidate(self) -> Party:
        files = {name: text.encode() for name, text in self._options.files.items()}
        return Party(
            harness=TEST_FILE_CANDIDATE,
            payload=json.dumps(
                {"file": _FILE, "seed": self._options.seed_for(self._program)}
            ).encode(),
            limits=self._limits,
            files={**files, _FILE: self._program.encode(errors="surrogatepass")},
            imports=self._program,
        )

    def _result(self, number: int, finding: Finding, candidate: Execution) -> TestResult:
        if finding.outcome == "uncarriable":
            raise VerifierError(
                f"{self._tests[number]} cannot be held from another process: {finding.message}"
            )
        message = finding.told(reveal_expected=self._options.reveal_expected)
        return self._test_result(number, candidate, VERDICTS[finding.outcome], message)

    def _test_result(
        self, number: int, candidate: Execution, verdict: Verdict, message: str
    ) -> TestResult:
        said = ": ".join(part for part in (str(self._tests[number]), message) if part)
        return test_result(
            number,
            candidate,
            verdict,
            said,
            preview_bytes=self._options.output_preview_bytes,
        )


def _is_imported(tree: ast.Module, module: str) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == module:
            return True
        if isinstance(node, ast.Import) and any(alias.name == module for alias in node.names):
            return True
    return False
