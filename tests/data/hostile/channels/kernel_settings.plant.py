#: family = "channels"
#: idea = "Settings of the kernel that a container may write to, and its own name."
import os
import socket

done = False
for path, value in (
    ("/proc/sys/kernel/hostname", "left-before"),
    ("/proc/sys/kernel/domainname", "left-before"),
    ("/proc/sys/kernel/core_pattern", "left-before"),
    ("/proc/sys/fs/mqueue/msg_max", "7"),
    ("/proc/sys/kernel/shmmni", "7"),
    ("/proc/sys/net/ipv4/ip_default_ttl", "7"),
    ("/proc/sys/net/unix/max_dgram_qlen", "7"),
    ("/sys/kernel/mm/transparent_hugepage/enabled", "never"),
):
    try:
        with open(path, "w") as file:
            file.write(value)
        done = True
    except OSError:
        pass
print("planted" if done else "refused")
