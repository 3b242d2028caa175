#: family = "memory"
#: idea = "An anonymous shared mapping, which is nobody's heap."
#: ends = ["memory_limit_exceeded"]
#: limits = { cpu_s = 5, wall_s = 20 }
import mmap

room = mmap.mmap(-1, 1 << 30)
for start in range(0, len(room), 1 << 20):
    room[start : start + (1 << 20)] = b"x" * (1 << 20)
