#: family = "channels"
#: idea = "System V shared memory, semaphores and messages, which belong to no process."
import ctypes

libc = ctypes.CDLL(None)
made = [libc.shmget(0x1EF7, 4096, 0o1666), libc.semget(0x1EF7, 1, 0o1666), libc.msgget(0x1EF7, 0o1666)]
print("refused" if max(made) < 0 else "planted")
