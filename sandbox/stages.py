"""What a submission's time goes into, told while it happens to whoever listens.

A listener hears of the work that is done in its context: its own task, and those begun from there.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType


class Stage(StrEnum):
    """One kind of work."""

    QUEUE = "queue"
    """Waiting for a runner."""
    COMPILE = "compile"
    RUN = "run"
    CHECK = "check"
    """Judging an answer, or what a run left, by whoever called the sandbox."""


@dataclass(frozen=True, slots=True)
class Step:
    """A piece of work that has ended, well or not."""

    stage: Stage
    began: float
    """By the clock `time.monotonic`."""
    ended: float
    language: str = ""
    """By the name that the table of languages has for it; empty where there is none."""
    origin: str = ""
    """Of a compilation: `compiled`, `kept` from before, or `joined` while another made it."""


Listener = Callable[[Step], None]

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


def begin_listening(listener: Listener | None) -> Token[Listener | None]:
    """Tell `listener`, or nobody, of every step of this context, until `end_listening`."""
    return _listener.set(listener)


def end_listening(token: Token[Listener | None]) -> None:
    """Tell whom it was told before."""
    _listener.reset(token)


@contextmanager
def heard_by(listener: Listener | None) -> Iterator[None]:
    """Tell `listener`, or nobody, of every step of what is done inside."""
    token = begin_listening(listener)
    try:
        yield
    finally:
        end_listening(token)


def tell(stage: Stage, *, since: float, language: str = "", origin: str = "") -> None:
    """That a step has ended, which began at `since`."""
    listener = _listener.get()
    if listener is not None:
        listener(Step(stage, since, time.monotonic(), language, origin))


class Timed:
    """A context whose time is one step. (A generator would cost more than most steps.)"""

    __slots__ = ("_began", "_language", "_origin", "_stage")

    def __init__(self, stage: Stage, language: str = "", origin: str = "") -> None:
        self._stage = stage
        self._language = language
        self._origin = origin
        self._began = 0.0

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        tell(self._stage, since=self._began, language=self._language, origin=self._origin)
