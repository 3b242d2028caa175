#: family = "peeking"
#: idea = "Passwords, keys, the host's files and the service's source and settings."
#: ends = ["exited"]
#: says = "tried"
import os

for path in ("/etc/shadow", "/etc/gshadow", "/root/.ssh/id_rsa", "/root/.bashrc", "/proc/kcore",
    "/proc/kmsg", "/dev/mem", "/sys/kernel/debug/tracing/trace",
    "/run/secrets/kubernetes.io/serviceaccount/token", "/.env", "/var/lib/docker"):
    try:
        if os.path.isdir(path):
            os.listdir(path)
        else:
            with open(path, "rb") as file:
                file.read(1)
        print("ESCAPED: read", path)
    except OSError:
        pass
for name, value in os.environ.items():
    if any(word in name for word in ("KEY", "TOKEN", "SECRET", "REWARDBOX", "PASSWORD", "PROXY")):
        print("ESCAPED: finds", name, "in its environment")
for place in ("/root/.ssh", "/root/.docker", "/home", "/srv", "/mnt", "/media", "/boot"):
    try:
        if os.listdir(place):
            print("ESCAPED: looked into", place)
    except OSError:
        pass
print("tried")
