"""unittest.mock.patch, where it replaces what is the program's, and where it cannot."""

import sys
import unittest.mock
from collections.abc import Callable
from typing import Any

from ...examiner.peer import Proxy
from ...examiner.raisable import TESTS
from .stand_in import ProgramModule

_FOLLOWED = {("sys", "stdin"), ("sys", "stdout"), ("sys", "stderr"), ("builtins", "input")}
"""What the program meets as well; see examiner.streams."""


def listen(note: Callable[[str], None]) -> None:
    """Note what is replaced in this process only, where the program does not see it."""
    enter = unittest.mock._patch.__enter__

    def entering(patch: Any) -> Any:
        target = patch.getter()
        if not _reaches(target, patch.attribute):
            note(f"replace {getattr(target, '__name__', type(target).__name__)}.{patch.attribute}")
        return enter(patch)

    unittest.mock._patch.__enter__ = entering  # type: ignore[method-assign] # to hear of it


def _reaches(target: Any, attribute: str) -> bool:
    """Whether the program meets what is put there, or has no part in it."""
    kind = type(target)
    is_programs = issubclass(kind, Proxy | ProgramModule) or (
        issubclass(kind, type) and issubclass(target, Proxy)
    )
    if is_programs or target is sys.modules.get(TESTS):
        return True
    is_tests = TESTS in (kind.__module__, getattr(target, "__module__", None))
    return is_tests or (getattr(target, "__name__", ""), attribute) in _FOLLOWED
