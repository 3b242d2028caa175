"""The Linux calls that Python's standard library lacks, thin functions that raise OSError."""

import contextlib
import ctypes
import os
import platform
import struct
from collections.abc import Iterator

# PyDLL keeps the interpreter lock held: a clone must not return into a child without it.
_libc = ctypes.PyDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
CLONE_NEWCGROUP = 0x02000000
SIGCHLD = 17

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

CAPABILITY_HEADER, NO_CAPABILITIES = struct.pack("=Ii", 0x20080522, 0), bytes(24)
"""What capset takes to leave the calling thread nothing."""

_PF_EXITING = 0x4

# From 424 on, all architectures number their system calls alike.
_COMMON = {
    "close_range": 436,
    "openat2": 437,
    "mount_setattr": 442,
    "landlock_create_ruleset": 444,
    "landlock_add_rule": 445,
    "landlock_restrict_self": 446,
}
_NUMBERS = {
    "x86_64": {"clone": 56, "capset": 126, "pivot_root": 155, "seccomp": 317, **_COMMON},
    "aarch64": {"clone": 220, "capset": 91, "pivot_root": 41, "seccomp": 277, **_COMMON},
}
MACHINE = platform.machine()


def uid_of(pid: int) -> int | None:
    """The real user of a process; None when it has ended."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith("Uid:"):
                return int(line.split()[1])
    return None


def _number(name: str) -> int:
    if MACHINE not in _NUMBERS:
        raise OSError(38, f"system call numbers of {MACHINE} are not known here")
    return _NUMBERS[MACHINE][name]


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def _syscall(name: str, *args: object) -> int:
    return _checked(_libc.syscall(ctypes.c_long(_number(name)), *args), name)


def fork() -> int:
    """Like os.fork, without the interpreter's fork hooks.

    They look after other threads' locks, and cost as much as the fork itself. The caller must be
    single-threaded.
    """
    return _checked(_libc.fork(), "fork")


def clone_running(code: int, stack: int, argument: int, namespaces: int) -> int:
    """Start a process in new namespaces that shares our memory and runs the machine code there.

    `code` is the address of a function that takes `argument` and never returns, `stack` the end of
    a stack for it.
    """
    share_memory = 0x100
    flags = ctypes.c_int(share_memory | namespaces | SIGCHLD)
    addresses = (ctypes.c_void_p(code), ctypes.c_void_p(stack))
    return _checked(_libc.clone(*addresses, flags, ctypes.c_void_p(argument)), "clone")


def make_executable(address: int, size: int) -> None:
    """Let memory be executed, and no longer be written."""
    readable, executable = 1, 4
    result = _libc.mprotect(
        ctypes.c_void_p(address), ctypes.c_size_t(size), ctypes.c_int(readable | executable)
    )
    _checked(result, "mprotect")


def prctl(option: int, value: int = 0) -> None:
    arguments = (ctypes.c_ulong(value), *(ctypes.c_ulong(0),) * 3)
    _checked(_libc.prctl(option, *arguments), f"prctl({option})")


@contextlib.contextmanager
def seeing_as(uid: int | None) -> Iterator[None]:
    """Have the rights of that user and group to files, those of processes in /proc too.

    Nobody can take us for that user's meanwhile, as they could by an effective uid. None changes
    nothing.
    """
    if uid is None:
        yield
        return
    for change in (_libc.setfsgid, _libc.setfsuid):
        change(ctypes.c_uint(uid))
    try:
        yield
    finally:
        _libc.setfsuid(ctypes.c_uint(os.geteuid()))
        _libc.setfsgid(ctypes.c_uint(os.getegid()))


def mount(source: str, target: str, kind: str, flags: int = 0, data: str = "") -> None:
    names = [text.encode() for text in (source, target, kind)]
    result = _libc.mount(*names, ctypes.c_ulong(flags), data.encode())
    _checked(result, f"mount {source} on {target}")


def make_read_only(target: str, *, recursive: bool) -> None:
    """Nothing below `target` can be written, nor be a device or give privileges."""
    rdonly, nosuid, nodev = 1, 2, 4
    attributes = struct.pack("=QQQQ", rdonly | nosuid | (nodev if recursive else 0), 0, 0, 0)
    at_fdcwd, at_recursive = -100, 0x8000
    flags = ctypes.c_uint(at_recursive if recursive else 0)
    size = ctypes.c_size_t(len(attributes))
    _syscall("mount_setattr", ctypes.c_int(at_fdcwd), target.encode(), flags, attributes, size)


def unshare(namespaces: int) -> None:
    _checked(_libc.unshare(namespaces), "unshare")


def unmount(target: str) -> None:
    """Detach a mount at once; it goes when its last user has gone."""
    _checked(_libc.umount2(target.encode(), MNT_DETACH), f"umount {target}")


def pivot_root(new_root: str, old_root: str) -> None:
    _syscall("pivot_root", new_root.encode(), old_root.encode())


def sethostname(name: str) -> None:
    _checked(_libc.sethostname(name.encode(), len(name)), "sethostname")


def drop_capabilities() -> None:
    """Empty this thread's capability sets."""
    _syscall("capset", CAPABILITY_HEADER, NO_CAPABILITIES)


