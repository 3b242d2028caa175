#: family = "signals"
#: idea = "kill(-1, SIGKILL): everything but itself."
#: ends = ["exited"]
#: says = "alone"
import os
import signal

try:
    os.kill(-1, signal.SIGKILL)
except ProcessLookupError:
    pass
print("alone")
