#: family = "output"
#: idea = "Reads what it wrote from the far end of its own pipe, to leave the reader waiting."
#: ends = ["exited"]
import os

os.write(1, b"x" * 1000)
try:
    fd = os.open("/proc/self/fd/1", os.O_RDONLY | os.O_NONBLOCK)
    os.read(fd, 1000)
except OSError:
    pass
os._exit(0)
