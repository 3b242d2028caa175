import ctypes
import os

libc = ctypes.CDLL("libc.so.6")
libc.sem_open.restype = ctypes.c_void_p
found = libc.sem_open(b"/left-by-the-one-before", 0)
memory = libc.shm_open(b"/left-by-the-one-before", os.O_RDONLY, 0)
print("FOUND" if found or memory >= 0 else "nothing")
