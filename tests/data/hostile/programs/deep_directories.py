#: family = "files"
#: idea = "Directories deeper than a path can name, for clean-up code that recurses (Python's shutil did)."
#: ends = ["exited"]
#: says = "deep"
#: limits = { cpu_s = 4, wall_s = 15 }
import os

for place in (".", "/tmp", "/dev/shm"):
    here = os.open(place, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("d", 0o700, dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
print("deep")
