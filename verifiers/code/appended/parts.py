"""What becomes one source: a program, tests, and a marker behind each test.

The marker's halves stand in different places of the source and are joined when a test has come to
its end. What could make assertions void by the rules of the language alone (NDEBUG, macros, names
defined again) is undone between the program and the tests.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What is put together."""

    setup: str
    program: str
    tests: str
    key: str
    """Unknown to whoever wrote the program; letters and digits."""

    def halves(self, index: int) -> tuple[str, str]:
        """What the marker of a test is made of."""
        return f"{self.key[:12]}{index}x", f"{self.key[12:24]}"

    def marker(self, index: int) -> str:
        return "-".join(self.halves(index))


class NamedTest(NamedTuple):
    """A function in a source of tests that a framework would call."""

    name: str
    start: int
    end: int
    """Where it stands in the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How one language does it."""

    join: Callable[[Parts], str]
    risky: re.Pattern[str]
    """What a program needs in order to equal what it is compared with: without it, none can."""
    alterations: int = 2
    """How many times a program that has passed is run with something else expected."""
    files: Callable[[Parts], dict[str, str]] = lambda _: {}
    """More files that the source needs: name to text."""
    named_tests: Callable[[str], Sequence[NamedTest]] = lambda _: ()
    """The functions in a source that a framework would call, each a test of its own."""
