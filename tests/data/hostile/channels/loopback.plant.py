#: family = "channels"
#: idea = "A daemon that listens on a port of the loopback interface."
import os
import socket
import time

try:
    listener = socket.create_server(("127.0.0.1", 34567))
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("127.0.0.1", 34567))
    if os.fork() == 0:
        time.sleep(600)
    print("planted")
except OSError:
    print("refused")
