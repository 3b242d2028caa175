"""Whether calls that a program is told of all at once would give away what is expected of it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from verifiers.code.calls.values import CONTAINERS, NotPlain
from verifiers.code.calls.wire import Call

_SMALL = 20
"""Whole numbers below this are in arguments by chance."""
_SHORT = 4
"""Characters of a text that is looked for within others."""


def keep_secrets(calls: Sequence[Call], expected: Sequence[tuple[int, Any]]) -> None:
    """Raises NotPlain if a later call could tell a program what an earlier one is to give.

    `expected` are what results are compared with, each with the number of the first call after
    that. The program's process gets all calls at once, where an examiner makes them one by one.
    """
    if len({name for name, _, _ in calls}) > 1:
        # Of `decode(y) == x` after `encode(x) == y` no form of `y` can be told from any other.
        raise NotPlain("functions of which one may be the inverse of another")
    given = [each for _, args, named in calls for each in (*args, *named.values())]
    told = known = 0
    later = Arguments()
    waiting = sorted(expected, key=lambda each: each[0])
    for number in reversed(range(len(calls) + 1)):
        while waiting and waiting[-1][0] >= number:
            _, value = waiting.pop()
            if value is not None and type(value) is not bool:
                told += value in later.wholes
                known += value in given
            if any(map(later.tells, scalars(value))):
                raise NotPlain("what is expected is an argument too")
        if number:
            _, args, named = calls[number - 1]
            later.add([*args, *named.values()])
    if told and 2 * known >= len(expected):
        raise NotPlain("a function that may be its own inverse")


class Arguments:
    """The arguments of some calls."""

    def __init__(self) -> None:
        self.wholes: list[Any] = []
        self._numbers: set[int | float] = set()
        self._texts: set[str] = set()

    def add(self, arguments: Iterable[Any]) -> None:
        """Those of one more call."""
        arguments = list(arguments)
        self.wholes += arguments
        for each in scalars(arguments):
            if type(each) in (int, float):
                self._numbers.add(each)
            elif type(each) is str:
                self._texts.add(each)

    def tells(self, value: Any) -> bool:
        """Whether a number or a text that nobody would guess is among them, or in one."""
        if type(value) in (int, float):
            if abs(value) < _SMALL and value == int(value):
                return False
            return value in self._numbers or self._is_within(str(value))
        return type(value) is str and self._is_within(value)

    def _is_within(self, text: str) -> bool:
        return len(text) >= _SHORT and any(text in each for each in self._texts)


def scalars(value: Any) -> Iterator[Any]:
    """The numbers, texts and the like that are in a plain value."""
    if type(value) not in CONTAINERS:
        yield value
        return
    for each in value.items() if type(value) is dict else value:
        yield from scalars(each)
