#: family = "network"
#: idea = "Unix sockets that engines, the service or other tools listen on."
#: ends = ["exited"]
#: says = "nobody answers"
import os
import socket

paths = ["/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock",
    "/run/rewardbox/agents.sock", "/run/dbus/system_bus_socket", "/run/systemd/private",
    "\0/containerd-shim", "\0docker", "\0rewardbox"]
for root, _, names in os.walk("/run"):
    paths += [os.path.join(root, name) for name in names]
with open("/proc/net/unix") as file:
    paths += [f"\0{line.split('@')[1].strip()}" for line in file if "@" in line]
for path in paths:
    for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
        try:
            with socket.socket(socket.AF_UNIX, kind) as caller:
                caller.settimeout(0.3)
                caller.connect(path)
                print("ESCAPED: connected to", path)
        except OSError:
            pass
print("nobody answers")
