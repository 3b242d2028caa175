"""Runs a program together with tests in its own language: one source, one process.

A program passes if the process comes to the end of the tests, and does not come there with tests
that no right program passes (see `alteration`).
"""

import hashlib
import hmac
import random
import re
import secrets
from dataclasses import replace

from sandbox import Execution, Invocation, Program, Stage, Status, Timed
from verifiers.base import Options, Score, TestResult, Tools, Verdict
from verifiers.code.appended.counterproof import Counterproof
from verifiers.code.appended.parts import Parts, Style
from verifiers.code.appended.sites import find_sites
from verifiers.code.rewards import compile_failure, end_of, fault_of, test_result
from verifiers.errors import InvalidReference

_SECRET = secrets.token_bytes(32)
_CAUGHT = "it passes tests that no right program passes"
_UNFINISHED = "it did not come to the end of the tests"
_ASSERTION = re.compile(
    rb"assertion failed|AssertionError|AssertionFailed|ERR_ASSERTION|Assertion .* failed"
    rb"|assertion `|--- FAIL|panicked at|Exception",
    re.IGNORECASE,
)


def key_of(program: str, tests: str) -> str:
    """Letters and digits that nobody outside can know; the same for the same sources, so that
    compiling is not done twice."""
    return "k" + _secretly("key", program, tests)


def _secretly(purpose: str, program: str, tests: str) -> str:
    text = f"{purpose}\0{program}\0{tests}".encode(errors="surrogatepass")
    return hmac.new(_SECRET, text, hashlib.sha256).hexdigest()


class Trial:
    """One source of tests and one program.

    Raises InvalidReference for tests that demand nothing.
    """

    def __init__(
        self, language: str, style: Style, parts: Parts, options: Options, tools: Tools
    ) -> None:
        self._language = language
        self._style = style
        self._parts = parts
        self._options = options
        self._tools = tools
        self._limits = options.limits.over(tools.limits)
        self._named = style.named_tests(parts.tests)
        self.names = [test.name for test in self._named]
        """The functions that the tests consist of; empty if they are one piece."""
        self._sites = find_sites(parts.tests, language.partition("_")[0])
        if not self._sites:
            raise InvalidReference(
                "reference.tests hold nothing that could be altered, so passing them would prove "
                "nothing: compare with a literal, or assert a condition"
            )

    async def run(self, tests: str | None = None) -> Execution | Score:
        """What the process did; the score of a program that does not compile."""
        parts = self._parts if tests is None else replace(self._parts, tests=tests)
        files = {name: text.encode() for name, text in self._options.files.items()}
        files |= {name: text.encode() for name, text in self._style.files(parts).items()}
        program = Program(language=self._language, source=self._style.join(parts), files=files)
        async with self._tools.sandbox.open(
            program, limits=self._limits, deadline=self._tools.deadline
        ) as session:
            compilation = session.compilation
            if compilation is not None and not compilation.succeeded:
                return compile_failure(
                    compilation,
                    total=len(self.names) or 1,
                    preview_bytes=self._options.output_preview_bytes,
                )
            return await session.run(Invocation())

    async def judge_whole(self, outcome: Execution, index: int) -> TestResult:
        """The result of all of the source as one test."""
        with Timed(Stage.CHECK):
            fault, message = self._fault(outcome)
            if fault is None and len(self._reached(outcome)) < (len(self.names) or 1):
                fault, message = Verdict.WRONG_ANSWER, _UNFINISHED
        if fault is None and await self._gets_around(outcome):
            fault, message = Verdict.VIOLATION, _CAUGHT
        return self._result(index, outcome, fault or Verdict.ACCEPTED, message)

    async def judge_each(self, outcome: Execution) -> list[TestResult]:
        """The result of each function of the source."""
        with Timed(Stage.CHECK):
            reached = self._reached(outcome)
        if reached and await self._gets_around(outcome):
            return [self._result(0, outcome, Verdict.VIOLATION, _CAUGHT)]
        fault, message = self._fault(outcome)
        if fault is Verdict.RUNTIME_ERROR and outcome.status is Status.EXITED:
            fault = Verdict.WRONG_ANSWER  # how a framework ends when a test has failed
        results = []
        for index, name in enumerate(self.names):
            if index in reached and fault is not Verdict.VIOLATION:
                results.append(self._result(index, outcome, Verdict.ACCEPTED, name))
            else:
                said = f"{name}: {message or _UNFINISHED}"
                results.append(self._result(index, outcome, fault or Verdict.WRONG_ANSWER, said))
        if fault is not None and len(reached) == len(self.names):
            # It failed after its last test, which then is not passed.
            results[-1] = self._result(len(results) - 1, outcome, fault, message)
        return results

    def _fault(self, outcome: Execution) -> tuple[Verdict | None, str]:
        fault = fault_of(outcome)
        if fault is Verdict.RUNTIME_ERROR and _is_assertion(outcome):
            return Verdict.WRONG_ANSWER, "an assertion failed"
        return fault, "" if fault is None else end_of(outcome)

    def _result(self, index: int, outcome: Execution, verdict: Verdict, message: str) -> TestResult:
        output = outcome.stdout
        for number in range(len(self.names) or 1):
            output = output.replace(b"\n" + self._parts.marker(number).encode() + b"\n", b"")
        shown = replace(outcome, stdout=output)
        if not self._options.reveal_expected:
            shown = replace(shown, stderr=b"")  # it may say what was expected
        preview_bytes = self._options.output_preview_bytes
        return test_result(index, shown, verdict, message, preview_bytes=preview_bytes)

    def _reached(self, outcome: Execution) -> set[int]:
        """The numbers of the tests that came to their end."""
        lines = set(outcome.stdout.splitlines())
        count = len(self.names) or 1
        return {index for index in range(count) if self._parts.marker(index).encode() in lines}

    def _passed(self, outcome: Execution) -> set[int]:
        """The numbers of the tests that were passed; where there are several, others may fail."""
        quiet = (None, Verdict.RUNTIME_ERROR) if self.names else (None,)
        return self._reached(outcome) if fault_of(outcome) in quiet else set()

    async def _gets_around(self, outcome: Execution) -> bool:
        """Whether the program passes what no right program does."""
        parts = self._parts
        # The program can read the key in its own source, and must not know what is altered; the
        # same program gets the same verdict again.
        seed = _secretly("chance", parts.program, parts.tests)
        chance = random.Random(seed)  # noqa: S311 - nothing of what it gives is seen outside
        counterproof = Counterproof(
            parts.tests, self._sites, self._named, self.run, self._passed, chance
        )
        passed = self._reached(outcome)
        if await counterproof.passes_altered(passed, self._style.alterations):
            return True
        if self._style.risky.search(parts.program) is None:
            return False
        return await counterproof.fails_denied(passed, _is_assertion)


def _is_assertion(outcome: Execution) -> bool:
    # Frameworks tell on standard output.
    return _ASSERTION.search(outcome.stderr + outcome.stdout) is not None
