"""Starts programs: knows which interpreters are warm, which ground there is, and who is trusted."""

import os
from collections.abc import Iterator, Sequence
from typing import Any

from . import grounds, nursery, sweeping, warm
from .meter import Meter
from .party import Party

_FORK_BYTES = 1024 * 1024
"""What a fork needs beside what it shares and reads."""


class Starter:
    """What an agent has to start programs with."""

    def __init__(self, *, cpus: float) -> None:
        """Fork what is forked from; the process must be single-threaded and have seen nothing.

        `cpus` is how many of them all programs together can use.
        Raises OSError where runs can be given neither namespaces nor user ids of their own.
        """
        self._cpus = cpus
        self._nursery = nursery.Nursery()
        self._fresh = _fresh_ground_works(self._nursery)
        self._uids: Iterator[int] = iter(()) if self._fresh else grounds.uids()
        self._harnesses: list[tuple[Sequence[str], list[bytes]]] = []
        self.interpreters: dict[tuple[str, ...], warm.WarmInterpreter] = {
            (): warm.first(shared=not self._fresh)
        }
        """By what they have imported beside the standard modules."""
        self._places = sweeping.Places()

    @property
    def walls(self) -> list[str]:
        """What stands around a program, for people."""
        walls = ["user, PID, mount and IPC namespaces per run"] if self._fresh else ["own uid"]
        return [
            *walls,
            "no new privileges",
            *self.interpreters[()].walls,
            "rlimits",
        ]

    def load(self, modules: Sequence[str], sources: list[bytes]) -> None:
        """Import a harness into every warm interpreter, those to come included."""
        self._harnesses.append((modules, sources))
        for interpreter in self.interpreters.values():
            interpreter.load(modules, sources)

    def interpreter(self, preload: tuple[str, ...]) -> warm.WarmInterpreter:
        """The interpreter that has imported `preload`, made if there is none yet."""
        if preload not in self.interpreters:
            interpreter = self.interpreters[()].grow(preload)
            for modules, sources in self._harnesses:
                interpreter.load(modules, sources)
            self.interpreters[preload] = interpreter
        return self.interpreters[preload]

    def start(
        self,
        order: dict[str, Any],
        blobs: list[bytes],
        stdin: bytes,
        *,
        preload: tuple[str, ...] = (),
        link: int | None = None,
        reports: bool = False,
        joined: Sequence[int] = (),
    ) -> Party:
        """Start what `order` says, on ground of its own.

        `joined` are its standard input and output, if they are not to be its own.
        """
        interpreter = self.interpreter(preload)
        given_bytes = sum(map(len, blobs))
        ground = self._ground(order["limits"]["file_bytes"] + given_bytes)
        is_command = order["argv"] is not None
        inherited_bytes = 0 if is_command else interpreter.inherited_bytes
        outgrown_bytes = 0
        if is_command or given_bytes > _FORK_BYTES:  # the fork has read the files before it began
            outgrown_bytes = interpreter.resident_bytes + 2 * given_bytes + _FORK_BYTES
        return Party(
            interpreter,
            ground,
            Meter(self.trusted, inherited_bytes, ground.uid),
            {**order, "uid": ground.uid},
            blobs,
            stdin,
            inherited_bytes=inherited_bytes,
            outgrown_bytes=outgrown_bytes,
            cpus=self._cpus,
            link=link,
            reports=reports,
            joined=joined,
        )

    def trusted(self) -> set[int]:
        """Every process here that belongs to no run."""
        interpreters = (each.pid for each in self.interpreters.values())
        return {os.getpid(), *self._nursery.alive, *interpreters}

    def remains(self) -> str:
        """What runs left behind, as far as can be seen; normally nothing."""
        if self._fresh:
            return ""
        found = [*self._places.leftovers(), *self._strangers()]
        return f"left behind: {found[:5]}" if found else ""

    def _ground(self, file_bytes: int) -> grounds.Ground:
        if self._fresh:
            return grounds.FreshGround(self._nursery, file_bytes)
        return grounds.SharedGround(next(self._uids), self._places, self._strangers)

    def _strangers(self) -> list[int]:
        trusted = self.trusted()
        return [pid for pid in grounds.processes() if pid not in trusted]


def _fresh_ground_works(nursery_: nursery.Nursery) -> bool:
    """Whether runs can have namespaces of their own here; found by making some."""
    try:
        grounds.FreshGround(nursery_, 0).clear()
    except OSError:
        return False
    return True
