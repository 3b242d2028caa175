import fcntl
import os
import sys

found = []
for path in ("/bin/cat", os.path.realpath(sys.executable)):
    with open(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            found.append(path)
print("FOUND" if found else "nothing", found)
