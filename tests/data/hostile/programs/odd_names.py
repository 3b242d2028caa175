#: family = "files"
#: idea = "Names, kinds and modes that clean-up code stumbles over."
#: ends = ["exited"]
#: says = "odd"
import os
import socket

for place in (".", "/tmp", "/dev/shm"):
    for name in (b"-rf", b" ", b"\n", b"\xff\xfe", b"*", b"a" * 255, b"$(reboot)", b"..."):
        with open(os.path.join(place.encode(), name), "w") as file:
            file.write("x")
    os.mkfifo(f"{place}/pipe")
    with socket.socket(socket.AF_UNIX) as odd:
        odd.bind(f"{place}/socket")
    for target in ("/", "/etc/passwd", "..", "loop", "/proc/1/root", "/dev/null"):
        os.symlink(target, f"{place}/link{abs(hash(target))}")
    os.symlink("loop", f"{place}/loop")
    os.makedirs(f"{place}/locked/inner")
    with open(f"{place}/locked/inner/file", "w"):
        pass
    os.chmod(f"{place}/locked/inner", 0)
    os.chmod(f"{place}/locked", 0)
    os.mkdir(f"{place}/sticky")
    os.chmod(f"{place}/sticky", 0o7000)
print("odd")
