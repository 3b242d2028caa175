"""Containers that both sides of a link have, so that what one side does to them the other sees.

A container that crosses gets a number and stays known under it for as long as the program of either
side holds it; a message brings the changes since the last one. So a list that a test hands over and
the program keeps is one list to both, as it would be in one process.
"""

import operator
import sys
from collections.abc import Iterator
from typing import Any

from .containers import TAGS, elements, is_bulk

_PATIENCE = 20_000_000
"""Elements that are looked at in a container before it is taken for one that never changes."""


class _Entry:
    __slots__ = ("container", "patience", "seen")

    def __init__(self, container: Any) -> None:
        self.container = container
        self.patience = _PATIENCE
        self.seen: _Seen | None = None


class _Seen:
    """What was in a container when both sides knew of it."""

    __slots__ = ("elements", "identities")

    def __init__(self, container: Any) -> None:
        now = elements(container)
        self.identities: list[int] | None = None
        if not is_bulk(container) and not TAGS.keys().isdisjoint(map(type, now)):
            # Containers in it have entries, and must not be held by this one too.
            self.identities = list(map(id, now))
            now = [each for each in now if type(each) not in TAGS]
        self.elements = now

    def differs(self, container: Any) -> bool:
        """Whether something else is in it now."""
        now = elements(container)
        if is_bulk(container):
            return now != self.elements
        if self.identities is not None:
            return list(map(id, now)) != self.identities
        return len(now) != len(self.elements) or not all(map(operator.is_, now, self.elements))


class Shared:
    """One side's view. Numbers are positive for containers that this side was the first to send."""

    def __init__(self) -> None:
        self._entries: dict[int, _Entry] = {}
        self._numbers: dict[int, int] = {}
        self._sent = 0
        self._received = 0
        self._unsent: list[int] = []
        self._changing: list[_Entry] = []
        self._gone: list[int] = []
        self._first_unsent = 1

    def number_of(self, container: Any) -> int:
        """Its number, a new one if it has none."""
        number = self._numbers.get(id(container))
        if number is None:
            self._sent += 1
            number = self._sent
            self._add(number, container)
            self._unsent.append(number)
        return number

    def unsent(self) -> Iterator[Any]:
        """Containers that got a number and have not been taken from here yet, those that get one
        meanwhile too."""
        while self._unsent:
            taken, self._unsent = self._unsent, []
            for number in taken:
                yield self._entries[number].container

    def changed(self) -> Iterator[tuple[int, Any]]:
        """Containers that are not as the other side knows them."""
        for number, entry in list(self._entries.items()):
            if entry.seen is None or entry.patience < 0:
                continue
            if entry.seen.differs(entry.container):
                self._changing.append(entry)
                yield number, entry.container
            else:
                entry.patience -= len(entry.seen.elements) + 1

    def received(self, container: Any) -> None:
        """Note a container that the other side is the first to have sent."""
        self._received += 1
        self._add(-self._received, container)

    def theirs(self, number: Any) -> Any:
        """The container that the other side names so; raises LookupError or TypeError."""
        return self._their_entry(number).container

    def changing(self, number: Any) -> Any:
        """The same, if it is to be made to hold something else."""
        entry = self._their_entry(number)
        self._changing.append(entry)
        return entry.container

    def settle(self) -> None:
        """Both sides know everything now."""
        for entry in self._changing:
            entry.seen, entry.patience = _Seen(entry.container), _PATIENCE
        self._changing.clear()
        self._gone.clear()
        self._first_unsent = self._sent + 1

    def undo(self) -> None:
        """Nothing of what was told since everything was settled has been sent."""
        self._unsent.clear()
        self._changing.clear()
        self._gone = [number for number in self._gone if number < self._first_unsent]
        for number in range(self._first_unsent, self._sent + 1):
            if number in self._entries:
                self._forget(number)
        self._sent = self._first_unsent - 1

    def release(self) -> list[int]:
        """Forget what only this module holds any more; the other side has to be told."""
        for number in list(self._entries):  # what holds others before these
            if _references(self._entries[number]) == _OWN_REFERENCES:
                self._forget(number)
                self._gone.append(number)
        return list(self._gone)

    def gone(self, numbers: Any) -> None:
        """Forget what the other side has forgotten; raises TypeError or LookupError."""
        for number in numbers:
            self._their_entry(number)
            self._forget(-number)

    def _their_entry(self, number: Any) -> _Entry:
        if type(number) is not int:
            raise TypeError("no number of a container")
        return self._entries[-number]

    def _add(self, number: int, container: Any) -> None:
        self._entries[number] = entry = _Entry(container)
        self._numbers[id(container)] = number
        self._changing.append(entry)

    def _forget(self, number: int) -> None:
        entry = self._entries.pop(number)
        del self._numbers[id(entry.container)]


def _references(entry: _Entry) -> int:
    return sys.getrefcount(entry.container)


_OWN_REFERENCES = _references(_Entry([]))
"""References to a container that nobody but its entry holds."""
