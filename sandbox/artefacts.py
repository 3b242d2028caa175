"""What compilers made, kept in the service's memory by the content of what they were given.

An entry is found only by the digest of everything that went into it, so whoever reads or makes it
has the very same program; and it lies where no submission can reach it.
"""

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from sandbox.errors import Overloaded
from sandbox.messages import Opening
from sandbox.types import Execution, Status

_LARGEST_SHARE = 8
"""One entry may take this part of the room, so that none drives out all others."""
_BOOKKEEPING_BYTES = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """The outcome of one compilation."""

    execution: Execution
    """What the compiler did."""
    files: Mapping[str, bytes] | None = None
    """What it left that runs need; None when they stayed in the runner."""
    toolchains: str = ""
    """Of the runner that it was made on; those of another may not fit it."""

    @property
    def complete(self) -> bool:
        """Whether a session can do with it, without its compiler running again."""
        return self.files is not None or not self.execution.succeeded

    @property
    def lasting(self) -> bool:
        """Whether the same would come out another time: no limit and no signal ended it."""
        return self.complete and self.execution.status is Status.EXITED

    @property
    def size_bytes(self) -> int:
        files = sum(map(len, (self.files or {}).values()))
        said = len(self.execution.stdout) + len(self.execution.stderr)
        return files + said + _BOOKKEEPING_BYTES


class Origin(StrEnum):
    """Where an artefact came from."""

    COMPILED = "compiled"
    """The caller's own compiler."""
    KEPT = "kept"
    JOINED = "joined"
    """The compiler of another session, which had the same program in work."""


class Artefacts:
    """The least recently used go when the room is full. Room for 0 bytes keeps nothing."""

    def __init__(self, room_bytes: int) -> None:
        self._room_bytes = room_bytes
        self._size_bytes = 0
        self._kept: OrderedDict[bytes, Artefact] = OrderedDict()
        self._under_way: dict[bytes, asyncio.Future[Artefact]] = {}

    @property
    def largest_bytes(self) -> int:
        """An artefact with more in its files than this is not kept."""
        return self._room_bytes // _LARGEST_SHARE

    @property
    def size_bytes(self) -> int:
        """What all entries take now."""
        return self._size_bytes

    def is_under_way(self, key: bytes) -> bool:
        """Whether somebody compiles that program now."""
        return key in self._under_way

    async def obtain(
        self, key: bytes, compile_: Callable[[], Awaitable[Artefact]], deadline: float | None
    ) -> tuple[Artefact, Origin]:
        """The artefact of `key`: kept, or what a compilation under way makes, or `compile_` does.

        Raises Overloaded when the deadline passes while another compiles, and what `compile_`
        raises.
        """
        while True:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                return kept, Origin.KEPT
            theirs = self._under_way.get(key)
            if theirs is None:
                return await self._make(key, compile_), Origin.COMPILED
            await _ended(theirs, deadline)
            if theirs.cancelled():
                continue  # they gave up, which says nothing about the program
            if theirs.result().complete:
                return theirs.result(), Origin.JOINED
            return await compile_(), Origin.COMPILED

    async def _make(self, key: bytes, compile_: Callable[[], Awaitable[Artefact]]) -> Artefact:
        ours = self._under_way[key] = asyncio.get_running_loop().create_future()
        try:
            artefact = await compile_()
            ours.set_result(artefact)
        finally:
            del self._under_way[key]
            ours.cancel()  # unless it has its result
        if artefact.lasting:
            self._keep(key, artefact)
        return artefact

    def _keep(self, key: bytes, artefact: Artefact) -> None:
        if artefact.size_bytes > self._room_bytes:
            return
        self._kept[key] = artefact
        self._size_bytes += artefact.size_bytes
        while self._size_bytes > self._room_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._size_bytes -= oldest.size_bytes


def key_of(opening: Opening, version: str | None) -> bytes:
    """A digest of all that decides what compiling `opening` gives; `version` is the compiler's."""
    files = [(name, hashlib.sha256(text).hexdigest()) for name, text in opening.files.items()]
    compile_ = opening.compile and asdict(opening.compile)
    return hashlib.sha256(json.dumps([version, files, compile_]).encode()).digest()


async def _ended(theirs: asyncio.Future[Artefact], deadline: float | None) -> None:
    try:
        async with asyncio.timeout_at(deadline):
            await asyncio.wait([theirs])
    except TimeoutError:
        raise Overloaded("the deadline passed while another compiled the same program") from None
