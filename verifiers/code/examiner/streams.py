"""Standard streams and luck: where tests replace sys.stdout, sys.stdin or input, or seed random,
the program is to meet what they put there."""

import builtins
import importlib
import sys
import types
from collections.abc import Callable
from typing import Any

from .codec import Uncarriable

_PLACES: dict[str, tuple[Any, str]] = {
    "stdin": (sys, "stdin"),
    "stdout": (sys, "stdout"),
    "stderr": (sys, "stderr"),
    "input": (builtins, "input"),
}
_LONGEST = 1 << 20
"""Characters written at once."""
_MOST_WRITTEN = 1 << 24

#: Modules with a generator that one may seed: how to take its state, and how to put it back.
_GENERATORS: dict[str, tuple[Callable[[Any], Any], Callable[[Any, Any], None]]] = {
    "random": (lambda module: module.getstate(), lambda module, state: module.setstate(state)),
    "numpy.random": (
        lambda module: tuple(module.get_state()),
        lambda module, state: module.set_state(state),
    ),
}

Asking = Callable[..., Any]


class Replaced:
    """The tests' side: which of these they have replaced, and how random stands."""

    def __init__(self) -> None:
        self._originals = {name: getattr(*place) for name, place in _PLACES.items()}
        self._told: list[str] = []
        self._seeded: set[str] = set()

    def watch_luck(self) -> None:
        """From now on notice when the tests seed a random generator."""
        for name in _GENERATORS:
            if name.partition(".")[0] in sys.modules:
                importlib.import_module(name)
                sys.modules[name].seed = self._noticing(name)  # type: ignore[attr-defined] # theirs

    def _noticing(self, name: str) -> Callable[..., None]:
        original = sys.modules[name].seed

        def seed(*args: Any, **kwargs: Any) -> None:
            original(*args, **kwargs)
            self._seeded.add(name)

        return seed

    def news(self) -> list[Any] | None:
        """What the program has to be told, if that is anything: what is replaced, and the states of
        random generators that have been seeded."""
        replaced = [
            name for name, place in _PLACES.items() if getattr(*place) is not self._originals[name]
        ]
        if replaced == self._told and not self._seeded:
            return None
        luck = {name: _GENERATORS[name][0](sys.modules[name]) for name in self._seeded}
        self._told = replaced
        self._seeded.clear()
        return [replaced, luck]


def offered() -> dict[str, Callable[..., Any]]:
    """What the program may ask of the streams that the tests have put up."""
    return {"write": _write, "read": _read, "input": _input}


_written = 0


def _write(name: str, text: str) -> int:
    global _written
    stream = _put_up(name, ("stdout", "stderr"))
    _written += len(text)
    if _written > _MOST_WRITTEN:
        raise OSError(f"more than {_MOST_WRITTEN} characters were printed for the tests")
    return int(stream.write(text))


def _read(lines: bool, size: int) -> str:
    stream = _put_up("stdin", ("stdin",))
    text = stream.readline(size) if lines else stream.read(size)
    if type(text) is not str:
        raise Uncarriable("the tests' input is no text")
    return text


def _input(prompt: str) -> Any:
    if type(builtins.input) is types.BuiltinFunctionType:
        raise OSError("input has not been replaced")
    return builtins.input(prompt)


def _put_up(name: str, names: tuple[str, ...]) -> Any:
    """The stream in that place, if the tests have put it there."""
    if name not in names or getattr(sys, name) is getattr(sys, f"__{name}__"):
        raise OSError("there is no such stream")
    return getattr(sys, name)


class Replacement:
    """The program's side."""

    def __init__(self, ask: Asking) -> None:
        self._originals = {name: getattr(*place) for name, place in _PLACES.items()}
        self._stand_ins: dict[str, Any] = {
            "stdin": _Input(ask),
            "stdout": _Output(ask, "stdout"),
            "stderr": _Output(ask, "stderr"),
            "input": lambda prompt="": ask("input", str(prompt)),
        }

    def follow(self, replaced: list[str], luck: dict[str, Any]) -> None:
        """Replace what the tests have replaced, and put back what they have put back."""
        for name, place in _PLACES.items():
            now = self._stand_ins if name in replaced else self._originals
            if getattr(*place) is not now[name] and (
                name in replaced or getattr(*place) is self._stand_ins[name]
            ):
                setattr(*place, now[name])
        for name, state in luck.items():
            _GENERATORS[name][1](importlib.import_module(name), state)


class _Output:
    encoding = "utf-8"

    def __init__(self, ask: Asking, name: str) -> None:
        self._ask = ask
        self._name = name

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        for start in range(0, len(text), _LONGEST):
            self._ask("write", self._name, text[start : start + _LONGEST])
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Everything is written at once."""

    def isatty(self) -> bool:
        return False


class _Input:
    encoding = "utf-8"

    def __init__(self, ask: Asking) -> None:
        self._ask = ask

    def readline(self, size: int = -1) -> Any:
        return self._ask("read", True, size)

    def read(self, size: int = -1) -> Any:
        return self._ask("read", False, size)

    def readlines(self) -> list[Any]:
        return list(self)

    def __iter__(self) -> "_Input":
        return self

    def __next__(self) -> Any:
        line = self.readline()
        if line == "":
            raise StopIteration
        return line

    def isatty(self) -> bool:
        return False
