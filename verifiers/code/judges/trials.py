"""The tests of code.stdio, run one after another and each judged as its reference says."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import NamedTuple, TypeVar

from sandbox import Execution, Invocation, Limits, Program, Session, Stage, Timed
from verifiers.base import Options, Verdict
from verifiers.code.compare import Checker, Difference
from verifiers.code.judges.checkers import ProgramChecker
from verifiers.code.judges.interactors import Interactor
from verifiers.code.judges.programs import OUTPUT, check_compiled
from verifiers.code.judges.reference import StdioReference, StdioTest
from verifiers.code.judges.rulings import Ruling, conceal
from verifiers.code.rewards import end_of, fault_of
from verifiers.errors import InvalidReference

T = TypeVar("T")

_LARGE_BYTES = 262_144
"""Outputs beyond this are looked at in a thread, so that other work goes on."""


class Trial(NamedTuple):
    """One test, run and judged."""

    execution: Execution
    ruling: Ruling


class Trials:
    """The tests of one reference, for one program after another."""

    def __init__(
        self, reference: StdioReference, options: Options, *, limits: Limits, defaults: Limits
    ) -> None:
        """`limits` are those of the program, `defaults` the server's, for judges."""
        self._reference = reference
        self._reveal_expected = options.reveal_expected
        self._limits = limits
        self._defaults = defaults

    def judges(self) -> dict[str, Program]:
        """What is needed beside the program: the interactor, then the checker."""
        interactor, checker = self._reference.interactor, self._reference.checker
        judges = {} if interactor is None else {"the interactor": interactor.interactor()}
        if isinstance(checker, ProgramChecker):
            judges["the checker"] = checker.program()
        return judges

    async def hold(self, session: Session) -> AsyncGenerator[Trial, None]:
        """Run the tests in order; close the generator to stop.

        Raises InvalidReference for what the task is to blame for.
        """
        for who, judge in zip(self.judges(), session.beside, strict=True):
            check_compiled(judge.compilation, who=who)
        interactor = self._reference.interactor
        trials = self._runs(session) if interactor is None else self._talks(session, interactor)
        try:
            async with aclosing(trials):
                async for trial in trials:
                    yield trial
        except ValueError as error:  # the sandbox's word for an input that cannot be given
            raise InvalidReference(f"reference.tests: {error}") from error

    # Runs whose output is judged

    async def _runs(self, session: Session) -> AsyncGenerator[Trial, None]:
        tests = self._reference.tests
        async with aclosing(session.run_each(list(map(self._invocation, tests)))) as executions:
            number = 0
            async for execution in executions:
                yield await self._judged(session, tests[number], execution)
                number += 1

    def _invocation(self, test: StdioTest) -> Invocation:
        reference, given = self._reference, encoded(test.stdin)
        files = encoded_files(test.files)
        if reference.input_file is not None:
            given, files = b"", {**files, reference.input_file: given}
        keep = () if reference.output_file is None else (reference.output_file,)
        return Invocation(stdin=given, args=test.args, files=files, keep=keep)

    async def _judged(self, session: Session, test: StdioTest, execution: Execution) -> Trial:
        """How a run ended comes first; only one that ended well has its output judged."""
        if fault := fault_of(execution):
            return Trial(execution, Ruling(fault, end_of(execution)))
        name = self._reference.output_file
        if name is not None:
            if name not in execution.files:
                missing = f"it left no file {name}, or too large a one"
                return Trial(execution, Ruling(Verdict.WRONG_ANSWER, missing))
            execution = replace(execution, stdout=execution.files[name], files={})
        checker = self._reference.checker
        with Timed(Stage.CHECK):
            if isinstance(checker, ProgramChecker):
                ruling = await self._asked(checker, session.beside[-1], test, execution.stdout)
            else:
                ruling = await self._compared(checker.function(), test, execution.stdout)
        return Trial(execution, ruling)

    async def _compared(self, equal: Checker, test: StdioTest, printed: bytes) -> Ruling:
        accepted = [encoded(text) for text in (test.stdout or "", *test.also_accepted)]
        size_bytes = len(printed) + max(map(len, accepted))
        found = await _apart(size_bytes, lambda: _difference(equal, printed, accepted))
        if found is None:
            return Ruling.accepted()
        message = found.describe(reveal_expected=self._reveal_expected)
        return Ruling(Verdict.WRONG_ANSWER, message)

    async def _asked(
        self, checker: ProgramChecker, session: Session, test: StdioTest, printed: bytes
    ) -> Ruling:
        given, answer = encoded(test.stdin), encoded(test.stdout or "")
        limits = checker.limits.over(self._defaults)
        ruling = await checker.rule(session, limits, given=given, printed=printed, answer=answer)
        return await self._told(ruling, secret=answer, known=given + b"\n" + printed)

    # Conversations

    async def _talks(self, session: Session, interactor: Interactor) -> AsyncGenerator[Trial, None]:
        limits = interactor.limits_beside(self._limits, self._defaults)
        checker = self._reference.checker
        by_checker = isinstance(checker, ProgramChecker)
        for test in self._reference.tests:
            given, answer = encoded(test.stdin), encoded(test.stdout or "")
            program, judge = await session.run_joined(
                Invocation(args=test.args, files=encoded_files(test.files)),
                session.beside[0],
                interactor.invocation(given=given, answer=answer, keeps_output=by_checker),
                others_limits=limits,
            )
            ruling = interactor.rule(program, judge, self._limits)
            ruling = await self._told(ruling, secret=given + b"\n" + answer, known=b"")
            if isinstance(checker, ProgramChecker) and ruling.verdict is Verdict.ACCEPTED:
                written = judge.files.get(OUTPUT, b"")
                ruling = await self._asked(checker, session.beside[-1], test, written)
            yield Trial(program, ruling)

    async def _told(self, ruling: Ruling, *, secret: bytes, known: bytes) -> Ruling:
        """The ruling with a message that tells of the secret only where that is wanted."""
        if self._reveal_expected or not ruling.message:
            return ruling
        size_bytes = len(secret) + len(known)
        message = await _apart(size_bytes, lambda: conceal(ruling.message, secret, known))
        return ruling._replace(message=message)


def encoded(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def encoded_files(files: Mapping[str, str]) -> dict[str, bytes]:
    return {name: encoded(text) for name, text in files.items()}


def _difference(equal: Checker, printed: bytes, accepted: list[bytes]) -> Difference | None:
    """None if it equals one of those that are accepted, else what differs from the first."""
    differences = (equal(printed, each) for each in accepted)
    first = next(differences)
    return None if first is None or None in differences else first


async def _apart(size_bytes: int, work: Callable[[], T]) -> T:
    """Do it here if it is small, in a thread if not."""
    return await asyncio.to_thread(work) if size_bytes > _LARGE_BYTES else work()
