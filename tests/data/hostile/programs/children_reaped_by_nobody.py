#: family = "processes"
#: idea = "Ignores SIGCHLD, so that the time of children that ended is added to nobody's account."
#: ends = ["time_limit_exceeded"]
import os
import signal
import time

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    if os.fork() == 0:
        end = time.process_time() + 0.05
        while time.process_time() < end:
            pass
        os._exit(0)
    time.sleep(0.06)
