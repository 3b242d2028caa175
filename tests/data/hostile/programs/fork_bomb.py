#: family = "processes"
#: idea = "Forks as fast as it can, every child too."
#: ends = ["time_limit_exceeded", "memory_limit_exceeded", "violation"]
import os

while True:
    try:
        os.fork()
    except OSError:
        pass
