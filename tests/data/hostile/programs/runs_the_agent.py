#: family = "forging"
#: idea = "Starts the agent itself, as if it were a runner."
#: ends = ["exited", "signalled", "violation", "time_limit_exceeded"]
import os
import sys

os.chdir("/opt/rewardbox")
os.execv(sys.executable, [sys.executable, "-s", "-m", "agent"])
