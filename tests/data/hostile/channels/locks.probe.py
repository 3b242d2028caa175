import fcntl
import os
import struct
import sys

F_OFD_GETLK = 36
found = []
for path in ("/bin/cat", os.path.realpath(sys.executable)):
    with open(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            found.append(path)
for path in ("/bin/sh", "/usr/bin/env"):
    for ask in (fcntl.F_GETLK, F_OFD_GETLK):
        with open(path) as file:
            # Who would be in the way of a writer; asking needs no right to write.
            wanted = struct.pack("hhqqixxxx", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
            try:
                (kind, *_) = struct.unpack("hhqqixxxx", fcntl.fcntl(file, ask, wanted))
            except OSError:
                continue
            if kind != fcntl.F_UNLCK:
                found.append((path, ask))
print("FOUND" if found else "nothing", found)
