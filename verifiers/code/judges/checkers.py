"""Checkers: what decides whether the output of a program is right."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sandbox import Execution, Invocation, Limits, Session
from verifiers.base import Strict
from verifiers.code import compare
from verifiers.code.judges.programs import ANSWER, INPUT, OUTPUT, JudgeProgram, is_cpp
from verifiers.code.judges.rulings import Ruling, by_exit_code, by_printed_number
from verifiers.errors import InvalidReference

Tolerance = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]


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


class ProgramChecker(JudgeProgram):
    """Asks a program of the task, which is run in the sandbox, where no submission can reach it."""

    kind: Literal["program"]
    protocol: Literal["testlib", "cms"] = "testlib"
    """`testlib` is called with the files of the input, the output and the answer, and judges by its
    exit code; `cms` with input, answer and output, and prints points."""

    @model_validator(mode="after")
    def _can_be_understood(self) -> Self:
        judges_by_exit_code = is_cpp(self.language) or self.language in ("c", "python")
        if self.protocol == "testlib" and not judges_by_exit_code:
            raise ValueError(
                f"a crash of a program in {self.language} can look like a judgement by exit code; "
                "use protocol cms, or write the checker in C++ or Python"
            )
        return self

    async def rule(
        self, session: Session, limits: Limits, *, given: bytes, printed: bytes, answer: bytes
    ) -> Ruling:
        """Run the checker's session on one output.

        Raises InvalidReference when it comes to no judgement.
        """
        order = (INPUT, OUTPUT, ANSWER) if self.protocol == "testlib" else (INPUT, ANSWER, OUTPUT)
        files = {INPUT: given, OUTPUT: printed, ANSWER: answer}
        judge = await run_judge(session, Invocation(args=order, files=files), limits)
        read = by_exit_code if self.protocol == "testlib" else by_printed_number
        return read(judge, who="the checker", full_points=self.full_points)


Checker = Annotated[TextChecker | FloatChecker | ProgramChecker, Field(discriminator="kind")]

_TEXT_CHECKERS: Mapping[str, compare.Checker] = {
    "lines": compare.compare_lines,
    "tokens": compare.compare_tokens,
    "exact": compare.compare_exact,
    "unordered_lines": compare.compare_unordered_lines,
}


async def run_judge(session: Session, invocation: Invocation, limits: Limits) -> Execution:
    """Raises InvalidReference when the limits, or files, are beyond what the sandbox takes."""
    try:
        return await session.run(invocation, limits=limits)
    except ValueError as error:
        raise InvalidReference(f"reference.checker: {error}") from error
