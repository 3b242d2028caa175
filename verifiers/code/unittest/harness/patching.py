"""pytest.MonkeyPatch: what a test changes for as long as it runs."""

import contextlib
import importlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

from ...examiner.asking import Fault

_MISSING = object()


class MonkeyPatch:
    """Changes attributes and items, and takes the changes back."""

    def __init__(self) -> None:
        self._undoing: list[Callable[[], None]] = []

    @classmethod
    @contextlib.contextmanager
    def context(cls) -> Iterator["MonkeyPatch"]:
        patch = cls()
        try:
            yield patch
        finally:
            patch.undo()

    def setattr(self, target: Any, name: Any, value: Any = _MISSING, raising: bool = True) -> None:
        """`setattr(object, "name", value)` or `setattr("module.name", value)`."""
        if isinstance(target, str):
            path, _, attribute = target.rpartition(".")
            target, name, value = _named(path), attribute, name
        before = getattr(target, name, _MISSING)
        if before is _MISSING and raising:
            raise AttributeError(f"{target!r} has no attribute {name!r}")
        setattr(target, name, value)
        self._undoing.append(lambda: _restore(target, name, before))

    def delattr(self, target: Any, name: str, raising: bool = True) -> None:
        before = getattr(target, name, _MISSING)
        if before is _MISSING:
            if raising:
                raise AttributeError(name)
            return
        delattr(target, name)
        self._undoing.append(lambda: setattr(target, name, before))

    def setitem(self, mapping: Any, key: Any, value: Any) -> None:
        before = mapping.get(key, _MISSING)
        mapping[key] = value
        self._undoing.append(lambda: _restore_item(mapping, key, before))

    def delitem(self, mapping: Any, key: Any, raising: bool = True) -> None:
        before = mapping.get(key, _MISSING)
        if before is _MISSING and raising:
            raise KeyError(key)
        mapping.pop(key, None)
        self._undoing.append(lambda: _restore_item(mapping, key, before))

    def __getattr__(self, name: str) -> Any:
        raise Fault(f"monkeypatch.{name} does not reach the program, which is another process")

    def undo(self) -> None:
        while self._undoing:
            self._undoing.pop()()


def _named(path: str) -> Any:
    """The module or attribute of one that a dotted name stands for."""
    first, *rest = path.split(".")
    value: Any = sys.modules.get(first) or importlib.import_module(first)
    for position, name in enumerate(rest):
        if not hasattr(value, name):
            importlib.import_module(".".join([first, *rest[: position + 1]]))
        value = getattr(value, name)
    return value


def _restore(target: Any, name: str, before: Any) -> None:
    if before is _MISSING:
        delattr(target, name)
    else:
        setattr(target, name, before)


def _restore_item(mapping: Any, key: Any, before: Any) -> None:
    if before is _MISSING:
        mapping.pop(key, None)
    else:
        mapping[key] = before
