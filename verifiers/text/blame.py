"""Whose fault it is that a reference could not be tried on an answer within its limits."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from verifiers.errors import InvalidReference, WorkerTimeout

Result = TypeVar("Result")


class TooLong(Exception):
    """The reference is sound, but this very long text cannot be judged in time."""


async def tried(
    what: str,
    call: Callable[[], Awaitable[Result]],
    *,
    easier: Callable[[], Awaitable[object]],
    chars: int,
    modest_chars: int,
    cpu_s: float,
    remedy: str,
) -> Result:
    """What `call` gives, which tries a reference (`what`) on a text of so many characters.

    A reference that cannot decide a text of modest length in time is broken: InvalidReference.
    Where the text is longer and `easier`, the same on less, ends in time, it is TooLong.
    """
    try:
        return await call()
    except WorkerTimeout as error:
        if chars > modest_chars and await _ends(easier):
            raise TooLong(
                f"{chars} characters are too many for the {what} to be tried on within {cpu_s} s"
            ) from error
        raise InvalidReference(
            f"the {what} needs more than {cpu_s} s or too much memory for "
            f"{min(chars, modest_chars)} characters; {remedy}"
        ) from error


async def _ends(call: Callable[[], Awaitable[object]]) -> bool:
    try:
        await call()
    except WorkerTimeout:
        return False
    return True
