"""From what programs did to a score: verdicts of runs, results of tests, and their aggregation."""

import codecs
import math
import operator
import signal
from collections.abc import Sequence

from sandbox import Compilation, Execution, Status
from verifiers.base import Options, Score, TestResult, Verdict

#: From the worst to the best; the verdict of several tests is the worst that one of them has.
WORST_FIRST = (
    Verdict.VIOLATION,
    Verdict.COMPILE_ERROR,
    Verdict.OUTPUT_LIMIT_EXCEEDED,
    Verdict.MEMORY_LIMIT_EXCEEDED,
    Verdict.TIME_LIMIT_EXCEEDED,
    Verdict.RUNTIME_ERROR,
    Verdict.WRONG_ANSWER,
    Verdict.NO_ANSWER,
    Verdict.PARTIAL,
    Verdict.ACCEPTED,
)

_VERDICT_OF_STATUS = {
    Status.SIGNALLED: Verdict.RUNTIME_ERROR,
    Status.TIME_LIMIT_EXCEEDED: Verdict.TIME_LIMIT_EXCEEDED,
    Status.MEMORY_LIMIT_EXCEEDED: Verdict.MEMORY_LIMIT_EXCEEDED,
    Status.OUTPUT_LIMIT_EXCEEDED: Verdict.OUTPUT_LIMIT_EXCEEDED,
    Status.VIOLATION: Verdict.VIOLATION,
}


def fault_of(execution: Execution) -> Verdict | None:
    """The verdict of a run that did not end well; None if only its output is left to judge."""
    if execution.status is Status.EXITED:
        return None if execution.exit_code == 0 else Verdict.RUNTIME_ERROR
    return _VERDICT_OF_STATUS[execution.status]


def end_of(execution: Execution) -> str:
    """How a run ended, for a reader."""
    if execution.message:
        return execution.message
    if execution.status is Status.EXITED:
        return f"exit code {execution.exit_code}"
    if execution.status is Status.SIGNALLED:
        return f"ended by {_signal_name(execution.signal)}"
    return execution.status.replace("_", " ")


def preview(data: bytes, limit: int, *, end: bool = False) -> str:
    """The first (or last) part of an output as text of at most `limit` bytes in UTF-8.

    Characters are kept whole; what is no UTF-8 is replaced.
    """
    if len(data) <= limit and data.isascii():
        return data.decode()
    part = data[max(len(data) - limit, 0) :] if end else data[:limit]
    if end and len(part) < len(data):
        part = part[:3].lstrip(bytes(range(0x80, 0xC0))) + part[3:]
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(part, final=end or len(part) == len(data))
    # Replacements are longer than what they replace.
    return text.encode()[:limit].decode(errors="ignore")


def test_result(
    index: int, execution: Execution, verdict: Verdict, message: str, *, preview_bytes: int
) -> TestResult:
    """What is told of one test; errors are shown from their end, where their cause is named."""
    return TestResult(
        index=index,
        verdict=verdict,
        reward=1.0 if verdict is Verdict.ACCEPTED else 0.0,
        cpu_s=execution.cpu_s,
        wall_s=execution.wall_s,
        memory_bytes=execution.memory_bytes,
        stdout=preview(execution.stdout, preview_bytes),
        stderr=preview(execution.stderr, preview_bytes, end=True),
        exit_code=execution.exit_code,
        signal=execution.signal,
        message=message,
    )


def stops_on_failure(options: Options) -> bool:
    """Whether the tests after one that failed are left out: unless told otherwise, with `all`."""
    if options.stop_on_failure is None:
        return options.reward == "all"
    return options.stop_on_failure


