#: family = "output"
#: idea = "Changes the flags of the pipes it shares with its readers, and shrinks their buffers."
#: ends = ["exited"]
#: says = "still read"
import fcntl
import os

F_SETPIPE_SZ = 1031
for fd in (1, 2):
    os.set_blocking(fd, False)
    fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND)
    try:
        fcntl.fcntl(fd, F_SETPIPE_SZ, 4096)
    except OSError:
        pass
os.write(1, b"still read\n")
