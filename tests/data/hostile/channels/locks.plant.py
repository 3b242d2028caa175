#: family = "channels"
#: idea = "Locks of every kind (BSD, POSIX, of open files) on files that everybody can read, held by a daemon."
import fcntl
import os
import struct
import sys
import time

F_OFD_SETLK = 37
ready, told = os.pipe()
if os.fork() == 0:
    os.setsid()
    held = [open("/bin/cat"), open(os.path.realpath(sys.executable))]
    for file in held:
        fcntl.flock(file, fcntl.LOCK_EX)
    # A file that can only be read takes the locks of readers, which keep writers out.
    for path in ("/bin/sh", "/usr/bin/env"):
        for kind in (fcntl.F_SETLK, F_OFD_SETLK):
            held.append(open(path))
            try:
                fcntl.fcntl(held[-1], kind, struct.pack("hhqqixxxx", fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0))
            except OSError:
                pass  # gVisor has only some of them
    os.write(told, b"x")
    time.sleep(600)
os.read(ready, 1)
print("planted")
