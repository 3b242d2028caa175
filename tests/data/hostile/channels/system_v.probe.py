import ctypes

libc = ctypes.CDLL(None)
found = [libc.shmget(0x1EF7, 0, 0), libc.semget(0x1EF7, 0, 0), libc.msgget(0x1EF7, 0)]
for kind in ("shm", "sem", "msg"):
    try:
        with open(f"/proc/sysvipc/{kind}") as file:
            found.append(len(file.readlines()) - 2)
    except OSError:
        pass
print("FOUND" if max(found) >= 0 else "nothing", found)
