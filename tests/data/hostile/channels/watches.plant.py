#: family = "channels"
#: idea = "A daemon that watches by inotify what the next one opens, and leaves word of it."
import ctypes
import os
import time

libc = ctypes.CDLL(None)
ready, told = os.pipe()
if os.fork() == 0:
    os.setsid()
    watch = libc.inotify_init()
    for place in (b"/box", b"/tmp", b"/bin/cat", b"/usr/bin"):
        libc.inotify_add_watch(watch, place, 0x0FFF)
    os.write(told, b"x")
    os.read(watch, 4096)
    with open("/tmp/seen", "w") as file:
        file.write("left-by-the-one-before")
    time.sleep(600)
os.read(ready, 1)
print("planted")
