#: family = "time"
#: idea = "Ignores every signal that can be ignored, and blocks the rest."
#: ends = ["time_limit_exceeded"]
import signal

for number in range(1, signal.NSIG):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_SETMASK, range(1, signal.NSIG))
while True:
    pass
