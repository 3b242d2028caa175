import os

found = []
for top in ("/tmp", "/var/tmp", "/dev/shm", "/box", "/run", "/dev/mqueue", os.environ["HOME"], "."):
    for folder, _, names in os.walk(top):
        for name in names:
            try:
                with open(os.path.join(folder, name), errors="replace") as file:
                    text = file.read(100)
            except OSError:
                text = ""
            if "left-by-the-one-before" in name + text and not name.endswith(".py"):
                found.append(name)
print("FOUND" if found else "nothing", found)
