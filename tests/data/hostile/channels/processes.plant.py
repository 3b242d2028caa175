#: family = "channels"
#: idea = "Daemons that outlive their program, under a name to be recognised by and with a pipe to be met at."
import ctypes
import os
import signal
import time

DAEMONS = 3
ready, told = os.pipe()
for _ in range(DAEMONS):
    if os.fork() == 0:
        os.setsid()
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        if os.fork() == 0:
            ctypes.CDLL(None).prctl(15, b"left-before", 0, 0, 0)
            os.closerange(0, 3)
            os.write(told, b"x")
            time.sleep(600)
        os._exit(0)
for _ in range(DAEMONS):
    os.read(ready, 1)
print("planted")
