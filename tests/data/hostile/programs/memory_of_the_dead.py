#: family = "memory"
#: idea = "Children fill shared mappings and end: the pages stay, mapped by a parent who never touched them."
#: ends = ["memory_limit_exceeded", "time_limit_exceeded"]
#: still_works = { namespaces = "no process has these pages in its size", docker = "the same, up to the container's own limit", gvisor = "the same" }
#: limits = { cpu_s = 5, wall_s = 20 }
import mmap
import os

SIZE = 64 << 20
kept = []
for _ in range(16):
    kept.append(mmap.mmap(-1, SIZE))
    if os.fork() == 0:
        for start in range(0, SIZE, 1 << 20):
            kept[-1][start : start + (1 << 20)] = b"x" * (1 << 20)
        os._exit(0)
    os.wait()
print("ESCAPED: holds a gigabyte that nobody counts")