def close_from(first: int) -> None:
    """Close every descriptor from `first` on."""
    try:
        _syscall("close_range", ctypes.c_uint(first), ctypes.c_uint(0xFFFFFFFF), ctypes.c_uint(0))
    except OSError:  # kernels before 5.9, and gVisor's of 2022
        for name in os.listdir("/proc/self/fd"):
            if int(name) >= first:
                try:
                    os.close(int(name))
                except OSError:
                    continue  # the descriptor of the listing itself


def is_exiting(pid: int) -> bool:
    """Whether that process has begun to end, even if its namespaces are still being emptied."""
    with open(f"/proc/{pid}/stat", "rb") as file:
        # The command may hold anything, parentheses and spaces too: fields follow the last one.
        flags = int(file.read().rpartition(b") ")[2].split()[6])
    return bool(flags & _PF_EXITING)


def setns(fd: int, namespaces: int) -> None:
    """Enter those namespaces of the process that `fd`, a pidfd, stands for."""
    _checked(_libc.setns(fd, namespaces), "setns")


def open_beneath(root: int, path: str) -> int:
    """Open for reading what lies at `path` below `root`, on a way without any link."""
    resolve_no_symlinks, resolve_beneath = 4, 8
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
    how = struct.pack("=QQQ", flags, 0, resolve_no_symlinks | resolve_beneath)
    size = ctypes.c_size_t(len(how))
    return _syscall("openat2", ctypes.c_int(root), path.encode(), how, size)


def install_filter(program: bytes) -> None:
    """Put a seccomp filter on this process for good; needs no_new_privs first."""
    buffer = ctypes.create_string_buffer(program, len(program))
    instructions = len(program) // 8
    fprog = struct.pack("HxxxxxxP", instructions, ctypes.addressof(buffer))
    set_mode_filter = 1
    _syscall("seccomp", ctypes.c_uint(set_mode_filter), ctypes.c_uint(0), fprog)


def landlock_abi() -> int:
    """The level of Landlock that the kernel has; raises OSError when it has none."""
    ask_for_version = 1
    return _syscall(
        "landlock_create_ruleset", None, ctypes.c_size_t(0), ctypes.c_uint(ask_for_version)
    )


def landlock_ruleset(files: int, tcp: int, scopes: int) -> int:
    """A descriptor of a ruleset that denies those rights, as far as nothing allows them."""
    # Kernels take shorter attributes, and longer ones whose end is zero.
    attributes = struct.pack("=QQQ", files, tcp, scopes)
    size = ctypes.c_size_t(len(attributes))
    return _syscall("landlock_create_ruleset", attributes, size, ctypes.c_uint(0))


def landlock_allow(ruleset: int, place: int, rights: int) -> None:
    """Allow the rights to files below what `place` is a descriptor of."""
    path_beneath, attributes = ctypes.c_int(1), struct.pack("=Qi", rights, place)
    _syscall("landlock_add_rule", ctypes.c_int(ruleset), path_beneath, attributes, ctypes.c_uint(0))


def landlock_restrict(ruleset: int, *, quiet: bool) -> None:
    """Hold this process to the ruleset for good; `quiet` keeps denials out of the kernel's log."""
    log_nothing = 1 if quiet else 0
    _syscall("landlock_restrict_self", ctypes.c_int(ruleset), ctypes.c_uint(log_nothing))
