#: family = "channels"
#: idea = "Locks and leases on files that everybody can read, held by a daemon."
import fcntl
import os
import sys
import time

ready, told = os.pipe()
if os.fork() == 0:
    os.setsid()
    held = open("/bin/cat"), open(os.path.realpath(sys.executable))
    for file in held:
        fcntl.flock(file, fcntl.LOCK_EX)
    os.write(told, b"x")
    time.sleep(600)
os.read(ready, 1)
print("planted")
