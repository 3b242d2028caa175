"""Where a run takes place: fresh namespaces where the kernel grants them, else shared ground.

On fresh ground every run gets PID, mount, IPC and user namespaces and file systems of its own, and
cleaning up is destroying them. On shared ground (a container whose seccomp profile refuses new
namespaces) a uid of its own tells a run's processes and files from all others, and they are swept.
"""

import contextlib
import itertools
import os
import random
import stat
from collections.abc import Iterator

from . import system

BOX = "/box"
"""Holds the working directories; writable by every uid, like the other SCRATCH places."""
SCRATCH = (BOX, "/tmp", "/dev/shm")  # noqa: S108 - these are what must be swept
QUEUES = "/dev/mqueue"
FRESH = system.CLONE_NEWUSER | system.CLONE_NEWPID | system.CLONE_NEWNS | system.CLONE_NEWIPC

INNER_ID = 1000
"""uid and gid of a program inside its own user namespace."""
SPARE_BYTES = 4 * 1024 * 1024
"""Added to a fresh file system, whose own book-keeping counts too."""


def map_ids(outer_uid: int, outer_gid: int) -> None:
    """Name the one outer id that this new user namespace has, from inside it."""
    for path, text in (
        ("/proc/self/setgroups", b"deny"),
        ("/proc/self/uid_map", b"%d %d 1" % (INNER_ID, outer_uid)),
        ("/proc/self/gid_map", b"%d %d 1" % (INNER_ID, outer_gid)),
    ):
        fd = os.open(path, os.O_WRONLY)
        os.write(fd, text)
        os.close(fd)


def furnish(file_bytes: int) -> None:
    """Give new mount and PID namespaces file systems that nobody else can see."""
    flags = system.MS_NOSUID | system.MS_NODEV
    system.mount("tmpfs", BOX, "tmpfs", flags, f"size={file_bytes + SPARE_BYTES},mode=0755")
    for name, target in (("tmp", "/tmp"), ("shm", "/dev/shm")):  # noqa: S108
        os.mkdir(f"{BOX}/.{name}", 0o700)
        os.chmod(f"{BOX}/.{name}", 0o1777)  # noqa: S103 - as such places are
        system.mount(f"{BOX}/.{name}", target, "", system.MS_BIND)
    system.mount("proc", "/proc", "proc", flags | system.MS_NOEXEC)


def fresh_ground_works() -> bool:
    """Whether runs can have namespaces of their own here; found by making some."""
    uid, gid = os.getuid(), os.getgid()
    try:
        pid = system.fork_into(FRESH)
    except OSError:
        return False
    if pid == 0:
        try:
            map_ids(uid, gid)
            furnish(0)
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(pid, 0)[1] == 0


def sweep(uid: int) -> None:
    """Remove every file of `uid` from the places it could write to, acting as that uid.

    Nothing that the uid owns may be running. Acting as the owner, a planted link leads nowhere that
    the submission could not have gone itself. Raises OSError for what cannot be removed.
    """
    os.setresuid(-1, uid, -1)
    try:
        for place in (*SCRATCH, QUEUES):
            if os.path.isdir(place) and not os.path.islink(place):
                empty(place, uid)
    finally:
        os.setresuid(-1, 0, -1)


def leftovers() -> list[str]:
    """What is in the places that must be empty between runs on shared ground."""
    return [
        f"{place}/{name}"
        for place in (*SCRATCH, QUEUES)
        if os.path.isdir(place)
        for name in os.listdir(place)
    ]


def live_processes() -> list[int]:
    """Processes that are not merely waiting to be reaped."""
    live = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
                if file.read().rpartition(b") ")[2][:1] not in b"ZX":
                    live.append(int(name))
    return live


def uids() -> Iterator[int]:
    """User ids, each given once.

    Where they can be large they also differ between runners, so that what the kernel counts per
    user does not add up over containers.
    """
    with open("/proc/self/uid_map") as file:
        mapped = max(int(line.split()[0]) + int(line.split()[2]) for line in file)
    first, end = (1_000_000, 2_000_000_000) if mapped > 2**31 else (20_000, 60_000)
    start = random.randrange(first, end)  # noqa: S311 - to spread them, not to keep a secret
    return (first + (start + n) % (end - first) for n in itertools.count())


_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def empty(top: str, uid: int) -> None:
    """Delete what `uid` owns inside `top`, however deep the tree is."""
    root = os.open(top, _DIRECTORY)
    try:
        while _delete_layer(root, uid):
            pass
    finally:
        os.close(root)


def _delete_layer(root: int, uid: int) -> bool:
    """Delete the files in `root` and the directories, lifting what is in those up to it.

    Lifting (a rename to the top) instead of descending needs neither recursion nor long paths.
    Returns whether anything was lifted and is to be looked at in turn.
    """
    lifted = False
    for name in os.listdir(root):
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
    for name in os.listdir(child):
        mode = os.stat(name, dir_fd=child, follow_symlinks=False).st_mode
        if stat.S_ISDIR(mode):
            os.chmod(name, 0o700, dir_fd=child)  # moving a directory writes its ".." entry
            os.rename(name, f".{os.urandom(8).hex()}", src_dir_fd=child, dst_dir_fd=root)
            lifted = True
        else:
            os.unlink(name, dir_fd=child)
    return lifted
