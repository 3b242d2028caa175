#: family = "files"
#: idea = "Writes where it has no business, and over what others run."
#: ends = ["exited"]
#: says = "tried"
import glob
import json
import os
import sys

places = ["/", "/etc", "/usr", "/usr/bin", "/usr/local/lib", "/opt", "/opt/rewardbox", "/root",
    "/home", "/run", "/run/rewardbox", "/sys", "/proc", "/dev", "/var", "/var/lib", "/mnt", "/srv",
    "/opt/rewardbox/agent", *sys.path[1:]]
files = ["/etc/passwd", "/etc/ld.so.cache", "/etc/ld.so.preload", "/usr/bin/env", json.__file__,
    os.path.realpath(sys.executable), *glob.glob("/opt/rewardbox/agent/*.py"),
    "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/sys/vm/drop_caches",
    "/proc/sys/kernel/hostname", "/proc/sys/kernel/ns_last_pid"]
for place in places:
    try:
        with open(f"{place}/planted", "w"):
            print("ESCAPED: wrote into", place)
    except OSError:
        pass
    try:
        os.mkdir(f"{place}/planted.d")
        print("ESCAPED: made a directory in", place)
    except OSError:
        pass
for path in files:
    try:
        fd = os.open(path, os.O_WRONLY)
        os.write(fd, b"1" if path.startswith("/proc") else b"")
        print("ESCAPED: may write to", path)
    except OSError:
        pass
    try:
        os.chmod(path, 0o777)
        print("ESCAPED: changed the mode of", path)
    except OSError:
        pass
print("tried")
