#: family = "memory"
#: idea = "Each child stays far below the limit; together they are over it."
#: ends = ["memory_limit_exceeded"]
#: limits = { cpu_s = 5, wall_s = 20 }
import os
import time

for _ in range(20):
    if os.fork() == 0:
        x = os.urandom(1 << 20) * 16
        time.sleep(60)
time.sleep(60)
