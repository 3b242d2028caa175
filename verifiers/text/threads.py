"""Long completions are judged in a thread, so that they do not hold up all the others."""

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

import anyio.to_thread

LONG_CHARS = 50_000
"""Up to here the event loop hardly notices."""

Result = TypeVar("Result")
Rest = TypeVarTuple("Rest")


async def judge(function: Callable[[str, *Rest], Result], text: str, *rest: *Rest) -> Result:
    """`function(text, *rest)`, in a thread if `text` is long."""
    if len(text) <= LONG_CHARS:
        return function(text, *rest)
    return await anyio.to_thread.run_sync(function, text, *rest)
