#: family = "processes"
#: idea = "Ends at once but leaves a child that keeps standard output open, for readers to wait for."
#: ends = ["exited"]
#: says = "done"
import os
import time

print("done", flush=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(3600)
    os._exit(0)
