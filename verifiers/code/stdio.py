"""code.stdio: a program is run on each test's input, and what it prints is compared outside."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from sandbox import Execution, Invocation, Limits, Program, Session
from sandbox.files import check_file_names
from verifiers.base import Options, Score, Strict, TestResult, Tools, Verdict
from verifiers.code import compare, rewards
from verifiers.code.extract import extract_program
from verifiers.errors import InvalidOptions, InvalidReference

DEFAULT_LANGUAGE = "python"
_LARGE_BYTES = 262_144
"""Outputs beyond this are compared in a thread, so that other work goes on."""

Tolerance = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]


class StdioTest(Strict):
    """One run: what the program is given, and what it has to print."""

    stdin: str = ""
    stdout: str
    """Empty only if the program is to print nothing."""
    weight: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0
    """For `reward: weighted`; a test of weight 0 is run and reported, but does not count then."""
    args: tuple[str, ...] = ()
    """Command-line arguments."""
    files: Mapping[str, str] = {}
    """Files in the working directory: relative path to text."""

    @field_validator("files")
    @classmethod
    def _plain_names(cls, files: Mapping[str, str]) -> Mapping[str, str]:
        check_file_names(files)
        return files


class TextChecker(Strict):
    """Compares outputs as text; see docs/code.md for which are equal."""

    kind: Literal["lines", "tokens", "exact", "unordered_lines"] = "lines"

    def function(self) -> compare.Checker:
        return _TEXT_CHECKERS[self.kind]


class FloatChecker(Strict):
    """Compares outputs word by word, numbers within a tolerance."""

    kind: Literal["float"]
    abs_tolerance: Tolerance = 1e-6
    """Greatest difference between two numbers that counts as none."""
    rel_tolerance: Tolerance = 1e-6
    """The same as a share of the greater magnitude; one of the two is enough."""

    def function(self) -> compare.Checker:
        return partial(
            compare.compare_float,
            abs_tolerance=self.abs_tolerance,
            rel_tolerance=self.rel_tolerance,
        )


class StdioReference(Strict):
    """The tests, and how outputs are compared."""

    tests: list[StdioTest]
    """At least one; without tests nothing could be said of any program."""
    checker: Annotated[TextChecker | FloatChecker, Field(discriminator="kind")] = TextChecker()


_TEXT_CHECKERS: Mapping[str, compare.Checker] = {
    "lines": compare.compare_lines,
    "tokens": compare.compare_tokens,
    "exact": compare.compare_exact,
    "unordered_lines": compare.compare_unordered_lines,
}


class StdioVerifier:
    name = "code.stdio"
    summary = "Runs a program on the input of each test and compares what it prints."
    reference_type = StdioReference
    options_model = Options
    example: Mapping[str, Any] = {
        "completion": "Add them up:\n```python\nprint(sum(map(int, input().split())))\n```",
        "reference": {
            "tests": [{"stdin": "1 2\n", "stdout": "3\n"}, {"stdin": "-5 5\n", "stdout": "0\n"}]
        },
        "options": {"language": "python", "limits": {"cpu_s": 2}},
    }

    async def verify(
        self, completion: str, reference: StdioReference, options: Options, tools: Tools
    ) -> Score:
        _check(reference, options)
        language = options.language or DEFAULT_LANGUAGE
        source = extract_program(completion, how=options.extract, language=language)
        if source is None:
            return Score(
                reward=0.0,
                verdict=Verdict.NO_ANSWER,
                message="the completion has no program to run",
            )
        program = Program(language=language, source=source, files=_encoded(options.files))
        limits = options.limits.over(tools.limits)
        async with _open(program, limits, tools) as session:
            score = await _judge(session, reference, options)
        return score.model_copy(update={"extracted": source, "queue_s": session.queue_s})


async def _judge(session: Session, reference: StdioReference, options: Options) -> Score:
    compilation = session.compilation
    total = len(reference.tests)
    if compilation is not None and not compilation.succeeded:
        return rewards.compile_failure(
            compilation, total=total, preview_bytes=options.output_preview_bytes
        )
    tests = await _run(session, reference, options)
    weights = [test.weight for test in reference.tests]
    score = rewards.aggregate(tests, total=total, options=options, weights=weights)
    run_s = score.run_s + rewards.run_s_of(compilation)
    return score.model_copy(update={"run_s": run_s})


async def _run(
    session: Session, reference: StdioReference, options: Options
) -> Sequence[TestResult]:
    """The results of the tests, up to the first that failed where that is enough."""
    checker = reference.checker.function()
    stops = rewards.stops_on_failure(options)
    results: list[TestResult] = []
    async with aclosing(_executions(session, reference.tests)) as executions:
        async for execution in executions:
            index = len(results)
            expected = reference.tests[index].stdout.encode(errors="surrogatepass")
            verdict, message = await _verdict(execution, expected, checker, options)
            results.append(
                rewards.test_result(
                    index, execution, verdict, message, preview_bytes=options.output_preview_bytes
                )
            )
            if stops and verdict is not Verdict.ACCEPTED:
                break
    return results


async def _verdict(
    execution: Execution, expected: bytes, checker: compare.Checker, options: Options
) -> tuple[Verdict, str]:
    """How a run ended comes first; only one that ended well has its output compared."""
    if fault := rewards.fault_of(execution):
        return fault, rewards.end_of(execution)
    if len(execution.stdout) + len(expected) > _LARGE_BYTES:
        difference = await asyncio.to_thread(checker, execution.stdout, expected)
    else:
        difference = checker(execution.stdout, expected)
    if difference is None:
        return Verdict.ACCEPTED, ""
    return Verdict.WRONG_ANSWER, difference.describe(reveal_expected=options.reveal_expected)


async def _executions(
    session: Session, tests: Sequence[StdioTest]
) -> AsyncGenerator[Execution, None]:
    invocations = [
        Invocation(
            stdin=test.stdin.encode(errors="surrogatepass"),
            args=test.args,
            files=_encoded(test.files),
        )
        for test in tests
    ]
    try:
        async with aclosing(session.run_each(invocations)) as executions:
            async for execution in executions:
                yield execution
    except ValueError as error:  # the sandbox's word for an input that cannot be given
        raise InvalidReference(f"reference.tests: {error}") from error


@asynccontextmanager
async def _open(program: Program, limits: Limits, tools: Tools) -> AsyncIterator[Session]:
    opening = tools.sandbox.open(program, limits=limits, deadline=tools.deadline)
    async with AsyncExitStack() as stack:
        try:
            session = await stack.enter_async_context(opening)
        except ValueError as error:  # the sandbox's word for a program that no runner can take
            raise InvalidOptions(str(error)) from error
        yield session


def _check(reference: StdioReference, options: Options) -> None:
    """Raise InvalidReference where the reference cannot tell a right program from a wrong one."""
    if not reference.tests:
        raise InvalidReference("reference.tests is empty; give at least one test")
    if options.reward == "weighted" and not any(test.weight for test in reference.tests):
        raise InvalidReference("all weights are 0; give at least one test a weight above 0")


def _encoded(files: Mapping[str, str]) -> dict[str, bytes]:
    return {name: text.encode(errors="surrogatepass") for name, text in files.items()}
