"""The candidate's process: loads the program, then does what the examiner asks of it.

Everything here runs beside the program and may be changed by it; nothing here is believed.
"""

import asyncio
import builtins
import contextlib
import functools
import inspect
import json
import sys
import types
from collections.abc import Callable
from typing import Any

from .asking import RECURSION_LIMIT
from .codec import Uncarriable
from .containers import add_record
from .equality import equal
from .errors import text_of
from .guests import wrap
from .link import Link, LinkClosed
from .luck import begin
from .parts import builtin_part
from .peer import MODULE, Peer, kind_of
from .specials import operations
from .streams import Replacement


def main(payload: bytes, link: int, report: int | None) -> None:
    """Load the program named in the payload and serve; the harness's entry."""
    given = json.loads(payload)
    sys.setrecursionlimit(RECURSION_LIMIT)
    connection = Link(link)
    module = types.ModuleType(MODULE)
    module.__file__ = given["file"]
    sys.modules[MODULE] = module
    begin(given["seed"])
    try:
        exec(given.get("given", ""), module.__dict__)  # noqa: S102 - what the task gives to programs
        with open(given["file"], encoding="utf-8") as file:
            source = file.read()
        exec(compile(source, given["file"], "exec", dont_inherit=True), module.__dict__)  # noqa: S102
    except BaseException as error:  # whatever loading raises is told
        connection.send(["failed", type(error).__name__, text_of(error)])
        raise
    for name in given.get("records", ()):
        with contextlib.suppress(TypeError):  # the program may have made anything of that name
            add_record(vars(module).get(name))
    peer = Peer(connection, _ASKED, kind_of=kind_of, wrap=wrap)
    _ASKED["follow"] = Replacement(peer.request).follow
    connection.send(["ready"])
    with contextlib.suppress(LinkClosed):
        peer.serve()


def _exit(manager: Any, *how: Any) -> Any:
    """Leave a with statement, with an exception like that of the tests if there was one."""
    return type(manager).__exit__(manager, *_how(*how))


def _how(kind: str | None = None, text: str = "") -> tuple[Any, Any, None]:
    if kind is None:
        return None, None, None
    error_class = getattr(builtins, kind, Exception)
    return error_class, error_class(text), None


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


def _make(kind: Any, calls: list[Any]) -> list[Any]:
    """What a class gives for each of these arguments; None where it raises."""
    made = []
    for args, kwargs in calls:
        try:
            made.append(kind(*args, **kwargs))
        except Exception:  # it may not take these
            made.append(None)
    return made


def _names(names: list[str]) -> dict[str, Any]:
    module = sys.modules[MODULE]
    return {name: getattr(module, name) for name in names if hasattr(module, name)}


#: What the examiner may ask for. Made once, before any run: what a process writes it has to copy.
_ASKED: dict[str, Callable[..., Any]] = {
    **operations(),
    "isinstance": builtins.isinstance,
    "issubclass": builtins.issubclass,
    "equal": equal,
    "equal_to": lambda value, others: [value == other for other in others],
    "make": _make,
    "operate": lambda name, value, others, value_first: [
        _ASKED[name](value, each) if value_first else _ASKED[name](each, value) for each in others
    ],
    "part": builtin_part,
    "dir": lambda value: [name for name in dir(value) if not name.startswith("__")],
    "enter": lambda value: type(value).__enter__(value),
    "exit": _exit,
    "aenter": lambda value: _await(type(value).__aenter__(value)),
    "aexit": lambda value, *how: _await(type(value).__aexit__(value, *_how(*how))),
    "await": _await,
    "anext": _anext,
    "define": lambda names: list(_names(names)),
    "names": _names,
    "name": lambda name: getattr(sys.modules[MODULE], name),
}
