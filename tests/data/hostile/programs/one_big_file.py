#: family = "files"
#: idea = "One file without an end, in each place that can be written to."
#: cases = [".", "/tmp", "/dev/shm"]
#: ends = ["output_limit_exceeded", "exited"]
#: limits = { cpu_s = 4, wall_s = 15 }
import os
import signal
import sys

signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
with open(f"{sys.argv[1]}/big", "wb", buffering=0) as file:
    while file.tell() < 64 << 20:
        file.write(b"x" * (1 << 20))
print("ESCAPED: wrote all it wanted")
