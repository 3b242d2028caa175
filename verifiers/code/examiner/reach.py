"""What tests do that changes their own process only, and not the program's: where both are one
process, a program would meet it."""

import os
import sys
from typing import Any

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_OTHER = {
    "os.mkdir": "make folders",
    "os.putenv": "set variables of the environment",
    "os.unsetenv": "unset variables of the environment",
}


class Reach:
    """Hears of it from the moment that it is made, for as long as the process lives."""

    def __init__(self) -> None:
        self.beyond: str | None = None
        """The first such thing that the tests have done, in words."""
        sys.addaudithook(self._hear)

    def note(self, what: str) -> None:
        self.beyond = self.beyond or what

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if flags & _WRITING and path != os.devnull and not _importing():
                self.note("write files")
        elif event in _OTHER and not _importing():
            self.note(_OTHER[event])


def _importing() -> bool:
    """Whether it is done for an import, which does the same on either side."""
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
    return False
