#: family = "memory"
#: idea = "memfd_create: files in memory that lie in no file system and in nobody's heap."
#: ends = ["exited"]
#: says = "refused"
import os

try:
    kept = [os.memfd_create(f"m{number}") for number in range(64)]
except OSError:
    print("refused")
else:
    for fd in kept:
        os.write(fd, b"x" * (1 << 20))
    print("ESCAPED: nameless files take memory that nobody counts")
