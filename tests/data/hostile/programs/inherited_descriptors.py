#: family = "peeking"
#: idea = "Reads, and writes to, every descriptor that it was started with beyond its own three."
#: ends = ["exited"]
#: says = "no more than three"
import os

mine = [fd for fd in range(4096) if os.path.exists(f"/proc/self/fd/{fd}")]
for fd in mine:
    if fd > 2:
        print("ESCAPED: has", fd, os.readlink(f"/proc/self/fd/{fd}"))
print("no more than three")
