#: family = "privileges"
#: idea = "Copies a program and makes it set-uid, to be root's or a later submission's key (Piston #206)."
#: ends = ["exited"]
#: says = "tried"
import os
import shutil
import subprocess

for place in (".", "/tmp", "/dev/shm"):
    try:
        copy = shutil.copy("/bin/cat", f"{place}/copy")
        os.chmod(copy, 0o6755)
        ran = subprocess.run([copy, "/proc/self/status"], capture_output=True, text=True)
        for line in ran.stdout.splitlines():
            if line.startswith(("Uid:", "Gid:")) and "0" in line.split()[1:]:
                print("ESCAPED:", line)
    except OSError:
        pass
for place in ("/usr/bin", "/bin"):
    for name in os.listdir(place):
        mode = os.stat(f"{place}/{name}").st_mode if os.path.exists(f"{place}/{name}") else 0
        if mode & 0o6000 and not os.statvfs(place).f_flag & os.ST_NOSUID:
            print("ESCAPED: a set-uid program at", place, name)
print("tried")
