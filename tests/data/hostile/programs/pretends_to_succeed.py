#: family = "forging"
#: idea = "Leaves a child to write more and end well after it has failed; only its own end counts."
#: ends = ["exited"]
#: says = "failed"
import os
import time

if os.fork() == 0:
    os.setsid()
    time.sleep(0.2)
    os.write(1, b"ESCAPED: wrote after its program had ended\n")
    os._exit(0)
os.write(1, b"failed\n")
os._exit(1)
