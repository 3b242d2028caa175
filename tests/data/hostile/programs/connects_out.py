#: family = "network"
#: idea = "Connects to the Internet, the host, a cloud's metadata service and the name server."
#: ends = ["exited"]
#: says = "nobody answers"
import socket

for address in (("1.1.1.1", 443), ("127.0.0.1", 8080), ("172.17.0.1", 22), ("169.254.169.254", 80)):
    try:
        socket.create_connection(address, timeout=0.3)
        print("ESCAPED: connected to", address)
    except OSError:
        pass
try:
    socket.getaddrinfo("example.com", 80)
    print("ESCAPED: resolved a name")
except OSError:
    pass
print("nobody answers")
