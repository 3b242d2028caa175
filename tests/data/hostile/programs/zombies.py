#: family = "processes"
#: idea = "Fills its share of processes with children that have ended and are not waited for."
#: ends = ["exited"]
#: limits = { cpu_s = 5, wall_s = 15 }
#: says = "all taken"
import os

try:
    while True:
        if os.fork() == 0:
            os._exit(0)
except OSError:
    print("all taken")
