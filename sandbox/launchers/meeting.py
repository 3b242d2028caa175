"""A socket at which one container is met, once: nearer than the streams that its engine passes on.

What goes over a container's standard streams is copied by the engine's daemon and by the
container's keeper, which takes about a millisecond of CPU time from each run. A socket has nobody
in between. Its directory is the one thing of the host that the container sees, read-only; when the
two have met, both are removed, and what runs in the container finds an empty place.
"""

import os
import shutil
import socket
import tempfile
import time
from pathlib import Path

from docker.types import Mount

from sandbox.launchers import owner

_INSIDE = "/run/rewardbox"
_NAME = "agent.sock"
_PREFIX = "rewardbox-meeting-"
_PATIENCE_S = 30.0
_LOOK_AGAIN_S = 0.2


class NotMet(Exception):
    """Nobody came."""


class MeetingPoint:
    """Waits for whoever finds its directory mounted. Raises OSError when it cannot be made."""

    options = ("--meet", f"{_INSIDE}/{_NAME}")
    """What the agent has to be told."""

    def __init__(self) -> None:
        # Others on this machine are stopped by the outer directory, and those in the container by
        # nothing: its root may well be a user of its own, and has no rights beyond.
        self._outer = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{_as_name(owner.this_process())}-"))
        self._listener = socket.socket(socket.AF_UNIX)
        try:
            self._listen(self._outer / "runner")
        except BaseException:
            self.close()
            raise

    @property
    def mount(self) -> Mount:
        """For the container; an engine of another machine refuses it."""
        return Mount(_INSIDE, str(self._outer / "runner"), type="bind", read_only=True)

    def meet(self, unless: socket.socket) -> socket.socket:
        """The connection; NotMet when there is none in time, or none before `unless` has ended."""
        give_up_at = time.monotonic() + _PATIENCE_S
        while True:
            try:
                return self._listener.accept()[0]
            except TimeoutError:
                if _has_ended(unless) or time.monotonic() > give_up_at:
                    raise NotMet(f"its agent did not connect to {self._outer}") from None

    def close(self) -> None:
        self._listener.close()
        shutil.rmtree(self._outer, ignore_errors=True)

    def _listen(self, directory: Path) -> None:
        directory.mkdir()
        directory.chmod(0o755)
        opened = os.open(directory, os.O_PATH)
        try:  # addresses are short, paths may be long
            path = f"/proc/self/fd/{opened}/{_NAME}"
            self._listener.bind(path)
            os.chmod(path, 0o666)  # noqa: S103 - see above
        finally:
            os.close(opened)
        self._listener.listen(1)
        self._listener.settimeout(_LOOK_AGAIN_S)


def remove_leftovers() -> None:
    """Remove the directories of dead processes, which were killed before they met anybody."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        name = path.name.removeprefix(_PREFIX).rpartition("-")[0]
        if owner.has_died(_as_owner(name)):
            shutil.rmtree(path, ignore_errors=True)


def _as_name(process: str) -> str:
    return process.replace("/", "_")


def _as_owner(name: str) -> str:
    return name.replace("_", "/")


def _has_ended(connection: socket.socket) -> bool:
    try:
        return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True
