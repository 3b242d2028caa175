#: family = "channels"
#: idea = "A key in the user's and the session's keyring."
import ctypes
import platform

add_key = {"x86_64": 248, "aarch64": 217}[platform.machine()]
libc = ctypes.CDLL(None)
made = [
    libc.syscall(add_key, b"user", b"left-by-the-one-before", b"x", 1, ring) for ring in (-3, -4, -5)
]
print("planted" if max(made) > 0 else "refused")
