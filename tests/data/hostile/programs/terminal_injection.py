#: family = "privileges"
#: idea = "TIOCSTI: types into the terminal that the service was started from."
#: ends = ["exited"]
#: says = "tried"
import fcntl
import os
import termios

for path in ("/dev/tty", "/dev/console", "/dev/pts/0", "/dev/stdin"):
    try:
        fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        fcntl.ioctl(fd, termios.TIOCSTI, b"x")
        print("ESCAPED: typed into", path)
    except OSError:
        pass
print("tried")
