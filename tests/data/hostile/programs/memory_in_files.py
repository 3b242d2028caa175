#: family = "memory"
#: idea = "Files in memory: one below the size limit after the other, in every place there is."
#: ends = ["exited", "output_limit_exceeded", "memory_limit_exceeded"]
#: limits = { cpu_s = 5, wall_s = 20 }
#: says = "places are full"
import itertools

MOST = 400 << 20
written = 0
for place in ("/tmp", "/dev/shm", "/var/tmp", ".", "/run", "/dev/mqueue"):
    try:
        for number in itertools.count():
            with open(f"{place}/file{number}", "wb", buffering=0) as file:
                for _ in range(8):
                    written += file.write(b"x" * (1 << 20))
            if written > MOST * 4:
                raise SystemExit("ESCAPED: there is no end to it")
    except OSError as error:
        print(place, error.strerror)
print("all places are full")
