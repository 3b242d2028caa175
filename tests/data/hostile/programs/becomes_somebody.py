#: family = "privileges"
#: idea = "setuid, setgid, setgroups: root, nobody, its neighbours."
#: ends = ["exited"]
#: says = "refused"
import os

me = os.getuid()
for uid in (0, 1, 65534, me - 1, me + 1, 20_000):
    for attempt in (
        lambda: os.setuid(uid),
        lambda: os.setresuid(uid, uid, uid),
        lambda: os.setreuid(-1, uid),
        lambda: os.setgid(uid),
        lambda: os.setresgid(uid, uid, uid),
        lambda: os.setgroups([uid]),
    ):
        try:
            attempt()
            print(f"ESCAPED: is {os.getresuid()}, {os.getresgid()}, {os.getgroups()}")
        except OSError:
            print("refused")
