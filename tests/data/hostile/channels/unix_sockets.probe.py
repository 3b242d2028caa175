import socket

found = []
for address in ("\0left-by-the-one-before", "/tmp/left-by-the-one-before.sock"):
    try:
        socket.socket(socket.AF_UNIX).connect(address)
        found.append(address)
    except OSError:
        pass
with open("/proc/net/unix") as file:
    found += ["listed"] if "left-by-the-one-before" in file.read() else []
print("FOUND" if found else "nothing", found)
