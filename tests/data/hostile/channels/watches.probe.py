import os
import time

with open("/bin/cat", "rb") as file:
    file.read(1)
patience = time.monotonic() + 1
while not os.path.exists("/tmp/seen") and time.monotonic() < patience:
    time.sleep(0.01)
print("FOUND" if os.path.exists("/tmp/seen") else "nothing")
