#: family = "channels"
#: idea = "A survivor that signals whatever it may, again and again: all that it sees, and numbers that are yet to come."
import os
import signal

ready, told = os.pipe()
signal.signal(signal.SIGUSR1, signal.SIG_IGN)  # they are for those who come later
if os.fork() == 0:
    os.setsid()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.write(told, b"x")
    while True:
        seen = [int(name) for name in os.listdir("/proc") if name.isdigit()]
        for pid in (-1, *seen, *range(os.getpid() + 1, os.getpid() + 100)):
            try:
                os.kill(pid, signal.SIGUSR1)
            except OSError:
                pass
os.read(ready, 1)
print("planted")
