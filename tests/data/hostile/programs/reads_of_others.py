#: family = "peeking"
#: idea = "Environment, memory, files and descriptors of the agent and of all it sees, by way of /proc."
#: ends = ["exited"]
#: says = "tried"
#: still_works = { gvisor = "lets every user read all of /proc but memory; there is nothing secret in it" }
import os

secret = ("environ", "mem", "maps", "smaps", "auxv", "stack", "syscall", "personality", "io",
    "pagemap", "map_files", "fd", "fdinfo/1", "root", "cwd", "exe", "ns/user", "task/1/environ")
for pid in {1, os.getppid(), *(int(name) for name in os.listdir("/proc") if name.isdigit())}:
    if pid in (0, os.getpid()):
        continue
    for name in secret:
        path = f"/proc/{pid}/{name}"
        try:
            if name in ("map_files", "fd"):
                os.readlink(f"{path}/{os.listdir(path)[0]}")
            elif name in ("root", "cwd", "exe", "ns/user"):
                os.readlink(path)
            else:
                with open(path, "rb") as file:
                    file.read(1)
            print("ESCAPED: read", path)
        except (OSError, IndexError):
            pass
print("tried")
