"""Sees programs through: waits for all that can happen to them, and passes it on to each."""

import math
import select
import time
from collections.abc import Callable, Iterable

from .party import Broken, Party
from .starting import Starter
from .stream import Stream
from .warm import Ended, WarmInterpreter

_QUIET_S = 0.005
"""Most programs have ended by then. Until then nothing is read of what they write, as to be woken
for it costs more than the reading; one that fills a pipe meanwhile waits for so long at most."""
_READS_AT_END = 8
"""The largest pipe that one without privileges can have is emptied in fewer."""


class Conductor:
    """Waits for the parties of one run at a time, for the pool, and for the clock."""

    def __init__(self, stream: Stream, starter: Starter) -> None:
        self._stream = stream
        self._starter = starter
        # Not the selectors of the standard library, which cost each run as much as its pipes do.
        self._poll = select.poll()
        self._poll.register(stream.reader, select.POLLIN)
        self._listeners: dict[int, Party | WarmInterpreter] = {}
        """By descriptor; the stream is none of them."""
        self._parties: list[Party] = []
        self._session: int | None = None

    def conduct(
        self,
        parties: list[Party],
        *,
        session: int | None,
        end: Callable[[list[Party]], None] | None = None,
    ) -> bool:
        """See the parties through; False when the pool closed the session meanwhile.

        `end` is called now and then, to stop some for what others did. Raises Broken.
        """
        self._parties, self._session = parties, session
        self._watch_interpreters()
        for party in parties:
            party.stand_beside([other for other in parties if other is not party])
        try:
            self._note_early_ends()
            self._wait_until(time.monotonic() + _QUIET_S, end)
            for party in parties:
                for fd in party.descriptors:
                    self._listen(fd, party)
            self._wait_until(math.inf, end)
        finally:
            for party in parties:
                for fd in party.descriptors:
                    self._forget(fd)
                party.close()
        return not self._is_closing()

    def _wait_until(self, when: float, end: Callable[[list[Party]], None] | None) -> None:
        """Wait for all the parties to be over, or for that time."""
        while not all(party.over for party in self._parties) and (now := time.monotonic()) < when:
            if end is not None:
                end(self._parties)
            self._wait(now, when)

    def _watch_interpreters(self) -> None:
        """Listen to those that are new: they tell when a program has ended."""
        for interpreter in self._starter.interpreters.values():
            if interpreter.channel.fileno() not in self._listeners:
                self._listen(interpreter.channel.fileno(), interpreter)

    def _note_early_ends(self) -> None:
        """One may end while the other is being started."""
        for interpreter in self._starter.interpreters.values():
            self._end(interpreter.ended_meanwhile())

    def _listen(self, fd: int, who: Party | WarmInterpreter) -> None:
        self._listeners[fd] = who
        self._poll.register(fd, select.POLLIN)

    def _forget(self, fd: int) -> None:
        if self._listeners.pop(fd, None) is not None:
            self._poll.unregister(fd)

    def _wait(self, now: float, when: float) -> None:
        """Wait for something to happen, for the time to look in on a party, or until `when`."""
        looks = [party.look_in(now) for party in self._parties if not party.ended]
        pause = min([when, *looks]) - now
        for fd, _ in self._poll.poll(None if pause == math.inf else max(pause, 0) * 1000):
            match self._listeners.get(fd):
                case Party() as party:
                    self._feed(party, fd)
                case WarmInterpreter() as interpreter:
                    self._end(_ended(interpreter))
                case None if fd == self._stream.reader:  # any other was read to its end just now
                    self._stream.receive()
                    if self._is_closing():
                        for each in self._parties:
                            each.kill()

    def _feed(self, party: Party, fd: int) -> bool:
        """Whether there may be more to read there."""
        goes_on = party.feed(fd)
        if fd not in party.descriptors:
            self._forget(fd)
        return goes_on

    def _end(self, ended: Iterable[Ended]) -> None:
        for how in ended:
            for party in self._parties:
                if party.pid == how.pid:
                    party.end(how)
                    self._drain(party)

    def _drain(self, party: Party) -> None:
        """Read what a party that has ended had written; not for ever, as others may write on."""
        for fd in [*party.descriptors]:
            reads = 1
            while self._feed(party, fd) and reads < _READS_AT_END:
                reads += 1

    def _is_closing(self) -> bool:
        return self._session is not None and self._stream.closes(self._session)


def _ended(interpreter: WarmInterpreter) -> list[Ended]:
    try:
        return interpreter.ended()
    except EOFError as error:
        raise Broken("a warm interpreter has ended") from error
