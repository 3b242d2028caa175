"""The candidate's process: loads the program, then does what the examiner asks of it.

Everything here runs beside the program and may be changed by it; nothing here is believed.
"""

import asyncio
import builtins
import inspect
import json
import operator
import sys
import types
from collections.abc import Callable
from typing import Any

from .codec import Uncarriable
from .link import Link, LinkClosed
from .peer import Peer, Proxy, _text

MODULE = "solution"


class RemoteFunction(Proxy):
    """A function of the tests that was given to the program."""

    def __init__(self, peer: Peer, number: int, name: str) -> None:
        self._peer = peer
        self._number = number
        self.__name__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._peer.request("call", self, *args, **kwargs)


class RemoteIterator(RemoteFunction):
    """An iterator of the tests, taken one item at a time."""

    def __iter__(self) -> "RemoteIterator":
        return self

    def __next__(self) -> Any:
        return self._peer.request("next", self)


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
        connection.send(["failed", type(error).__name__, _text(error)])
        raise
    peer = Peer(connection, _operations(module), may_export=_anything, wrap=_wrap)
    connection.send(["ready"])
    try:
        peer.serve()
    except LinkClosed:
        return


def _anything(value: Any) -> bool:
    return True


def _wrap(peer: Peer, number: int, kind: str, name: str) -> Any:
    wrapper = RemoteIterator if kind == "object" else RemoteFunction
    return wrapper(peer, number, name)


def _operations(module: types.ModuleType) -> dict[str, Callable[..., Any]]:
    """What the examiner may ask for."""
    from_operator = (
        "lt le eq ne ge gt add sub mul truediv floordiv mod pow matmul and_ or_ xor lshift rshift "
        "neg pos abs invert getitem setitem delitem contains index"
    )
    from_builtins = "getattr setattr delattr hash repr str iter next len bool int float isinstance"
    return {
        **{name: getattr(operator, name) for name in from_operator.split()},
        **{name: getattr(builtins, name) for name in [*from_builtins.split(), "round", "divmod"]},
        "call": _call,
        "dir": lambda value: [name for name in dir(value) if not name.startswith("__")],
        "issubclass": issubclass,
        "await": _await,
        "define": lambda names: [name for name in names if hasattr(module, name)],
        "name": lambda name: getattr(module, name),
    }


def _call(function: Any, /, *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


def _await(awaitable: Any) -> Any:
    async def wait() -> Any:
        return await awaitable

    if not inspect.isawaitable(awaitable):
        raise Uncarriable("what is awaited is not awaitable")
    return asyncio.run(wait())
