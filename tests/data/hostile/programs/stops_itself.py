#: family = "time"
#: idea = "Stops itself with SIGSTOP, to be waited for."
#: ends = ["time_limit_exceeded"]
import os
import signal

os.kill(os.getpid(), signal.SIGSTOP)
print("ESCAPED: somebody continued it")
