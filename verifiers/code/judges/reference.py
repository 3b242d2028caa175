"""The reference of code.stdio: its tests, and who judges what comes of them."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from sandbox.files import check_file_names
from verifiers.base import Strict
from verifiers.code.judges.checkers import Checker, ProgramChecker, TextChecker
from verifiers.code.judges.interactors import Interactor


class StdioTest(Strict):
    """One run: what the program is given, and what it has to print."""

    stdin: str = ""
    """With an interactor this is the interactor's, and the program does not see it."""
    stdout: str | None = None
    """Empty only if the program is to print nothing. A checker that is a program gets it as the
    answer, and can do without; every other checker needs it."""
    also_accepted: tuple[str, ...] = ()
    """Other outputs that are as right as `stdout`."""
    weight: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0
    """For `reward: weighted`; a test of weight 0 is run and reported, but does not count then."""
    group: str | None = None
    """Tests of one group earn together what the worst of them does, as in a subtask."""
    args: tuple[str, ...] = ()
    """Command-line arguments."""
    files: Mapping[str, str] = {}
    """Files in the working directory: relative path to text."""

    @field_validator("files")
    @classmethod
    def _plain_names(cls, files: Mapping[str, str]) -> Mapping[str, str]:
        check_file_names(files)
        return files


class StdioReference(Strict):
    """The tests, and how outputs are judged."""

    tests: list[StdioTest]
    """At least one; without tests nothing could be said of any program."""
    checker: Checker = TextChecker()
    interactor: Interactor | None = None
    """A program that the submission talks with, in place of an input and an output."""
    input_file: str | None = None
    """The file that the program reads its input from, in place of standard input."""
    output_file: str | None = None
    """The file that the program writes its output to, in place of standard output."""

    @field_validator("input_file", "output_file")
    @classmethod
    def _plain_name(cls, name: str | None) -> str | None:
        check_file_names([] if name is None else [name])
        return name

    @model_validator(mode="after")
    def _can_be_judged(self) -> Self:
        by_program = isinstance(self.checker, ProgramChecker)
        if self.interactor is not None:
            if self.input_file or self.output_file:
                raise ValueError("with an interactor there is neither input_file nor output_file")
            if "checker" in self.model_fields_set and not by_program:
                raise ValueError("with an interactor a checker has to be of kind program")
        elif not by_program:
            for number, test in enumerate(self.tests):
                if test.stdout is None:
                    raise ValueError(f"tests.{number}.stdout is missing, or null")
        if by_program or self.interactor is not None:
            for number, test in enumerate(self.tests):
                if test.also_accepted:
                    raise ValueError(f"tests.{number}.also_accepted is for comparing checkers only")
        if self.input_file is not None:
            for number, test in enumerate(self.tests):
                if self.input_file in test.files:
                    raise ValueError(f"tests.{number}.files has the input_file {self.input_file!r}")
        return self
