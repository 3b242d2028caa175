#: family = "files"
#: idea = "A file of a petabyte that takes no room, for whoever copies it."
#: ends = ["exited", "output_limit_exceeded"]
import os

for place in (".", "/tmp", "/dev/shm"):
    fd = os.open(f"{place}/giant", os.O_CREAT | os.O_RDWR)
    try:
        os.ftruncate(fd, 1 << 50)
        print("ESCAPED: made it")
    except OSError as error:
        print(error.strerror)
