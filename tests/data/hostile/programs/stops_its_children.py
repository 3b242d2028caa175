#: family = "time"
#: idea = "Children that are stopped, deaf or both, and a parent that ends."
#: ends = ["exited"]
#: limits = { cpu_s = 5, wall_s = 15, memory_bytes = 536870912 }
import os
import signal
import time

for _ in range(8):
    if os.fork() == 0:
        signal.pthread_sigmask(signal.SIG_SETMASK, range(1, signal.NSIG))
        os.setsid()
        os.kill(os.getpid(), signal.SIGSTOP)
        time.sleep(3600)
time.sleep(0.1)
