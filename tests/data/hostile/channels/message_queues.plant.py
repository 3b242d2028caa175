#: family = "channels"
#: idea = "POSIX message queues, by their call and as files."
import ctypes
import os

libc = ctypes.CDLL("librt.so.1")
queue = libc.mq_open(b"/left-by-the-one-before", os.O_CREAT | os.O_RDWR, 0o666, None)
try:
    with open("/dev/mqueue/left-by-the-one-before", "w"):
        queue = 1
except OSError:
    pass
print("planted" if queue >= 0 else "refused")
