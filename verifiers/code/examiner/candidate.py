"""The candidate's process: loads the program, then does what the examiner asks of it.

Everything here runs beside the program and may be changed by it; nothing here is believed.
"""

import asyncio
import builtins
import functools
import inspect
import json
import operator
import sys
import types
from collections.abc import Callable
from typing import Any

from .codec import Uncarriable
from .equality import equal
from .errors import text_of
from .guests import wrap
from .link import Link, LinkClosed
from .parts import builtin_part
from .peer import Peer, kind_of

MODULE = "solution"


def main(payload: bytes, link: int, report: int | None) -> None:
    """Load the program named in the payload and serve; the harness's entry."""
    given = json.loads(payload)
    connection = Link(link)
    module = types.ModuleType(MODULE)
    module.__file__ = given["file"]
    sys.modules[MODULE] = module
    try:
        with open(given["file"], encoding="utf-8") as file:
            source = file.read()
        exec(compile(source, given["file"], "exec", dont_inherit=True), module.__dict__)  # noqa: S102
    except BaseException as error:  # whatever loading raises is told
        connection.send(["failed", type(error).__name__, text_of(error)])
        raise
    peer = Peer(
        connection,
        _operations(module),
        kind_of=kind_of,
        wrap=wrap,
    )
    connection.send(["ready"])
    try:
        peer.serve()
    except LinkClosed:
        return


def _operations(module: types.ModuleType) -> dict[str, Callable[..., Any]]:
    """What the examiner may ask for."""
    from_operator = (
        "lt le ge gt add sub mul truediv floordiv mod pow matmul and_ or_ xor lshift rshift "
        "neg pos abs invert getitem setitem delitem contains index"
    )
    from_builtins = (
        "getattr setattr delattr hash repr str iter next len bool int float isinstance issubclass "
        "round divmod reversed aiter"
    )
    return {
        **{name: getattr(operator, name) for name in from_operator.split()},
        **{name: getattr(builtins, name) for name in from_builtins.split()},
        "call": _call,
        "equal": equal,
        "part": builtin_part,
        "dir": lambda value: [name for name in dir(value) if not name.startswith("__")],
        "enter": lambda value: type(value).__enter__(value),
        "exit": _exit,
        "await": _await,
        "anext": _anext,
        "define": lambda names: [name for name in names if hasattr(module, name)],
        "name": lambda name: getattr(module, name),
    }


def _call(function: Any, /, *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


def _exit(manager: Any, kind: str | None = None, text: str = "") -> Any:
    """Leave a with statement, with an exception like that of the tests if there was one."""
    if kind is None:
        return type(manager).__exit__(manager, None, None, None)
    error_class = getattr(builtins, kind, Exception)
    error = error_class(text)
    return type(manager).__exit__(manager, error_class, error, None)


@functools.cache
def _loop() -> asyncio.Runner:
    return asyncio.Runner()


def _await(awaitable: Any) -> Any:
    async def wait() -> Any:
        return await awaitable

    if not inspect.isawaitable(awaitable):
        raise Uncarriable("what is awaited is not awaitable")
    return _loop().run(wait())


def _anext(iterator: Any) -> list[Any]:
    """The next item in a list; an empty one at the end."""

    async def take() -> list[Any]:
        return [item async for item in _first(iterator)]

    return _loop().run(take())


async def _first(iterator: Any) -> Any:
    try:
        yield await anext(iterator)
    except StopAsyncIteration:
        return
