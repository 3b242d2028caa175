import ctypes
import platform

request_key = {"x86_64": 249, "aarch64": 218}[platform.machine()]
found = ctypes.CDLL(None).syscall(request_key, b"user", b"left-by-the-one-before", None, 0)
try:
    with open("/proc/keys") as file:
        listed = "left-by-the-one-before" in file.read()
except OSError:
    listed = False
print("FOUND" if found > 0 or listed else "nothing")
