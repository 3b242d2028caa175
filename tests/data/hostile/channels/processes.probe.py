import os

found = []
for name in filter(str.isdigit, os.listdir("/proc")):
    try:
        with open(f"/proc/{name}/comm") as file:
            if "left-before" in file.read():
                found.append(name)
    except OSError:
        pass
print("FOUND" if found else "nothing", found)
