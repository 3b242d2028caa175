#: family = "channels"
#: idea = "A daemon that listens on abstract and named Unix sockets."
import os
import socket
import time

listeners = []
for address in ("\0left-by-the-one-before", "/tmp/left-by-the-one-before.sock"):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    listeners.append(listener)
if os.fork() == 0:
    os.setsid()
    time.sleep(600)
print("planted")
