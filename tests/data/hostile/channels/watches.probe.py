import os
import time

with open("/bin/cat", "rb") as file:
    file.read(1)
time.sleep(0.2)
print("FOUND" if os.path.exists("/tmp/seen") else "nothing")
