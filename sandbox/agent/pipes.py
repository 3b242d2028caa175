"""Pipes between two parties of a run, which either may open by name (/dev/stdin) too."""

import os

from .sweeping import BOX


def crossed() -> list[int]:
    """Input and output of one party, then of another, each one's output the other's input."""
    (first_in, second_out), (second_in, first_out) = _for_all(), _for_all()
    return [first_in, first_out, second_in, second_out]


def _for_all() -> tuple[int, int]:
    """Both ends of a pipe that every uid may open."""
    read, write = os.pipe()
    try:
        os.fchmod(read, 0o666)  # of the one file that both are
    except PermissionError:  # in gVisor only pipes with a name have rights to be changed
        os.close(read)
        os.close(write)
        return _named()
    return read, write


def _named() -> tuple[int, int]:
    """The same, with a name that is gone again."""
    path = f"{BOX}/.pipe"
    os.mkfifo(path)
    try:
        os.chmod(path, 0o666)  # noqa: S103 - mkfifo heeds the umask
        read = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # else it waits for a writer
        write = os.open(path, os.O_WRONLY)
    finally:
        os.unlink(path)
    os.set_blocking(read, True)
    return read, write
