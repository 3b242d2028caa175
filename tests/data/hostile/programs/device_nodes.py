#: family = "privileges"
#: idea = "Makes devices for memory and disks, and opens those there are."
#: ends = ["exited"]
#: says = "tried"
import os
import stat

for kind, major, minor in ((stat.S_IFCHR, 1, 1), (stat.S_IFBLK, 8, 0), (stat.S_IFBLK, 254, 0)):
    for place in (".", "/tmp", "/dev/shm"):
        try:
            os.mknod(f"{place}/device", kind | 0o666, os.makedev(major, minor))
            os.read(os.open(f"{place}/device", os.O_RDONLY), 1)
            print("ESCAPED: made a device and read it")
        except OSError:
            pass
for name in ("mem", "kmem", "port", "sda", "vda", "kmsg", "kvm", "loop0", "tty1"):
    try:
        os.open(f"/dev/{name}", os.O_RDONLY)
        print("ESCAPED: opened", name)
    except OSError:
        pass
print("tried")
