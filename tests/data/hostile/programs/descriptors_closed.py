#: family = "output"
#: idea = "Closes every descriptor it has and goes on."
#: ends = ["time_limit_exceeded"]
import os

os.closerange(0, 65536)
while True:
    pass
