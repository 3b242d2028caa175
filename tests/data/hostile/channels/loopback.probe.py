import socket

try:
    socket.create_connection(("127.0.0.1", 34567), timeout=1)
    print("FOUND")
except OSError:
    print("nothing")
