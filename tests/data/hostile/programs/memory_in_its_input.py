#: family = "memory"
#: idea = "Standard input may be a file in memory: writes to it, and makes it long."
#: ends = ["exited", "output_limit_exceeded"]
import os

for fd in (0, os.open("/dev/stdin", os.O_RDWR)):
    try:
        for _ in range(64):
            os.write(fd, b"x" * (1 << 20))
        os.ftruncate(fd, 1 << 40)
        print("ESCAPED: standard input grows")
    except OSError as error:
        print("refused:", error.strerror)
