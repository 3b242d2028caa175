"""Removes what a submission left in file systems that it shared with others, and looks for more."""

import os
import signal
import stat

from . import system

BOX = "/box"
"""Holds the working directories; writable by every uid, like the other SCRATCH places."""
SCRATCH = (BOX, "/tmp", "/dev/shm")  # noqa: S108 - these are what must be swept
QUEUES = "/dev/mqueue"

_PLACE = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_DIRECTORY = _PLACE | os.O_NOFOLLOW


def kill_all_of(uid: int) -> None:
    """Kill every process of `uid` at once.

    Killing "all that I may" in one call leaves a fork bomb no gap. What the killer may kill follows
    from its effective uid; who may kill or stop the killer, from the others, which nobody has.
    """
    killer = system.fork()
    if killer == 0:
        try:
            os.setresuid(uid + 1, uid, uid + 1)
            os.kill(-1, signal.SIGKILL)
        finally:  # this is a copy of the agent, whatever happens
            os._exit(0)
    os.waitpid(killer, 0)


class Places:
    """The directories that every uid can write to and that must be empty between runs.

    They are opened once, before any program runs, and none can put another in the place of one.
    """

    def __init__(self) -> None:
        self._opened = {
            place: os.open(place, _PLACE) for place in (*SCRATCH, QUEUES) if os.path.isdir(place)
        }

    def remove_files_of(self, uid: int) -> None:
        """Remove every file of `uid`, acting as that uid.

        Nothing that the uid owns may be running. Acting as the owner, a planted link leads nowhere
        that the submission could not have gone itself. Raises OSError for what cannot be removed.
        """
        os.setresuid(-1, uid, -1)
        try:
            for directory in self._opened.values():
                empty(directory, uid)
        finally:
            os.setresuid(-1, 0, -1)

    def leftovers(self) -> list[str]:
        """What is there."""
        return [
            f"{place}/{name}"
            for place, directory in self._opened.items()
            for name in _names_in(directory)
        ]


def empty(root: int, uid: int) -> None:
    """Delete what `uid` owns inside the directory `root`, however deep the tree is."""
    while _delete_layer(root, uid):
        pass


def _delete_layer(root: int, uid: int) -> bool:
    """Delete the files in `root` and the directories, lifting what is in those up to it.

    Lifting (a rename to the top) instead of descending needs neither recursion nor long paths.
    Returns whether anything was lifted and is to be looked at in turn.
    """
    lifted = False
    for name in _names_in(root):
        entry = os.stat(name, dir_fd=root, follow_symlinks=False)
        if entry.st_uid != uid:
            continue
        if not stat.S_ISDIR(entry.st_mode):
            os.unlink(name, dir_fd=root)
            continue
        os.chmod(name, 0o700, dir_fd=root)
        child = os.open(name, _DIRECTORY, dir_fd=root)
        try:
            lifted |= _lift(child, root)
        finally:
            os.close(child)
        os.rmdir(name, dir_fd=root)
    return lifted


def _lift(child: int, root: int) -> bool:
    """Delete the files in `child`, move its directories to `root`; whether there were any."""
    lifted = False
    for name in _names_in(child):
        mode = os.stat(name, dir_fd=child, follow_symlinks=False).st_mode
        if stat.S_ISDIR(mode):
            os.chmod(name, 0o700, dir_fd=child)  # moving a directory writes its ".." entry
            os.rename(name, f".{os.urandom(8).hex()}", src_dir_fd=child, dst_dir_fd=root)
            lifted = True
        else:
            os.unlink(name, dir_fd=child)
    return lifted


def _names_in(directory: int) -> list[str]:
    # Some kernels show only what was there when a directory was opened, or last wound back.
    os.lseek(directory, 0, os.SEEK_SET)
    return os.listdir(directory)