def aggregate(
    tests: Sequence[TestResult],
    *,
    total: int,
    options: Options,
    weights: Sequence[float] = (),
    groups: Sequence[str | None] = (),
) -> Score:
    """The score of `total` tests, of which `tests` were run; those left out count as not passed.

    `weights` are those of all tests, at least one above 0, for `reward: weighted`; a test of weight
    0 is only reported then. Tests with the same name in `groups` earn what the worst of those that
    count among them earns. The reward is 1.0 if and only if everything that counts passed. A
    violation is never averaged away: it makes the whole 0.
    """
    shares = _shares(total, options, weights)
    by_index = {test.index: test for test in tests}
    counted = [index for index, share in enumerate(shares) if share > 0]
    passed = {test.index for test in tests if test.verdict is Verdict.ACCEPTED}
    failed = [test for test in tests if test.index not in passed]
    verdicts = [by_index[index].verdict for index in counted if index in by_index]
    if all(index in passed for index in counted):
        reward, verdict = 1.0, Verdict.ACCEPTED
    else:
        earned = _in_groups([_reward_of(by_index.get(n)) for n in range(total)], shares, groups)
        reward = _earned(shares, earned, options)
        verdict = _worst(verdicts)
        if verdict is Verdict.VIOLATION:
            reward = 0.0
        elif reward > 0:
            verdict = Verdict.PARTIAL
    return Score(
        reward=reward,
        verdict=verdict,
        message=_message(total, len(tests), len(passed), failed),
        tests=list(tests),
        run_s=math.fsum(test.wall_s for test in tests),
    )


def compile_failure(compilation: Compilation, *, total: int, preview_bytes: int) -> Score:
    """The score of a program that did not compile; the message is the compiler's."""
    execution = compilation.execution
    said = preview(execution.stderr or execution.stdout, preview_bytes).strip()
    reason = end_of(execution) if fault_of(execution) is not Verdict.RUNTIME_ERROR else ""
    message = "\n".join(part for part in (reason, said) if part) or end_of(execution)
    return Score(
        reward=0.0,
        verdict=Verdict.COMPILE_ERROR,
        message=f"the program does not compile, 0 of {total} tests passed: {message}",
        run_s=run_s_of(compilation),
        repeatable=execution.status is Status.EXITED,
    )


def run_s_of(compilation: Compilation | None) -> float:
    """Seconds that compiling took now, and not when a cached result was made."""
    if compilation is None or compilation.cached:
        return 0.0
    return compilation.execution.wall_s


def _shares(total: int, options: Options, weights: Sequence[float]) -> list[float]:
    if options.reward != "weighted" or not weights:
        return [1.0] * total
    heaviest = max(weights)  # to divide by, so that no sum overflows
    return [weight / heaviest for weight in weights]


def _reward_of(test: TestResult | None) -> float:
    return 0.0 if test is None else test.reward


def _in_groups(
    rewards: Sequence[float], shares: Sequence[float], groups: Sequence[str | None]
) -> list[float]:
    """The rewards of all tests, each lowered to the least that counts in its group."""
    least: dict[str, float] = {}
    for reward, share, group in zip(rewards, shares, groups, strict=False):
        if group is not None and share > 0:
            least[group] = min(reward, least.get(group, reward))
    names = groups or [None] * len(rewards)
    return [
        reward if name is None else least.get(name, reward)
        for reward, name in zip(rewards, names, strict=True)
    ]


def _earned(shares: Sequence[float], rewards: Sequence[float], options: Options) -> float:
    if options.reward == "all":
        return 0.0
    share = math.fsum(map(operator.mul, shares, rewards)) / math.fsum(shares)
    # Rounding must not make up for a test that failed.
    return min(share, math.nextafter(1.0, 0.0))


def _worst(verdicts: Sequence[Verdict]) -> Verdict:
    worst = min(verdicts, key=WORST_FIRST.index, default=Verdict.ACCEPTED)
    # Nothing that ran failed, or only in part, yet nothing was earned.
    return Verdict.WRONG_ANSWER if worst in (Verdict.ACCEPTED, Verdict.PARTIAL) else worst


def _message(total: int, run: int, passed: int, failed: Sequence[TestResult]) -> str:
    summary = f"{passed} of {total} tests passed"
    if run < total:
        summary += f", {total - run} not run"
    if not failed:
        return summary
    first = failed[0]
    said = f", {first.message}" if first.message else ""
    return f"{summary}; test {first.index}: {first.verdict.replace('_', ' ')}{said}"


def _signal_name(number: int | None) -> str:
    try:
        return signal.Signals(number or 0).name
    except ValueError:
        return f"signal {number}"
