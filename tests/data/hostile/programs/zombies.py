#: family = "processes"
#: idea = "Fills its share of processes with children that have ended and are not waited for."
#: ends = ["exited"]
#: says = "all taken"
import os

try:
    while True:
        if os.fork() == 0:
            os._exit(0)
except OSError:
    print("all taken")
