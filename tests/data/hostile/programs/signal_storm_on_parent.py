#: family = "signals"
#: idea = "Keeps its parent busy with signals that it handles."
#: ends = ["exited", "signalled", "time_limit_exceeded"]
import os
import signal

parent = os.getppid()
while True:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGCONT):
        try:
            os.kill(parent, number)
        except OSError:
            raise SystemExit("not allowed") from None
