#: family = "processes"
#: idea = "Thirty orphans that each replace themselves all the time, then ends."
#: ends = ["exited", "time_limit_exceeded"]
#: ends_in_gvisor = ["memory_limit_exceeded"]
import os

for _ in range(10):
    if os.fork() == 0:
        os.setsid()
        while True:
            try:
                if os.fork() != 0:
                    os._exit(0)
            except OSError:
                pass
print("swarm", flush=True)
