#: family = "processes"
#: idea = "Many children burn a little each, and nobody waits for them."
#: limits = { memory_bytes = 536870912 }
#: ends = ["time_limit_exceeded"]
import os
import time

for _ in range(16):
    if os.fork() == 0:
        while True:
            pass
time.sleep(60)
