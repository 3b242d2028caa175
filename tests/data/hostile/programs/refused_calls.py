#: family = "calls"
#: idea = "System calls that are refused with an error number, so that those who only ask may go on."
#: cases = ["userfaultfd", "perf_event_open", "keyctl", "add_key", "request_key", "syslog", "shmget", "semget", "msgget", "name_to_handle_at", "kcmp", "pidfd_getfd", "fanotify_init", "quotactl", "adjtimex", "vhangup", "clone3", "io_uring_setup", "io_uring_enter", "io_uring_register", "memfd_secret"]
#: ends = ["exited"]
#: says = "refused"
import ctypes
import errno
import platform
import sys

NUMBERS = {
    "x86_64": dict(userfaultfd=323, perf_event_open=298, keyctl=250, add_key=248, request_key=249,
        syslog=103, shmget=29, semget=64, msgget=68, name_to_handle_at=303, kcmp=312,
        fanotify_init=300, quotactl=179, adjtimex=159, vhangup=153),
    "aarch64": dict(userfaultfd=282, perf_event_open=241, keyctl=219, add_key=217, request_key=218,
        syslog=116, shmget=194, semget=190, msgget=186, name_to_handle_at=264, kcmp=272,
        fanotify_init=262, quotactl=60, adjtimex=171, vhangup=58),
}[platform.machine()] | dict(clone3=435, io_uring_setup=425, io_uring_enter=426,
    io_uring_register=427, memfd_secret=447, pidfd_getfd=438)

libc = ctypes.CDLL(None, use_errno=True)
result = libc.syscall(NUMBERS[sys.argv[1]], 0, 4096, 0o1600, 0, 0, 0)
code = ctypes.get_errno()
if result == -1 and code in (errno.EPERM, errno.ENOSYS):
    print("refused:", errno.errorcode[code])
else:
    print(f"ESCAPED: {sys.argv[1]} gave {result}, {errno.errorcode.get(code)}")
