"""The modules that a test file imports and that are not what they seem: pytest, and the program."""

import importlib
import sys
import types
import unittest
from collections.abc import Callable
from typing import Any

from ...examiner.asking import Fault
from ...examiner.peer import MODULE, Peer, Proxy
from ...examiner.wrapping import attest
from .closeness import approx
from .fixtures import fixture
from .marks import Marker, param
from .patching import MonkeyPatch
from .raising import raises_for


def make_pytest(reached: Callable[[], None]) -> types.ModuleType:
    """A module with the part of pytest that test files use; `reached` hears what held."""
    module = _Pytest("pytest")
    vars(module).update(
        __version__="8.0",
        raises=raises_for(reached),
        approx=approx,
        fixture=fixture,
        mark=Marker(),
        param=param,
        skip=_skip,
        fail=_fail,
        importorskip=importlib.import_module,
        MonkeyPatch=MonkeyPatch,
    )
    return module


class _Pytest(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise Fault(f"pytest.{name} is not supported")


def _skip(reason: str = "", **_: Any) -> None:
    raise unittest.SkipTest(reason)


def _fail(reason: str = "", pytrace: bool = True) -> None:
    raise AssertionError(reason)


class Program:
    """The program's names, asked of the candidate when they are wanted."""

    def __init__(self, peer: Peer, classes: set[str]) -> None:
        """`classes` are the names that the tests themselves use as those of classes."""
        self._peer = peer
        self._classes = classes
        self.missing: set[str] = set()
        self.looking = 0
        """Requests that only found functions and classes: they test nothing."""

    def defined(self, wanted: list[str]) -> list[str]:
        """Which of these names the program has."""
        self.looking += 1
        defined = self._peer.request("define", wanted)
        return [name for name in wanted if name in defined]

    def value(self, name: str) -> Any:
        """Raises AttributeError."""
        try:
            value = self._peer.request("name", name)
        except AttributeError:
            self.missing.add(name)
            raise AttributeError(f"the program has no {name!r}", name=name) from None
        if issubclass(type(value), Proxy):  # a constant is a value that tests may be about
            self.looking += 1
        if name in self._classes:
            attest(value)
        return value

    def module(self) -> Any:
        """The program's module itself, on the other side."""
        importing = self._peer.request("name", "__builtins__")["__import__"]
        return importing(MODULE)


class ProgramModule(types.ModuleType):
    """The program as the module that a test file imports."""

    def __init__(self, name: str, program: Program, wanted: list[str]) -> None:
        """`wanted` are the names that `from ... import *` may have been meant for: those that the
        file itself, the language and libraries do not give it."""
        super().__init__(name)
        vars(self)["__program__"] = program, wanted

    def __getattr__(self, name: str) -> Any:
        program, wanted = vars(self)["__program__"]
        if name == "__all__":
            return program.defined(wanted)
        if name.startswith("__"):
            raise AttributeError(name)
        return program.value(name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("__"):
            vars(self)[name] = value
        else:
            setattr(vars(self)["__program__"][0].module(), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(vars(self)["__program__"][0].module(), name)


def install(*modules: types.ModuleType) -> None:
    """Make them what an import finds."""
    for module in modules:
        sys.modules[module.__name__] = module
