#: family = "time"
#: idea = "Takes no CPU time, only a place."
#: ends = ["time_limit_exceeded"]
import time

time.sleep(10**6)
