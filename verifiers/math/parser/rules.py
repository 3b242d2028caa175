"""Rules of a grammar as generators, run on a stack that is no call stack.

A rule yields each rule that it needs and is sent what that one returns. Nesting in a text becomes
a longer list here, never recursion, so that no text can exhaust the interpreter.
"""

from collections.abc import Generator
from types import GeneratorType
from typing import Any, TypeAlias, TypeVar

Result = TypeVar("Result")

Rule: TypeAlias = Generator[Any, Any, Result]
"""Yields rules, or results that need no rule; returns its own result."""


def run(rule: Rule[Result]) -> Result:
    """What the rule returns."""
    pending: list[Rule[Any]] = [rule]
    result: Any = None
    while pending:
        try:
            wanted = pending[-1].send(result)
        except StopIteration as done:
            pending.pop()
            result = done.value
            continue
        if type(wanted) is GeneratorType:
            pending.append(wanted)
            result = None
        else:
            result = wanted
    returned: Result = result
    return returned
