#: family = "output"
#: idea = "Writes without an end, to one stream or another, or through a new descriptor of it."
#: cases = ["stdout", "stderr", "both", "reopened"]
#: ends = ["output_limit_exceeded"]
import os
import sys

fds = {"stdout": [1], "stderr": [2], "both": [1, 2]}.get(sys.argv[1])
if fds is None:
    fds = [os.open("/dev/stdout", os.O_WRONLY), os.open("/proc/self/fd/2", os.O_WRONLY)]
while True:
    for fd in fds:
        os.write(fd, b"x" * 65536)
