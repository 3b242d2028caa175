"""What a driver is: the program that calls a solution, and that runs in its place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from verifiers.code.function.reference import FunctionReference


class Unreadable(Exception):
    """The solution does not define what is to be called, or not in a way that can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """A solution with its driver, to be compiled and run like any program."""

    source: str
    """The program's main file."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Files beside it, such as the solution."""


Build = Callable[[str, FunctionReference], Driven]
"""Puts a solution and the driver for a reference together; raises Unreadable."""


def driver_text(name: str) -> str:
    """The text of a driver's own file in this folder."""
    return (Path(__file__).parent / name).read_text("utf-8")
