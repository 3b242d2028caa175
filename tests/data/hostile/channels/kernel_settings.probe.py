import socket

found = []
for path in ("kernel/hostname", "kernel/domainname", "kernel/core_pattern", "fs/mqueue/msg_max",
    "kernel/shmmni", "net/ipv4/ip_default_ttl", "net/unix/max_dgram_qlen"):
    try:
        with open(f"/proc/sys/{path}") as file:
            if file.read().strip() in ("left-before", "7"):
                found.append(path)
    except OSError:
        pass
print("FOUND" if found else "nothing", found)
