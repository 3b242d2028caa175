"""The cache of judgements that all processes share: the keeper has it, the others ask.

The same rules hold as in one process, because it is the same cache: who is told to judge is the one
whom `Cache.obtain` would have had judge.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from app.cache import judgement as judgements
from app.cache.cache import Cache, Origin
from app.cache.judgement import Made
from sandbox import Claim, Overloaded, Priority, SandboxError
from sandbox.lending.link import Link, Message

_NOBODY = Claim()


class JudgementsAsked:
    """A member's side."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def obtain(
        self, key: bytes, judge: Callable[[], Awaitable[Made]], *, claim: Claim = _NOBODY
    ) -> tuple[Made, Origin]:
        """See `Cache.obtain`."""
        asked = {"client": claim.client, "priority": claim.priority}
        answer = await self._link.call("obtain", asked, [key], on_late=self._decline)
        if "turn" not in answer.header:
            return _read(answer), Origin(answer.header["origin"])
        turn = {"turn": answer.header["turn"]}
        told = "failed"
        try:
            made = await judge()
            header, blobs = _written(made)
            self._link.tell("made", {**header, **turn}, blobs)
            told = "made"
        except (asyncio.CancelledError, Overloaded):
            told = "gave_up"
            raise
        finally:
            if told != "made":
                self._link.tell(told, turn)
        return made, Origin.JUDGED

    def _decline(self, answer: Message) -> None:
        if "turn" in answer.header:
            self._link.tell("gave_up", {"turn": answer.header["turn"]})


class JudgementsGiven:
    """The keeper's side, for one member."""

    def __init__(self, cache: Cache, link: Link) -> None:
        self._cache = cache
        self._numbers = itertools.count()
        self._turns: dict[int, asyncio.Future[Made]] = {}
        """Those that the member has been told to judge."""
        link.answers["obtain"] = self._obtain
        link.hears |= {
            "made": self._made,
            "failed": partial(self._refuse, SandboxError("it could not be judged")),
            "gave_up": partial(self._refuse, Overloaded("who judged it gave up")),
        }

    def close(self) -> None:
        """The member has gone: it gave up whatever it had."""
        for turn in list(self._turns.values()):
            turn.cancel()

    async def _obtain(self, message: Message) -> Message:
        (key,) = message.blobs
        asked = message.header
        claim = Claim(client=asked["client"], priority=Priority(asked["priority"]))
        number = next(self._numbers)
        is_its_turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def judge() -> Made:
            turn: asyncio.Future[Made] = asyncio.get_running_loop().create_future()
            self._turns[number] = turn
            is_its_turn.set_result(None)
            try:
                return await turn
            finally:
                del self._turns[number]

        finding = asyncio.ensure_future(self._cache.obtain(key, judge, claim=claim))
        try:
            await asyncio.wait((finding, is_its_turn), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            finding.cancel()
            raise
        if finding.done():
            made, origin = finding.result()
            header, blobs = _written(made)
            return Message({**header, "origin": origin}, blobs)
        finding.add_done_callback(_see)
        return Message({"turn": number})

    def _made(self, message: Message) -> None:
        if (turn := self._turns.get(message.header["turn"])) is not None and not turn.done():
            turn.set_result(_read(message))

    def _refuse(self, error: SandboxError, message: Message) -> None:
        if (turn := self._turns.get(message.header["turn"])) is not None and not turn.done():
            turn.set_exception(type(error)(*error.args))


def _written(made: Made) -> tuple[dict[str, bool], list[bytes]]:
    header = {"shared": made.shared, "lasting": made.lasting}
    return header, [judgements.dump(made.judgement)]


def _read(message: Message) -> Made:
    (data,) = message.blobs
    judgement = judgements.load(data)
    if judgement is None:  # both ends are of the same release
        raise ValueError("a judgement of another process cannot be read")
    return Made(
        judgement=judgement, shared=message.header["shared"], lasting=message.header["lasting"]
    )


def _see(finding: asyncio.Future[tuple[Made, Origin]]) -> None:
    """What became of it was told to the one who judged, by itself."""
    with suppress(asyncio.CancelledError):
        finding.exception()
