#: family = "processes"
#: idea = "A daemon by the book: new session, orphaned, deaf to SIGTERM and SIGHUP, descriptors closed."
#: ends = ["exited"]
#: says = "left one behind"
import os
import signal
import time

if os.fork() == 0:
    os.setsid()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    if os.fork() == 0:
        os.closerange(0, 1024)
        time.sleep(3600)
    os._exit(0)
os.wait()
print("left one behind")
