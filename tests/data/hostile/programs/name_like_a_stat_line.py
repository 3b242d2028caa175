#: family = "processes"
#: idea = "A process name that breaks careless readers of /proc/PID/stat, to hide CPU time."
#: ends = ["time_limit_exceeded"]
import ctypes

PR_SET_NAME = 15
ctypes.CDLL(None).prctl(PR_SET_NAME, b") Z 1 1 0 0 (\n", 0, 0, 0)
while True:
    pass
