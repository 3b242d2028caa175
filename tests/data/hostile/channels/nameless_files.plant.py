#: family = "channels"
#: idea = "A file without a name that the next may find through a descriptor it inherits."
import os
import time

fd = os.open("/tmp/soon-nameless", os.O_CREAT | os.O_RDWR, 0o666)
os.unlink("/tmp/soon-nameless")
os.write(fd, b"left-by-the-one-before")
for number in range(10, 200):
    os.dup2(fd, number, inheritable=True)
if os.fork() == 0:
    os.setsid()
    time.sleep(600)
print("planted")
