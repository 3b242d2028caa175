#: family = "calls"
#: idea = "setns into the namespaces of everything it sees, by /proc and by pidfd."
#: ends = ["exited", "violation"]
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
for pid in {1, os.getpid(), os.getppid(), *(int(name) for name in os.listdir("/proc") if name.isdigit())}:
    fds = []
    for kind in ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup"):
        try:
            fds.append(os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY))
        except OSError:
            pass
    try:
        fds.append(os.pidfd_open(pid))
    except OSError:
        pass
    for fd in fds:
        for kind in (0, 0x10000000, 0x00020000, 0x20000000, 0x40000000):
            if libc.setns(fd, kind) == 0:
                print("ESCAPED: entered a namespace of", pid)
print("stayed")
