"""Programs that judge: what a task says of one, and how it becomes a program of the sandbox."""

import functools
from collections.abc import Mapping
from importlib import resources
from typing import Annotated, Literal

from pydantic import Field, field_validator

from sandbox import Compilation, Program, UnknownLanguage
from sandbox.files import check_file_names
from sandbox.languages import language_table
from verifiers.base import LimitOptions, Strict
from verifiers.code.rewards import end_of, preview
from verifiers.errors import InvalidReference

INPUT, OUTPUT, ANSWER = "input.txt", "output.txt", "answer.txt"
"""What a judge finds in its working directory, and is told by its arguments."""
HEADER = "testlib.h"
_PYTHON_FILE = "judge.py"
_QUOTED_BYTES = 1000

# An exception that nobody caught ends Python with 1, which is to say "wrong answer".
_PYTHON_MAIN = """\
import os, runpy, sys, traceback

sys.argv[0] = {file!r}
try:
    runpy.run_path({file!r}, run_name="__main__")
except {ended}:
    sys.exit({ended_code})
except Exception:
    traceback.print_exc()
    sys.exit(3)
finally:
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    except (AttributeError, ValueError):
        pass  # it has closed it, or put something else there
"""


class JudgeProgram(Strict):
    """A program of the task, in C++ with testlib's header or in Python."""

    language: str = "cpp"
    source: Annotated[str, Field(min_length=1)]
    files: Mapping[str, str] = {}
    """More files beside it: relative path to text. A `testlib.h` among them replaces ours."""
    testlib: Literal["own", "installed"] = "own"
    """Which header `#include "testlib.h"` finds: ours, or one that the runners have installed."""
    limits: LimitOptions = LimitOptions()
    """Of the judge, for each test; it has nothing to do with those of the program."""
    full_points: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    """How many points are worth the whole test."""

    @field_validator("language")
    @classmethod
    def _known(cls, language: str) -> str:
        try:
            return language_table().find(language).name
        except UnknownLanguage as error:
            raise ValueError(str(error)) from error

    @field_validator("files")
    @classmethod
    def _plain_names(cls, files: Mapping[str, str]) -> Mapping[str, str]:
        check_file_names(files, reserved=(INPUT, OUTPUT, ANSWER, _PYTHON_FILE))
        return files

    def program(self, *, ended: tuple[str, ...] = (), ended_code: int = 1) -> Program:
        """As the sandbox runs it. Python's exceptions `ended` are a judgement, with that code."""
        source = self.source
        files = {name: text.encode(errors="surrogatepass") for name, text in self.files.items()}
        if self.language == "python":
            files[_PYTHON_FILE] = source.encode(errors="surrogatepass")
            names = f"({', '.join(ended)})"
            source = _PYTHON_MAIN.format(file=_PYTHON_FILE, ended=names, ended_code=ended_code)
        elif is_cpp(self.language) and self.testlib == "own":
            files = {HEADER: _header(), **files}
        return Program(language=self.language, source=source, files=files)


def is_cpp(language: str) -> bool:
    """Whether that entry of the language table is C++ of whatever standard."""
    return language.startswith("cpp")


def check_compiled(compilation: Compilation | None, *, who: str) -> None:
    """Raise InvalidReference, with the compiler's words, for a judge that does not compile."""
    if compilation is None or compilation.succeeded:
        return
    execution = compilation.execution
    said = preview(execution.stderr or execution.stdout, _QUOTED_BYTES).strip()
    raise InvalidReference(f"{who} does not compile: {said or end_of(execution)}")


@functools.cache
def _header() -> bytes:
    return resources.files(__package__).joinpath(HEADER).read_bytes()
