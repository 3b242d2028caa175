#: family = "privileges"
#: idea = "Raises its own limits, and changes its personality."
#: ends = ["exited"]
#: says = "tried"
import ctypes
import resource

for name in ("CPU", "FSIZE", "NPROC", "NOFILE", "CORE"):
    kind = getattr(resource, f"RLIMIT_{name}")
    _, hard = resource.getrlimit(kind)
    if hard == resource.RLIM_INFINITY:
        print("ESCAPED: has no limit for", name)
    try:
        resource.setrlimit(kind, (hard + 1, hard + 1))
        print("ESCAPED: raised", name)
    except (OSError, ValueError):
        pass
READ_IMPLIES_EXEC, ADDR_NO_RANDOMIZE = 0x0400000, 0x0040000
ctypes.CDLL(None).personality(READ_IMPLIES_EXEC | ADDR_NO_RANDOMIZE)
print("tried")
