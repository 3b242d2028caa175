#: family = "channels"
#: idea = "Files in every place that can be written to, under names that tools and agents use too."
import os

for place in ("/tmp", "/var/tmp", "/dev/shm", "/box", "/run", "/run/lock", "/dev/mqueue", os.environ["HOME"], "..", "."):
    for name in ("left-by-the-one-before", ".profile", "core", "0", "1", "2"):
        try:
            with open(f"{place}/{name}", "x") as file:
                file.write("left-by-the-one-before")
        except OSError:
            pass
print("planted")
