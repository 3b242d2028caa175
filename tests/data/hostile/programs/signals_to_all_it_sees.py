#: family = "signals"
#: idea = "Sends one signal to its parent and to every process it can see but itself."
#: cases = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGSTOP", "SIGKILL", "SIGSEGV", "SIGUSR1", "SIGALRM", "SIGCHLD", "SIGXCPU", "SIGRTMIN"]
#: ends = ["exited", "signalled"]
import os
import signal
import sys

number = signal.Signals[sys.argv[1]]
seen = {os.getppid(), *(int(name) for name in os.listdir("/proc") if name.isdigit())}
for pid in seen - {0, os.getpid()}:
    try:
        os.kill(pid, number)
    except OSError:
        pass
