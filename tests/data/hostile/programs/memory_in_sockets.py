#: family = "memory"
#: idea = "Fills the buffers of as many sockets and pipes as it may have; the kernel holds them."
#: ends = ["exited", "memory_limit_exceeded", "time_limit_exceeded"]
#: limits = { cpu_s = 5, wall_s = 20 }
#: says = "buffers are full"
import socket

kept = []
try:
    for _ in range(400):
        near, far = socket.socketpair()
        kept.append((near, far))
        for end in (near, far):
            end.setblocking(False)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
except OSError:
    pass
for near, far in kept:
    for end in (near, far):
        try:
            while True:
                end.send(b"x" * 65536)
        except OSError:
            pass
print("buffers are full")
