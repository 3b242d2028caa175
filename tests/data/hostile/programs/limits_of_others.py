#: family = "signals"
#: idea = "prlimit on its parent and all it sees: no memory, no CPU time, no descriptors for them."
#: ends = ["exited", "signalled"]
#: says = "tried"
import os
import resource

kinds = [
    resource.RLIMIT_AS,
    resource.RLIMIT_DATA,
    resource.RLIMIT_STACK,
    resource.RLIMIT_CPU,
    resource.RLIMIT_NOFILE,
    resource.RLIMIT_FSIZE,
    resource.RLIMIT_NPROC,
]
seen = {os.getppid(), *(int(name) for name in os.listdir("/proc") if name.isdigit())}
for pid in seen - {0, os.getpid()}:
    for kind in kinds:
        try:
            resource.prlimit(pid, kind, (1, 1))
            print(f"ESCAPED: limit {kind} of process {pid} is 1")
        except (OSError, ValueError):
            pass
print("tried")
