"""Interactors: programs of a task that talk with the submission, and judge the conversation."""

from dataclasses import replace
from typing import Self

from pydantic import model_validator

from sandbox import Execution, Invocation, Limits, Program, Status
from verifiers.base import Verdict
from verifiers.code.judges.programs import ANSWER, INPUT, OUTPUT, JudgeProgram, is_cpp
from verifiers.code.judges.rulings import GONE, Ruling, by_exit_code, found_nobody
from verifiers.code.rewards import end_of, fault_of
from verifiers.errors import InvalidReference

_LONGER_WALL_S = 5.0
"""By how much an interactor outlasts the program, so that waiting for each other is found to be
the program's waiting."""
_BUSY_SHARE = 0.5


class Interactor(JudgeProgram):
    """Knows the test's input, which the submission does not see."""

    @model_validator(mode="after")
    def _can_be_understood(self) -> Self:
        if not (is_cpp(self.language) or self.language in ("c", "python")):
            raise ValueError("an interactor is written in C++, C or Python")
        return self

    def interactor(self) -> Program:
        # Python's own way to say that there is nobody to talk to any more.
        return self.program(ended=("BrokenPipeError", "EOFError"), ended_code=GONE)

    def limits_beside(self, limits: Limits, defaults: Limits) -> Limits:
        """Its limits, where the program's are `limits` and the server's `defaults`."""
        own = self.limits.over(defaults)
        if self.limits.wall_s is None:
            own = replace(own, wall_s=2 * limits.wall_backstop_s + _LONGER_WALL_S)
        return own

    def invocation(self, *, given: bytes, answer: bytes, keeps_output: bool) -> Invocation:
        """As testlib calls one; what it writes to its output file is for a checker."""
        return Invocation(
            args=(INPUT, OUTPUT, ANSWER),
            files={INPUT: given, ANSWER: answer},
            keep=(OUTPUT,) if keeps_output else (),
        )

    def rule(self, program: Execution, interactor: Execution, limits: Limits) -> Ruling:
        """Judge a conversation; `limits` are the program's.

        Raises InvalidReference when the interactor came to no judgement by its own fault.
        """
        fault = fault_of(program)
        if fault is not None and fault is not Verdict.RUNTIME_ERROR:
            if _kept_waiting(interactor, limits):
                raise InvalidReference("the interactor kept the program waiting")
            return Ruling(fault, end_of(program))
        # Which of two bad ends came first is not to be seen; only these say that it was this one.
        was_alone = _was_stopped(interactor) or found_nobody(interactor) or interactor.succeeded
        if fault is not None and was_alone and not _was_stopped(program):
            return Ruling(fault, end_of(program))
        return by_exit_code(interactor, who="the interactor", full_points=self.full_points)


def _was_stopped(execution: Execution) -> bool:
    """Whether the sandbox ended it for what the other did."""
    return execution.status is Status.SIGNALLED and execution.message != ""


def _kept_waiting(interactor: Execution, limits: Limits) -> bool:
    return interactor.cpu_s > _BUSY_SHARE * limits.wall_backstop_s
