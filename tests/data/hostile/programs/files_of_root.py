#: family = "files"
#: idea = "Gives files away and takes those of others, by chown and through mapped ids."
#: ends = ["exited"]
#: says = "tried"
import os

with open("mine", "w"):
    pass
for uid in (0, 1, os.getuid() + 1, 65534):
    try:
        os.chown("mine", uid, uid)
        print("ESCAPED: gave a file to", uid)
    except OSError:
        pass
for name in ("uid_map", "gid_map", "setgroups"):
    try:
        with open(f"/proc/self/{name}", "w") as file:
            file.write("deny" if name == "setgroups" else f"0 {os.getuid()} 1")
            file.flush()
        print("ESCAPED: wrote", name)
    except OSError:
        pass
print("tried")
