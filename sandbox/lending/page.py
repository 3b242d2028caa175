"""A page of memory that the keeper and the other processes share: numbers, each with one writer.

What has to be known at once, and changes with every run, is looked up here; asking the keeper would
take a turn of two event loops. A number of eight bytes is read and written as a whole.
"""

import mmap
import os
import sys
from enum import IntEnum

_NUMBER_BYTES = 8


class Figure(IntEnum):
    """Numbers of the keeper."""

    CLIENTS = 0
    """For how many clients each member has numbers."""
    BUSY = 1
    """Runners handed out now."""
    HANDED_OUT = 2
    """Times that a runner was."""
    WAITING = 3
    """Sessions that wait for one."""
    FREE = 4
    """Runners that could be handed out."""


class Own(IntEnum):
    """Numbers that each member has for each client, and writes itself."""

    ITEMS = 0
    """Items accepted and not answered yet."""
    BODY_BYTES = 1
    """Bodies of requests that are not answered yet."""


class Page:
    """The numbers. Made by the keeper with `make`, and opened by others with its descriptor."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._map = mmap.mmap(fd, 0)
        self._numbers = memoryview(self._map).cast("q")
        self._clients = self[Figure.CLIENTS]

    @classmethod
    def make(cls, *, members: int, clients: int) -> "Page":
        fd = os.memfd_create("rewardbox")
        os.pwrite(fd, clients.to_bytes(_NUMBER_BYTES, sys.byteorder), 0)
        os.ftruncate(fd, _NUMBER_BYTES * (len(Figure) + len(Own) * members * clients))
        return cls(fd)

    def __getitem__(self, figure: Figure) -> int:
        return self._numbers[figure]

    def __setitem__(self, figure: Figure, value: int) -> None:
        self._numbers[figure] = value

    def set_own(self, member: int, client: int, figure: Own, value: int) -> None:
        """Write a number of one member."""
        self._numbers[self._place(member, client, figure)] = value

    def sums(self, figure: Own) -> list[int]:
        """That number of all members together, for each client."""
        stride = len(Own) * self._clients
        places = (self._place(0, client, figure) for client in range(self._clients))
        return [sum(self._numbers[place::stride]) for place in places]

    def forget(self, member: int) -> None:
        """That member has gone, and with it what it had accepted."""
        for client in range(self._clients):
            for figure in Own:
                self.set_own(member, client, figure, 0)

    def close(self) -> None:
        self._numbers.release()
        self._map.close()
        os.close(self.fd)

    def _place(self, member: int, client: int, figure: Own) -> int:
        return len(Figure) + len(Own) * (member * self._clients + client) + figure
