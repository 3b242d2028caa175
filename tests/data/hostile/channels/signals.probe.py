import signal

signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
signal.signal(signal.SIGUSR1, signal.SIG_DFL)
print("FOUND" if signal.sigtimedwait([signal.SIGUSR1], 1) else "nothing")
