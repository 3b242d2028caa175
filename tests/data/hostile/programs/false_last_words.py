#: family = "forging"
#: idea = "Raises the signals by which limits and violations are recognised; it can only harm itself."
#: cases = ["SIGSYS", "SIGXCPU", "SIGXFSZ", "SIGKILL", "SIGSEGV"]
#: ends = ["violation", "time_limit_exceeded", "output_limit_exceeded", "signalled"]
import os
import signal
import sys

number = signal.Signals[sys.argv[1]]
if number is not signal.SIGKILL:
    signal.signal(number, signal.SIG_DFL)
os.kill(os.getpid(), number)
