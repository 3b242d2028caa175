#: family = "processes"
#: idea = "Makes itself the parent of orphans, so that they are nobody else's, and leaves them."
#: ends = ["exited"]
#: says = "adopted"
import ctypes
import os
import time

PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
if os.fork() == 0:
    if os.fork() == 0:
        os.setsid()
        time.sleep(3600)
    os._exit(0)
os.wait()
print("adopted")
