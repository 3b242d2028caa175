"""The driver for Python, which loads the solution from a file beside it."""

import functools

from sandbox.languages.imports import import_hint
from verifiers.code.function.drivers.base import Driven, driver_text
from verifiers.code.function.reference import FunctionReference

_FILE = "solution.py"
_VALUES = "driver_values.py"


def build(solution: str, reference: FunctionReference) -> Driven:
    """Nothing of the reference is in the program: it arrives with each request."""
    head, tail = _halves()
    return Driven(
        source=head + import_hint(solution) + tail, files={_FILE: solution, _VALUES: _values()}
    )


@functools.cache
def _values() -> str:
    return driver_text(_VALUES)


@functools.cache
def _halves() -> tuple[str, str]:
    head, last, tail = driver_text("driver.py").rpartition("if __name__")
    return head, last + tail
