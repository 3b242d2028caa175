import os

found = []
for pid in ("self", *filter(str.isdigit, os.listdir("/proc"))):
    for fd in range(256):
        try:
            with open(f"/proc/{pid}/fd/{fd}", "rb") as file:
                os.set_blocking(file.fileno(), False)
                if os.fstat(file.fileno()).st_nlink == 0 and b"left-by" in (os.pread(file.fileno(), 100, 0) or b""):
                    found.append((pid, fd))
        except OSError:
            pass
print("FOUND" if found else "nothing", found[:3])
