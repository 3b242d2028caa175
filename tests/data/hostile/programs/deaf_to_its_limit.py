#: family = "time"
#: idea = "Catches SIGXCPU, raises its own CPU limit and goes on."
#: ends = ["time_limit_exceeded"]
import resource
import signal


def more(*_):
    for limit in ((resource.RLIM_INFINITY,) * 2, (resource.getrlimit(resource.RLIMIT_CPU)[1],) * 2):
        try:
            resource.setrlimit(resource.RLIMIT_CPU, limit)
        except (OSError, ValueError):
            pass


signal.signal(signal.SIGXCPU, more)
while True:
    pass
