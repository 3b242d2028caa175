"""code.stdio: a program is run on each test's input, and what it prints is judged apart from it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import Any

from sandbox import Limits, Program, Session
from verifiers.base import Options, Score, TestResult, Tools, Verdict
from verifiers.code import rewards
from verifiers.code.extract import extract_program
from verifiers.code.judges.reference import StdioReference, StdioTest
from verifiers.code.judges.trials import Trials, encoded_files
from verifiers.errors import InvalidOptions, InvalidReference

__all__ = ["StdioReference", "StdioTest", "StdioVerifier"]

DEFAULT_LANGUAGE = "python"


class StdioVerifier:
    name = "code.stdio"
    summary = "Runs a program on the input of each test and judges what it prints."
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
        program = Program(language=language, source=source, files=encoded_files(options.files))
        limits = options.limits.over(tools.limits)
        trials = Trials(reference, options, limits=limits, defaults=tools.limits)
        async with _open(program, trials, limits, tools) as session:
            score = await _judge(session, trials, reference, options)
        return score.model_copy(update={"extracted": source, "queue_s": session.queue_s})


async def _judge(
    session: Session, trials: Trials, reference: StdioReference, options: Options
) -> Score:
    compilation = session.compilation
    total = len(reference.tests)
    if compilation is not None and not compilation.succeeded:
        return rewards.compile_failure(
            compilation, total=total, preview_bytes=options.output_preview_bytes
        )
    tests = await _run(session, trials, options)
    score = rewards.aggregate(
        tests,
        total=total,
        options=options,
        weights=[test.weight for test in reference.tests],
        groups=[test.group for test in reference.tests],
    )
    run_s = score.run_s + rewards.run_s_of(compilation)
    return score.model_copy(update={"run_s": run_s})


async def _run(session: Session, trials: Trials, options: Options) -> Sequence[TestResult]:
    """The results of the tests, up to the first that failed where that is enough."""
    stops = rewards.stops_on_failure(options)
    results: list[TestResult] = []
    async with aclosing(trials.hold(session)) as held:
        async for execution, ruling in held:
            result = rewards.test_result(
                len(results),
                execution,
                ruling.verdict,
                ruling.message,
                preview_bytes=options.output_preview_bytes,
            )
            if ruling.share != result.reward:
                result = result.model_copy(update={"reward": ruling.share})
            results.append(result)
            if stops and ruling.verdict is not Verdict.ACCEPTED:
                break
    return results


@asynccontextmanager
async def _open(
    program: Program, trials: Trials, limits: Limits, tools: Tools
) -> AsyncIterator[Session]:
    judges = list(trials.judges().values())
    opening = tools.sandbox.open(program, beside=judges, limits=limits, deadline=tools.deadline)
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
