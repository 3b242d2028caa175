"""code.function: a function or class is called with JSON values, and its results compared outside.

Each test is a process of its own that is given that test's arguments and nothing of what is
expected. Whatever a solution does there, it can only change its own answer.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any, NamedTuple

from sandbox import Execution, Invocation, Limits, Program, Session, Stage, Timed
from sandbox.languages import Language, language_table
from verifiers.base import Options, Score, TestResult, Tools, Verdict
from verifiers.code import rewards
from verifiers.code.extract import extract_program
from verifiers.code.function.compare import Difference, first_difference
from verifiers.code.function.drivers import BUILDERS, Driven, Unreadable
from verifiers.code.function.prefixes import parts_of
from verifiers.code.function.reference import ClassTest, FunctionReference, FunctionTest
from verifiers.code.function.wire import Question, Reply, question
from verifiers.errors import InvalidOptions, InvalidReference

DEFAULT_LANGUAGE = "python"
_LARGE_BYTES = 65_536
"""Results beyond this are read and compared in a thread, so that other work goes on."""
_SYNTAX_ERRORS = ("SyntaxError", "IndentationError", "TabError")
_WITHOUT_FLOATS = ("main.js", "main.ts")
"""Main files of languages that have one kind of number."""

Case = FunctionTest | ClassTest


class FunctionVerifier:
    name = "code.function"
    summary = "Calls a function, a method or a class with JSON values and compares the results."
    reference_type = FunctionReference
    options_model = Options
    example: Mapping[str, Any] = {
        "completion": (
            "```python\nclass Solution:\n    def twoSum(self, nums, target):\n"
            "        seen = {}\n        for i, n in enumerate(nums):\n"
            "            if target - n in seen:\n                return [seen[target - n], i]\n"
            "            seen[n] = i\n```"
        ),
        "reference": {
            "entry_point": "Solution.twoSum",
            "tests": [
                {"args": [[2, 7, 11, 15], 9], "expected": [0, 1]},
                {"args": [[3, 2, 4], 6], "expected": [1, 2]},
            ],
        },
    }

    async def verify(
        self, completion: str, reference: FunctionReference, options: Options, tools: Tools
    ) -> Score:
        language = _language(options)
        # Tests of many megabytes are common: looking at each value must not hold up other work.
        judge = await asyncio.to_thread(_Judge, reference, options, language)
        solution = extract_program(completion, how=options.extract, language=language.name)
        if solution is None:
            return Score(
                reward=0.0,
                verdict=Verdict.NO_ANSWER,
                message="the completion has no program to call",
            )
        try:
            driven = BUILDERS[language.source_file](solution, reference)
        except Unreadable as error:
            return Score(
                reward=0.0,
                verdict=Verdict.COMPILE_ERROR,
                message=str(error),
                extracted=solution,
            )
        program = _program(language, driven, options)
        limits = options.limits.over(tools.limits)
        async with _open(program, limits, tools) as session:
            score = await _score(session, judge, options)
        return score.model_copy(update={"extracted": solution, "queue_s": session.queue_s})


def _language(options: Options) -> Language:
    """Raises UnknownLanguage and InvalidOptions."""
    language = language_table().find(options.language or DEFAULT_LANGUAGE)
    if language.source_file not in BUILDERS:
        known = ", ".join(file.removeprefix("main.") for file in map(str.lower, BUILDERS))
        raise InvalidOptions(
            f"options.language: code.function calls nothing in {language.name}, only in files of "
            f"type {known}"
        )
    return language


def _check(reference: FunctionReference, options: Options, language: Language) -> None:
    reference.check()
    if options.reward == "weighted" and not any(case.weight for case in reference.cases):
        raise InvalidReference("all weights are 0; give at least one test a weight above 0")
    if language.source_file != "main.py" and any(test.kwargs for test in reference.tests):
        raise InvalidReference(f"kwargs are for Python; {language.name} takes args only")


def _program(language: Language, driven: Driven, options: Options) -> Program:
    """Raises InvalidOptions for a file that is in the way of ours."""
    if taken := sorted(set(driven.files) & set(options.files)):
        raise InvalidOptions(f"options.files: {taken[0]!r} is the name of the solution itself")
    files = {**options.files, **driven.files}
    encoded = {name: text.encode(errors="surrogatepass") for name, text in files.items()}
    return Program(language=language.name, source=driven.source, files=encoded)


@asynccontextmanager
async def _open(program: Program, limits: Limits, tools: Tools) -> AsyncIterator[Session]:
    opening = tools.sandbox.open(program, limits=limits, deadline=tools.deadline)
    async with AsyncExitStack() as stack:
        try:
            session = await stack.enter_async_context(opening)
        except ValueError as error:  # the sandbox's word for a program that no runner can take
            raise InvalidOptions(str(error)) from error
        yield session


async def _score(session: Session, judge: "_Judge", options: Options) -> Score:
    compilation = session.compilation
    total = len(judge.weights)
    if compilation is not None and not compilation.succeeded:
        return rewards.compile_failure(
            compilation, total=total, preview_bytes=options.output_preview_bytes
        )
    tests = await _run(session, judge, stops=rewards.stops_on_failure(options))
    score = rewards.aggregate(tests, total=total, options=options, weights=judge.weights)
    run_s = score.run_s + rewards.run_s_of(compilation)
    return score.model_copy(update={"run_s": run_s})


async def _run(session: Session, judge: "_Judge", *, stops: bool) -> Sequence[TestResult]:
    """The results of the tests, up to the first that failed where that is enough."""
    results: dict[int, TestResult] = {}
    runs = iter(judge.runs)
    questions = [run.question for run in judge.runs]
    async with aclosing(_executions(session, questions)) as executions:
        async for execution in executions:
            run = next(runs)
            with Timed(Stage.CHECK):
                result = await judge.result(run, execution)
            former = results.get(run.test)
            if former is None or former.verdict is Verdict.ACCEPTED:
                results[run.test] = result
            if stops and result.verdict is not Verdict.ACCEPTED:
                break
    return list(results.values())


async def _executions(
    session: Session, questions: Sequence[Question]
) -> AsyncGenerator[Execution, None]:
    invocations = [Invocation(stdin=question.stdin) for question in questions]
    try:
        async with aclosing(session.run_each(invocations)) as executions:
            async for execution in executions:
                yield execution
    except ValueError as error:  # the sandbox's word for an input that cannot be given
        raise InvalidReference(f"reference: {error}") from error


class _Run(NamedTuple):
    """A run of a test, or of the first part of one."""

    test: int
    """Its number."""
    case: Case
    question: Question


class _Judge:
    """Says of each run what it is worth."""

    def __init__(self, reference: FunctionReference, options: Options, language: Language) -> None:
        """Raises InvalidReference."""
        _check(reference, options, language)
        self.weights = [case.weight for case in reference.cases]
        self.runs = [
            _Run(index, part, question(reference, part))
            for index, case in enumerate(reference.cases)
            for part in (parts_of(case) if isinstance(case, ClassTest) else [case])
        ]
        """In the order of the tests, each of which passes if all of its runs do."""
        self._reference = reference
        self._options = options
        self._rules = reference.checker.rules()
        if language.source_file in _WITHOUT_FLOATS:
            self._rules = replace(self._rules, strict_numbers=False)

    async def result(self, run: _Run, execution: Execution) -> TestResult:
        """The result of a test, from how this run of it ended and what it replied."""
        judge = self._judged
        if len(execution.stdout) > _LARGE_BYTES:
            verdict, message, printed = await asyncio.to_thread(judge, run, execution)
        else:
            verdict, message, printed = judge(run, execution)
        execution = replace(execution, stdout=printed)
        preview_bytes = self._options.output_preview_bytes
        return rewards.test_result(
            run.test, execution, verdict, message, preview_bytes=preview_bytes
        )

    def _judged(self, run: _Run, execution: Execution) -> tuple[Verdict, str, bytes]:
        """How a run ended comes first; only one that ended well has its reply looked at."""
        reply = run.question.read(execution.stdout)
        if fault := rewards.fault_of(execution):
            return fault, rewards.end_of(execution), reply.printed
        verdict, message = self._of_reply(run.case, reply)
        return verdict, message, reply.printed

    def _of_reply(self, case: Case, reply: Reply) -> tuple[Verdict, str]:
        raises = getattr(case, "raises", None)
        match reply.kind:
            case "result" if raises is not None:
                return Verdict.WRONG_ANSWER, f"raised nothing{self._revealed(raises)}"
            case "result":
                return self._compared(case.expected, reply.value)
            case "too_large":
                return Verdict.WRONG_ANSWER, "the result is far larger than a right one"
            case "raised" if raises is not None and raises in reply.classes:
                return Verdict.ACCEPTED, ""
            case "raised" if raises is not None:
                found = f"raised {reply.classes[0]}" if reply.classes else "raised something"
                return Verdict.WRONG_ANSWER, f"{found}{self._revealed(raises)}"
            case "raised":
                return Verdict.RUNTIME_ERROR, f"{''.join(reply.classes[:1])}: {reply.text}"
            case "unloadable":
                syntax = reply.classes[0] in _SYNTAX_ERRORS
                verdict = Verdict.COMPILE_ERROR if syntax else Verdict.RUNTIME_ERROR
                return verdict, f"{reply.classes[0]}: {reply.text}"
            case "missing":
                return Verdict.RUNTIME_ERROR, f"the program defines no {reply.text}"
            case "unfit":
                return Verdict.RUNTIME_ERROR, reply.text
            case "none":
                return Verdict.RUNTIME_ERROR, "the program ended before the call returned"

    def _compared(self, expected: Any, actual: Any) -> tuple[Verdict, str]:
        checker = self._reference.checker
        rights = expected if checker.any_of else [expected]
        differences: list[Difference] = []
        for right in rights:
            difference = first_difference(actual, right, self._rules)
            if difference is None:
                return Verdict.ACCEPTED, ""
            differences.append(difference)
        if len(differences) > 1:
            return Verdict.WRONG_ANSWER, "the result is none of those that are right"
        reveal = self._options.reveal_expected
        return Verdict.WRONG_ANSWER, differences[0].describe(reveal_expected=reveal)

    def _revealed(self, raises: str) -> str:
        return f", not {raises}" if self._options.reveal_expected else ""
