"""The system calls that a submission may not make, as a seccomp filter.

Container engines have a filter of their own; this one is narrower and stands under every launcher.
Probing is harmless and gets an error number; what only an attack does ends the process (SIGSYS),
which is reported as a violation.

The filter is put up in the warm interpreters, which every program is forked from; what they need
themselves (setns) is not in it, and is of no use to a program without capabilities.
"""

import errno
import struct

# name: number on x86_64, number on aarch64 (from 424 on all architectures share one numbering)
_KILL = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "bpf": (321, 280),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
}
_REFUSE = {
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "syslog": (103, 116),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "name_to_handle_at": (303, 264),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "fanotify_init": (300, 262),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "lookup_dcookie": (212, 18),
    "vhangup": (153, 58),
    "memfd_secret": (447, 447),
}
# Callers of these fall back to older calls when they seem not to exist. The flags of clone3 are
# behind a pointer, where a filter cannot see whether namespaces are asked for; what lies in a
# nameless file is counted neither as a process's memory nor by any file system.
_ABSENT = {
    "clone3": (435, 435),
    "memfd_create": (319, 279),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
}
_SOCKET = (41, 198)
_CLONE = (56, 220)
_PRLIMIT = (302, 261)

_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_X32_BIT = 0x40000000
_CLONE_FLAGS = 0x7E020080 | 0x8000
"""Every CLONE_NEW* flag (time, mount, cgroup, UTS, IPC, user, PID and network), and CLONE_PARENT:
a process that its program did not seem to start would be on nobody's account."""
_AF_UNIX = 1

_KILL_PROCESS = 0x80000000
_ERRNO = 0x00050000
_ALLOW = 0x7FFF0000

# Classic BPF: opcodes, and offsets into struct seccomp_data.
_LOAD, _JUMP_EQUAL, _JUMP_GT, _JUMP_GE, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x25, 0x35, 0x45, 0x06
_NR, _ARCH, _ARG0 = 0, 4, 16


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


_GROUP = 8


def _table(verdicts: dict[int, int]) -> bytes:
    """Return a number's verdict if it has one, else go on.

    Numbers stand in groups that are skipped as a whole: the kernel walks through the filter once
    for every system call there is, each time that it is installed.
    """
    numbers = sorted(verdicts)
    parts = []
    for start in range(0, len(numbers), _GROUP):
        group = numbers[start : start + _GROUP]
        parts.append(_op(_JUMP_GT, group[-1], 2 * len(group), 0))
        for number in group:
            parts += [_op(_JUMP_EQUAL, number, 0, 1), _op(_RETURN, verdicts[number])]
    return b"".join(parts)


def build(machine: str) -> bytes:
    """The filter for `machine` (as platform.machine names it), in the kernel's binary form.

    Raises KeyError for an architecture whose numbers are not known.
    """
    column, audit_arch = _ARCHITECTURES[machine]
    refused = _ERRNO | errno.EPERM
    absent = _ERRNO | errno.ENOSYS
    parts = [
        _op(_LOAD, _ARCH),
        _op(_JUMP_EQUAL, audit_arch, 1, 0),
        _op(_RETURN, _KILL_PROCESS),
        _op(_LOAD, _NR),
    ]
    if machine == "x86_64":
        parts += [_op(_JUMP_GE, _X32_BIT, 0, 1), _op(_RETURN, _KILL_PROCESS)]
    verdicts = {
        numbers[column]: verdict
        for names, verdict in ((_KILL, _KILL_PROCESS), (_REFUSE, refused), (_ABSENT, absent))
        for numbers in names.values()
    }
    parts.append(_table(verdicts))
    parts += [
        _op(_JUMP_EQUAL, _SOCKET[column], 0, 4),
        _op(_LOAD, _ARG0),
        _op(_JUMP_EQUAL, _AF_UNIX, 1, 0),
        _op(_RETURN, refused),
        _op(_RETURN, _ALLOW),
        _op(_JUMP_EQUAL, _CLONE[column], 0, 4),
        _op(_LOAD, _ARG0),
        _op(_JUMP_ANY_BIT, _CLONE_FLAGS, 0, 1),
        _op(_RETURN, _KILL_PROCESS),
        _op(_RETURN, _ALLOW),
        # A process may change its own limits (0), not those of others that have its uid.
        _op(_JUMP_EQUAL, _PRLIMIT[column], 0, 3),
        _op(_LOAD, _ARG0),
        _op(_JUMP_EQUAL, 0, 1, 0),
        _op(_RETURN, refused),
        _op(_RETURN, _ALLOW),
    ]
    return b"".join(parts)
